"""Laws of editing that hold for every Lightning page, drawn ones and those of the corpus."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from corpus import corpus_files
from hypothesis import given
from hypothesis import strategies as st
from sample_pages import PANEL, RULE, field_item, section, sections

from deployer.layouts.scan import content_tree, is_one_more, layout_tree
from deployer.lightning import edit_page, read_page, take_off_page
from deployer.model.layouts import LayoutEdit, Outcome, field_on
from deployer.templates import render_flexipage_field

FIELD = "HasOptedOutOfEmail"
FIELDS = ("Name", "Email", "PersonEmail", "Phone", FIELD, FIELD.lower(), "Opt__c", "Account.Name")


@dataclass(frozen=True, slots=True)
class Writing:
    """How a file is written: its line end ("" for one line), indent, and a comment somewhere."""

    eol: str
    unit: str
    comment: str

    def of(self, data: bytes) -> bytes:
        lines = [(len(raw) - len(raw.lstrip()), raw.strip()) for raw in data.decode().splitlines()]
        texts = (self.unit * (depth // 4 if self.eol else 0) + text for depth, text in lines)
        written = self.eol.join(texts)
        return written.replace("</itemInstances>", f"</itemInstances>{self.comment}", 1).encode()


writings = st.builds(
    Writing,
    st.sampled_from(["\n", "\r\n", ""]),
    st.sampled_from(["    ", "  ", "\t", ""]),
    st.sampled_from(["", "<!-- <itemInstances> -->"]),
)


@st.composite
def pages(draw) -> bytes:
    """A FlexiPage of a few sections, some under a rule, in any style of writing."""
    parts = [
        section(
            number,
            *draw(st.lists(st.sampled_from(FIELDS), max_size=3)),
            rule=draw(st.sampled_from(["", RULE])),
            label=draw(st.sampled_from(["", "@@@SFDCContactSFDC@@@", "&lt;b&gt;"])),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    loose = "".join(map(field_item, draw(st.lists(st.sampled_from(FIELDS), max_size=2))))
    more = draw(st.sampled_from(["", PANEL])) + loose
    return draw(writings).of(sections(*parts, more=more))


@given(pages())
def test_an_edit_adds_exactly_one_item_or_says_why_not(before):
    edit = edit_page(before, FIELD)
    assert edit.changed is (edit.outcome is Outcome.ADD)
    assert edit.reason
    assert not edit.changed or is_page_with_item(edit, FIELD)


@given(pages())
def test_a_second_edit_changes_nothing(before):
    once = edit_page(before, FIELD).after
    assert edit_page(once, FIELD).after == once


@given(pages())
def test_taking_off_gives_the_old_bytes(before):
    edit = edit_page(before, FIELD)
    assert not edit.changed or take_off_page(edit.after, FIELD).after == before


@given(pages())
def test_outside_the_new_item_no_byte_differs(before):
    after = edit_page(before, FIELD).after
    pairs = enumerate(zip(before, after, strict=False))
    start = next((at for at, (old, new) in pairs if old != new), len(before))
    assert after[start + len(after) - len(before) :] == before[start:]


@given(pages())
def test_an_edit_repeats_no_identifier(before):
    edit = edit_page(before, FIELD)
    assert repeated_identifiers(edit.after) == repeated_identifiers(before)


@given(pages())
def test_taken_off_it_is_nowhere(before):
    edit = take_off_page(before, FIELD)
    if edit.outcome is not Outcome.FAILED:
        left = {item.field.casefold() for item in read_page(edit.after).items}
        assert f"record.{FIELD}".casefold() not in left


def is_page_with_item(edit: LayoutEdit, field: str) -> bool:
    """Whether `after` is `before` plus exactly one item for the field, as trees."""
    new = set(read_page(edit.after).identifiers) - set(read_page(edit.before).identifiers)
    (name,) = (i.identifier for i in read_page(edit.after).items if i.identifier.casefold() in new)
    item = content_tree(render_flexipage_field(field, name).encode())
    return is_one_more(layout_tree(edit.before), layout_tree(edit.after), item)


def repeated_identifiers(data: bytes) -> set[str]:
    counted = Counter(item.identifier.casefold() for item in read_page(data).items)
    return {name for name, count in counted.items() if count > 1}


def corpus_edits() -> list[tuple[LayoutEdit, str]]:
    found = []
    for file in corpus_files("flexipages"):
        data = file.read_bytes()
        person = "PersonAccount" if read_page(data).object == "Account" else "Contact"
        found.append((edit_page(data, field_on(person, FIELD)), field_on(person, FIELD)))
    return found


def test_every_real_page_is_edited_with_proof_or_left_with_a_reason():
    edits = corpus_edits()
    counted = Counter(edit.outcome for edit, _ in edits)
    assert counted == {Outcome.ADD: 13, Outcome.PRESENT: 6, Outcome.SKIPPED: 49}
    for edit, field in edits:
        assert edit.reason
        assert not edit.changed or is_page_with_item(edit, field)
        assert repeated_identifiers(edit.after) == repeated_identifiers(edit.before)


def test_every_real_page_comes_back_to_the_byte():
    for edit, field in corpus_edits():
        assert not edit.changed or take_off_page(edit.after, field).after == edit.before
        assert not edit_page(edit.after, field).changed


@given(writings)
def test_the_new_item_is_written_as_its_neighbour(how):
    before = how.of(sections(section(1, "Email")))
    start = before.rindex(b"<itemInstances>", 0, before.index(b"<fieldInstance>"))
    end = before.index(b"</itemInstances>", start) + len(b"</itemInstances>")
    item = before[start:end].replace(b"Record.Email<", f"Record.{FIELD}<".encode())
    named = item.replace(b"RecordEmailField", f"Record{FIELD}Field".encode())
    assert named in edit_page(before, FIELD).after
