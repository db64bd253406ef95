"""Laws of editing that hold for every layout, however it is written."""

from __future__ import annotations

from hypothesis import given
from layout_strategies import layouts

from deployer.layouts import (
    edit_layout,
    find_field,
    is_tree_with_item,
    read_layout,
    same_tree,
    take_out,
)
from deployer.model.layouts import Outcome

FIELD = "HasOptedOutOfEmail"


@given(layouts())
def test_an_edit_adds_exactly_one_item_or_says_why_not(before):
    edit = edit_layout(before, FIELD)
    if edit.outcome is Outcome.FAILED:
        assert edit.reason.startswith("no section can hold a field")
        assert not edit.changed
    else:
        assert is_tree_with_item(before, edit.after, FIELD)


@given(layouts())
def test_a_second_edit_changes_nothing(before):
    once = edit_layout(before, FIELD).after
    again = edit_layout(once, FIELD)
    assert again.after == once
    assert again.outcome in {Outcome.PRESENT, Outcome.FAILED}


@given(layouts())
def test_taking_out_gives_the_old_bytes(before):
    assert take_out(edit_layout(before, FIELD).after, FIELD).after == before


@given(layouts())
def test_the_field_is_found_where_the_edit_says(before):
    edit = edit_layout(before, FIELD)
    spot = find_field(edit.after, FIELD)
    if edit.changed:
        assert spot is not None
        assert (spot.section, spot.column, spot.line) == (edit.section, edit.column, edit.line)


@given(layouts())
def test_only_added_bytes_differ(before):
    after = edit_layout(before, FIELD).after
    rest = after.replace(b"/", b"").replace(b" ", b"")
    kept = iter(rest)
    assert all(byte in kept for byte in before.replace(b"/", b"").replace(b" ", b""))


@given(layouts())
def test_a_layout_is_the_same_tree_as_itself_and_not_as_the_edited_one(before):
    edit = edit_layout(before, FIELD)
    assert same_tree(before, before)
    assert same_tree(before, edit.after) is not edit.changed


@given(layouts())
def test_bytes_and_events_are_read_alike(before):
    by_events = before.replace(b"</Layout>", b"<!-- odd --></Layout>")
    assert read_layout(before).sections == read_layout(by_events).sections
