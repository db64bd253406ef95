"""All that an edit says of itself, and what it may not do to the rest of the layout."""

from __future__ import annotations

import pytest

from deployer.errors import BadInput, OurBug
from deployer.layouts import edit_layout, find_field, is_tree_with_item, take_out
from deployer.layouts.edit import _prove_flipped, _prove_inserted, _prove_removed, prove
from deployer.layouts.place import Place
from deployer.layouts.read import read_layout
from deployer.model.layouts import LayoutEdit, OnReadonly, Outcome, PlaceWish

FIELD = "HasOptedOutOfEmail"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"


def item(field: str, behavior: str = "Edit") -> str:
    inner = f"<behavior>{behavior}</behavior>\n<field>{field}</field>"
    return f"<layoutItems>\n{inner}</layoutItems>"


def layout(*items: str, mini: str = "") -> bytes:
    """A section of two columns, and these are all in the second."""
    columns = "<layoutColumns/>\n<layoutColumns>\n" + "\n".join(items) + "\n</layoutColumns>"
    section = f"<layoutSections><label>Ways</label>{columns}</layoutSections>"
    fields = f"<miniLayout><fields>{mini}</fields></miniLayout>" if mini else ""
    return f'\n<Layout xmlns="{NAMESPACE}">\n{section}{fields}</Layout>'.encode()


EMAIL, PHONE, OURS = item("Email"), item("Phone"), item(FIELD)
STUCK = item(FIELD, "Readonly")
WITHOUT, WITH = layout(EMAIL, PHONE), layout(EMAIL, OURS, PHONE)
ADDED = "after Email; no consent field is there"
THERE = {
    "put in": (WITHOUT, WITH, Outcome.ADD, ADDED, "Edit", 8),
    "put in last": (
        layout(PHONE, EMAIL),
        layout(PHONE, EMAIL, OURS),
        Outcome.ADD,
        ADDED,
        "Edit",
        11,
    ),
    "is there": (WITH, WITH, Outcome.PRESENT, "already there", "Edit", 8),
    "is there twice": (
        layout(OURS, OURS),
        layout(OURS, OURS),
        Outcome.PRESENT,
        "already there 2 times, which Salesforce refuses",
        "Edit",
        5,
    ),
    "is read-only": (
        layout(EMAIL, STUCK),
        layout(EMAIL, STUCK),
        Outcome.PRESENT,
        "already there; it is read-only, --make-editable turns it",
        "Readonly",
        8,
    ),
}


@pytest.mark.parametrize("name", THERE)
def test_an_edit_says_what_why_and_where(name):
    before, after, outcome, reason, behavior, line = THERE[name]
    told = LayoutEdit(outcome, before, after, reason, "Ways", 2, behavior, line)
    assert edit_layout(before, FIELD) == told


def test_an_item_goes_before_the_first_when_asked():
    edit = edit_layout(WITHOUT, FIELD, wish=PlaceWish(before="Email"))
    assert edit.after == layout(OURS, EMAIL, PHONE)


def test_an_edit_that_finds_no_place_says_why():
    empty = f'<Layout xmlns="{NAMESPACE}"/>'.encode()
    reason = "no section can hold a field: the layout has no section at all"
    assert edit_layout(empty, FIELD) == LayoutEdit(Outcome.FAILED, empty, empty, reason)


def test_an_edit_says_what_was_turned_and_where():
    before, after = layout(EMAIL, STUCK, PHONE), layout(EMAIL, OURS, PHONE)
    told = LayoutEdit(
        Outcome.ADD, before, after, "was read-only, made editable", "Ways", 2, "Edit", 8
    )
    assert edit_layout(before, FIELD, readonly=OnReadonly.MAKE_EDITABLE) == told


MINI = layout(EMAIL, OURS, mini=FIELD)
IN_MINI = "the mini layout or the highlights panel shows it; take it off there first"
TAKEN = {
    "taken out": LayoutEdit(Outcome.REMOVE, WITH, WITHOUT, "taken out", "Ways", 2, "Edit", 8),
    "not there": LayoutEdit(Outcome.ABSENT, WITHOUT, WITHOUT, "it is not on this layout"),
    "twice": LayoutEdit(
        Outcome.FAILED, layout(OURS, OURS), layout(OURS, OURS), "it is there 2 times"
    ),
    "shown elsewhere": LayoutEdit(Outcome.FAILED, MINI, MINI, IN_MINI),
}


@pytest.mark.parametrize("name", TAKEN)
def test_taking_out_says_what_why_and_where(name):
    assert take_out(TAKEN[name].before, FIELD) == TAKEN[name]


@pytest.mark.parametrize("read", [edit_layout, take_out, find_field])
def test_what_cannot_be_read_is_named_by_all_who_read_it(read):
    with pytest.raises(BadInput) as named:
        read(b"<Layout/>", FIELD, where="x")
    with pytest.raises(BadInput) as nameless:
        read(b"<Layout/>", FIELD)
    assert (named.value.where, nameless.value.where) == ("x:1:1", ":1:1")


def test_what_it_is_to_be_like_is_named_too_when_it_cannot_be_read():
    with pytest.raises(BadInput) as refused:
        take_out(WITH, FIELD, like=b"<Layout/>", where="x")
    assert refused.value.where == "x:1:1"


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        (WITHOUT, WITH, True),
        (WITH, WITHOUT, False),
        (WITHOUT, WITHOUT, False),
        (WITHOUT, layout(EMAIL, STUCK, PHONE), False),
        (WITHOUT, layout(OURS, PHONE, EMAIL), False),
    ],
)
def test_one_more_item_is_that_one_and_nothing_else(before, after, holds):
    assert is_tree_with_item(before, after, FIELD) is holds


MORE = "the item would have changed more than that item, so nothing was written"


def blank(text: str) -> str:
    """The same tree, in a byte more."""
    return text.replace("</behavior>", "</behavior> ")


@pytest.mark.parametrize(
    ("row", "after", "doing"),
    [
        (1, layout(EMAIL, STUCK, PHONE), "inserting"),
        (1, layout(PHONE, OURS, PHONE), "inserting"),
        (1, layout(EMAIL, OURS, item("Fax")), "changing"),
        (1, layout(EMAIL, OURS, blank(PHONE)), "changing"),
        (0, layout(OURS, EMAIL, blank(PHONE)), "changing"),
        (2, layout(blank(EMAIL), PHONE, OURS), "changing"),
    ],
)
def test_nothing_is_put_in_that_changes_anything_else(row, after, doing):
    with pytest.raises(OurBug) as bug:
        _prove_inserted(read_layout(WITHOUT), after, Place(0, 1, row, ""), FIELD)
    assert bug.value.message == f"{doing} {MORE}"


def test_nothing_is_taken_out_with_anything_else():
    read = read_layout(WITH)
    with pytest.raises(OurBug) as bug:
        _prove_removed(read, layout(item("Fax"), PHONE), read.fields[FIELD.lower()][0])
    assert bug.value.message == f"taking out {MORE}"


@pytest.mark.parametrize(
    "after",
    [
        layout(EMAIL, STUCK, PHONE).replace(b"Ways", b""),
        layout(EMAIL, item(FIELD, "Edit    "), PHONE),
    ],
)
def test_nothing_is_turned_with_anything_else(after):
    read = read_layout(layout(EMAIL, STUCK, PHONE))
    with pytest.raises(OurBug) as bug:
        _prove_flipped(read, after, read.fields[FIELD.lower()][0])
    assert bug.value.message == f"turning {MORE}"


def test_who_meets_a_bug_is_told_which_file_to_report_it_with():
    for words, file in (((), "layout file"), (("page file",), "page file")):
        with pytest.raises(OurBug) as bug:
            prove(False, "turning", *words)
        assert bug.value.hint == f"please report it together with the {file}"
