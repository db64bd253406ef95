"""Orgs for the deploy suite, drawn from a seed: layouts as people and packages have left them."""

from __future__ import annotations

from random import Random
from urllib.parse import quote
from xml.sax.saxutils import escape

from hostile_org import IN_XML

from practice_org.metadata.components import assign_layout, load_component
from practice_org.org import Org
from practice_org.tables import find_rows, insert_row

NS = "http://soap.sforce.com/2006/04/metadata"
MOST = 40
FIELDS = {
    "Contact": ("Name", "Email", "Phone", "DoNotCall", "HasOptedOutOfFax", "Title", "AccountId"),
    "Lead": ("Name", "Email", "Phone", "DoNotCall", "HasOptedOutOfFax", "Title", "Company"),
}
# What the org itself demands of them.
BEHAVIORS = {"Name": "Required", "Company": "Required", "DoNotCall": "Edit",
             "HasOptedOutOfFax": "Readonly"}  # fmt: skip
STYLES = ("TwoColumnsTopToBottom", "TwoColumnsLeftToRight", "OneColumn")
LABELS = ("Contact Information", "Details", "", "Privacy & <opt out>", "\u00c4\u65e5\u672c", "]]>")
TALES = ("", "", "", "<showEmailCheckbox>false</showEmailCheckbox>", "<!-- <layoutItems> -->")


def fill(org: Org, draw: Random) -> None:
    """Up to 40 layouts, some of packages, with record types, each assigned to somebody."""
    with org.transaction():
        profiles = [row["Id"] for row in find_rows(org, "Profile")]
        types = {name: ["", *_record_types(org, name, draw)] for name in FIELDS}
        for number in range(draw.randint(1, MOST)):
            name = draw.choice(list(FIELDS))
            full = f"{name}-{_prefix(draw)}{_called(number, draw)}"
            load_component(org, "Layout", full, layout(name, draw))
            for _ in range(draw.randint(1, 3)):
                kind = draw.choice(types[name])
                assign_layout(org, draw.choice(profiles), name, kind, full)


def _record_types(org: Org, sobject: str, draw: Random) -> list[str]:
    made = []
    for number in range(draw.randint(0, 4)):
        row = {"SobjectType": sobject, "DeveloperName": f"T{number}", "Name": f"T{number}"}
        made.append(insert_row(org, "RecordType", row))
    return made


def _prefix(draw: Random) -> str:
    return draw.choice(("", "", "", "", "acme__"))


def _called(number: int, draw: Random) -> str:
    """A name as the org spells it: what is not plain is escaped there, by the org itself."""
    named = draw.choice(list(IN_XML.values())) if draw.random() < 0.3 else "Layout"
    return quote(f"{named[:60].strip()} {number}", safe=" ")


def layout(sobject: str, draw: Random) -> bytes:
    """A layout's file, in one of the ways that such files are written."""
    end = draw.choice(("\n", "\r\n", ""))
    indent = draw.choice(("    ", "\t", "")) if end else ""
    left = list(FIELDS[sobject])
    draw.shuffle(left)
    lines = [draw.choice(('<?xml version="1.0" encoding="UTF-8"?>', "<?xml version='1.0'?>"))]
    lines.append(f'<Layout xmlns="{NS}">')
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        lines += [f"{indent}{line}" for line in _section(left, draw)]
    lines += [tale for tale in (draw.choice(TALES),) if tale]
    lines.append("</Layout>")
    return (draw.choice(("", "\ufeff")) + end.join(lines) + draw.choice(("", end))).encode()


def _section(left: list[str], draw: Random) -> list[str]:
    lines = ["<layoutSections>", f"<customLabel>{draw.choice(('true', 'false'))}</customLabel>"]
    lines += ["<detailHeading>true</detailHeading>", "<editHeading>true</editHeading>"]
    lines.append(f"<label>{escape(draw.choice(LABELS))}</label>")
    style = draw.choice(STYLES)
    for _ in range(1 if style == "OneColumn" else 2):
        items = [_item(left.pop(), draw) for _ in range(min(len(left), draw.choice((0, 1, 2, 4))))]
        lines += ["<layoutColumns>", *items, "</layoutColumns>"] if items else ["<layoutColumns/>"]
    return [*lines, f"<style>{style}</style>", "</layoutSections>"]


def _item(field: str, draw: Random) -> str:
    behavior = BEHAVIORS.get(field) or draw.choice(("Edit", "Edit", "Required", "Readonly"))
    if draw.random() < 0.1:
        return "<layoutItems><emptySpace>true</emptySpace></layoutItems>"
    return f"<layoutItems><behavior>{behavior}</behavior><field>{field}</field></layoutItems>"
