"""Layouts as hypothesis draws them: well-formed, in any style of writing, without the field."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from hypothesis import strategies as st

FIELDS = ("Name", "Email", "DoNotCall", "Phone", "Title", "Fax_Opt_Out__c", "X__c", "Account.Name")
STYLES = ("TwoColumnsTopToBottom", "TwoColumnsLeftToRight", "OneColumn", "CustomLinks")


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file is written: its line end ("" for one line), indent, blank and comments."""

    eol: str
    unit: str
    blank: str
    comment: str
    last: str

    def line(self, depth: int, text: str) -> str:
        return f"{self.eol}{self.unit * depth if self.eol else ''}{text}"


writings = st.builds(
    Writing,
    eol=st.sampled_from(["\n", "\r\n", ""]),
    unit=st.sampled_from(["    ", "  ", "\t"]),
    blank=st.sampled_from(["", " "]),
    comment=st.sampled_from(["", "<!-- <layoutItems> -->"]),
    last=st.sampled_from(["", "\n", "\n\n"]),
)
labels = st.text("aZ9 é日ß&<>'\":;]", max_size=12)


@st.composite
def layouts(draw) -> bytes:
    """One Layout file, as bytes; no field stands twice."""
    how = draw(writings)
    left = list(draw(st.permutations(FIELDS)))
    sections = draw(st.lists(sections_of(how, left), max_size=4))
    head = draw(
        st.sampled_from(['<?xml version="1.0" encoding="UTF-8"?>', "<?xml version='1.0'?>", ""])
    )
    mark = draw(st.sampled_from(["", "\ufeff"]))
    tail = how.line(1, "<showEmailCheckbox>false</showEmailCheckbox>")
    root = f'<Layout xmlns="http://soap.sforce.com/2006/04/metadata">{"".join(sections)}{tail}'
    return f"{mark}{head}{how.eol}{root}{how.line(0, '</Layout>')}{how.last}".encode()


def sections_of(how: Writing, left: list[str]):
    @st.composite
    def section(draw) -> str:
        label = how.line(2, f"<label>{escape(draw(labels))}</label>")
        heading = draw(st.sampled_from(["true", "false"]))
        heads = "".join(
            how.line(2, f"<{h}>{heading}</{h}>") for h in ("detailHeading", "editHeading")
        )
        columns = [draw(columns_of(how, left)) for _ in range(draw(st.integers(0, 3)))]
        style = how.line(2, f"<style>{draw(st.sampled_from(STYLES))}</style>")
        inner = f"{heads}{label}{''.join(columns)}{style}"
        return how.line(1, "<layoutSections>") + inner + how.line(1, "</layoutSections>")

    return section()


def columns_of(how: Writing, left: list[str]):
    @st.composite
    def column(draw) -> str:
        fields = [left.pop() for _ in range(min(len(left), draw(st.integers(0, 3))))]
        if not fields:
            return how.line(2, f"<layoutColumns{how.blank}/>")
        items = "".join(_item(how, field) for field in fields)
        return how.line(2, "<layoutColumns>") + items + how.line(2, "</layoutColumns>")

    return column()


def _item(how: Writing, field: str) -> str:
    note = how.line(3, how.comment) if how.comment else ""
    leaves = how.line(4, "<behavior>Edit</behavior>") + how.line(4, f"<field>{field}</field>")
    return note + how.line(3, "<layoutItems>") + leaves + how.line(3, "</layoutItems>")
