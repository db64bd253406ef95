"""The story of one layout: is it there, where does it go, put it in, prove it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from deployer.errors import OurBug
from deployer.layouts.parts import Column, Item, LayoutMap
from deployer.layouts.place import NoPlace, Place, find_item, items_of, place
from deployer.layouts.read import read_layout
from deployer.layouts.scan import (
    TreeToken,
    content_tree,
    is_one_more,
    layout_tree,
    names_in,
)
from deployer.layouts.splice import Change, flip, insertion, removal
from deployer.model.layouts import (
    Behavior,
    FieldPlace,
    LayoutEdit,
    OnReadonly,
    Outcome,
    PlaceWish,
)
from deployer.templates import render_layout_item

Tree = tuple[TreeToken, ...]
# Salesforce wants the fields of the miniLayout and the summaryLayout on the layout itself.
_ALSO_SHOWN_IN = frozenset({"miniLayout", "summaryLayoutItems"})


def edit_layout(
    data: bytes,
    field: str,
    *,
    wish: PlaceWish = PlaceWish(),  # noqa: B008 - frozen
    readonly: OnReadonly = OnReadonly.KEEP,
    where: str = "",
) -> LayoutEdit:
    """Put the field on the layout unless it is there already.

    `field` is spelled as this layout's object spells it (model.layouts.field_on). Every byte
    outside the new item stays; the parsed result is the old tree plus one item, which is checked
    each time. Errors: BadInput when the bytes are not a readable Layout; a layout without a fitting
    place is an edit with outcome FAILED.
    """
    layout = read_layout(data, where=where)
    found = items_of(layout, field)
    if found:
        return _already_there(layout, found, readonly)
    target = place(layout, wish)
    if isinstance(target, NoPlace):
        return LayoutEdit(Outcome.FAILED, data, data, target.reason)
    change = insertion(layout, target, field)
    after = change.applied(data)
    line = _line_of_item(layout, change)
    _prove_inserted(layout, after, target, field)
    label = layout.sections[target.section].label
    spot = (target.reason, label, target.column + 1, Behavior.EDIT.value, line)
    return LayoutEdit(Outcome.ADD, data, after, *spot)


def take_out(data: bytes, field: str, *, where: str = "", like: bytes | None = None) -> LayoutEdit:
    """Take the field off the layout: the exact inverse of `edit_layout`.

    `like` is the layout as it was before the edit; it is only needed to tell an empty pair of tags
    from a self-closing column. Refused (FAILED) where the mini layout or the highlights panel shows
    the field, since Salesforce wants those fields on the layout. Errors: BadInput.
    """
    layout = read_layout(data, where=where)
    found = items_of(layout, field)
    if not found:
        return LayoutEdit(Outcome.ABSENT, data, data, "it is not on this layout")
    place_ = find_item(layout, field)
    if field.casefold() in names_in(data, _ALSO_SHOWN_IN):
        reason = "the mini layout or the highlights panel shows it; take it off there first"
        return LayoutEdit(Outcome.FAILED, data, data, reason)
    if place_ is None or len(found) > 1:
        return LayoutEdit(Outcome.FAILED, data, data, f"it is there {len(found)} times")
    former = read_layout(like, where=where) if like is not None else None
    change = removal(layout, found[0], former)
    after = change.applied(data)
    _prove_removed(layout, after, found[0])
    spot = (place_.section, place_.column, place_.behavior, place_.line)
    return LayoutEdit(Outcome.REMOVE, data, after, "taken out", *spot)


def find_field(data: bytes, field: str, *, where: str = "") -> FieldPlace | None:
    """Tell where the field stands on a layout; None when it is in no section. Errors: BadInput."""
    return find_item(read_layout(data, where=where), field)


def is_tree_with_item(before: bytes, after: bytes, field: str) -> bool:
    """Tell whether `after` is `before` plus exactly one editable item for the field, as trees."""
    return is_one_more(layout_tree(before), layout_tree(after), _item_tree(field))


def _already_there(layout: LayoutMap, found: Sequence[Item], readonly: OnReadonly) -> LayoutEdit:
    first = found[0]
    section = layout.sections[first.section]
    line = layout.line_of(first.start)
    spot = (section.label, first.column + 1)
    stuck = [item for item in found if item.behavior == Behavior.READONLY.value]
    change = flip(layout, stuck[0]) if stuck and readonly is OnReadonly.MAKE_EDITABLE else None
    if change is not None:
        after = change.applied(layout.data)
        _prove_flipped(layout, after, stuck[0])
        reason = "was read-only, made editable"
        return LayoutEdit(Outcome.ADD, layout.data, after, reason, *spot, "Edit", line)
    times = f" {len(found)} times, which Salesforce refuses" if len(found) > 1 else ""
    remark = "; it is read-only, --make-editable turns it" if stuck else ""
    now = (f"already there{times}{remark}", *spot, first.behavior, line)
    return LayoutEdit(Outcome.PRESENT, layout.data, layout.data, *now)


def _line_of_item(layout: LayoutMap, change: Change) -> int:
    return layout.line_of(change.start) + change.new.partition(b"<layoutItems")[0].count(b"\n")


@cache
def _item_tree(field: str) -> Tree:
    return content_tree(render_layout_item(field).encode())


def _prove_inserted(layout: LayoutMap, after: bytes, target: Place, field: str) -> None:
    old, new = _trees_around(layout, after, target, max(target.row - 1, 0))
    prove(is_one_more(old, new, _item_tree(field)), "inserting")


def _prove_removed(layout: LayoutMap, after: bytes, gone: Item) -> None:
    old, new = _trees_around(layout, after, gone, gone.row)
    item = content_tree(layout.data[gone.start : gone.end])
    prove(is_one_more(new, old, item), "taking out")


def _trees_around(
    layout: LayoutMap, after: bytes, spot: Place | Item, last: int
) -> tuple[Tree, Tree]:
    """The items at the spot before and after; the bytes around are the same, so the trees are.

    They are those from the one before the spot to `last`. The whole result is parsed by whoever
    holds it against the schema, which every caller does before a byte is written or sent.
    """
    before = layout.data
    column = layout.sections[spot.section].columns[spot.column]
    start, end = _span_around(column, spot.row, last)
    grown = end + len(after) - len(before)
    around = (before[:start], before[end:])
    prove((after[:start], after[grown:]) == around, "changing")
    return content_tree(before[start:end]), content_tree(after[start:grown])


def _span_around(column: Column, row: int, last: int) -> tuple[int, int]:
    if len(column.items) < 2:  # it opens or closes, so the whole column
        return column.start, column.end
    return column.items[row - 1].start if row else column.opened, column.items[last].end


def _prove_flipped(layout: LayoutMap, after: bytes, turned: Item) -> None:
    new = read_layout(after)
    items = new.fields[turned.field.casefold()]
    edit = [item for item in items if item.start == turned.start]
    size = len(after) - len(layout.data) == len("Edit") - len("Readonly")
    prove(size and [item.behavior for item in edit] == ["Edit"], "turning")


def prove(holds: bool, doing: str, file: str = "layout file") -> None:  # noqa: FBT001 - a law
    """Let nothing be written unless the law holds. Errors: OurBug."""
    if not holds:
        raise OurBug(
            f"{doing} the item would have changed more than that item, so nothing was written",
            hint=f"please report it together with the {file}",
        )
