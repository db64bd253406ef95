"""The story of one Lightning page: does it need the field, where, put it in, prove it."""

from __future__ import annotations

import re

from deployer.layouts.edit import prove
from deployer.layouts.scan import content_tree, is_one_more, layout_tree
from deployer.lightning.parts import EDITABLE, READONLY, RECORD, FieldItem, PageMap
from deployer.lightning.place import NoSpot, find_items, heading_of, is_elsewhere, pick_spot
from deployer.lightning.read import read_page
from deployer.lightning.splice import flip, free_identifier, insertion, removal
from deployer.model.layouts import LayoutEdit, OnReadonly, Outcome
from deployer.templates import render_flexipage_field

# PersonEmail, Code__pc, FirstName; PersonContact.X would be another object's.
_OF_PERSONS = re.compile(r"Person[A-Z]\w*$|\w+__pc$|(First|Last|Middle)Name$|Salutation$|Suffix$")

_FILE = "page's file"
_ODDLY = ", written in a way that is not edited here: see the page in Lightning App Builder"


def edit_page(
    data: bytes, field: str, *, readonly: OnReadonly = OnReadonly.KEEP, where: str = ""
) -> LayoutEdit:
    """Put the field on a page that carries fields itself, unless it is there already.

    `field` is spelled as this page's object spells it. Every byte outside the new item stays; the
    parsed result is the old tree plus one item, which is checked each time. A page that needs no
    field, or has no place for one, is an edit with outcome SKIPPED. Errors: BadInput when the bytes
    are not a readable FlexiPage.
    """
    page = read_page(data, where=where)
    found = find_items(page, field)
    if found:
        return _already_there(page, found, readonly)
    if is_elsewhere(page, field):
        return LayoutEdit(Outcome.PRESENT, data, data, f"already there{_ODDLY}")
    spot = pick_spot(page)
    if isinstance(spot, NoSpot):
        return LayoutEdit(Outcome.SKIPPED, data, data, spot.reason)
    identifier = free_identifier(page, field)
    after = insertion(page, spot.after, field, identifier).applied(data)
    item = render_flexipage_field(field, identifier).encode()
    _prove(data, after, item, "inserting")
    return LayoutEdit(Outcome.ADD, data, after, spot.reason, spot.section)


def take_off_page(data: bytes, field: str, *, where: str = "") -> LayoutEdit:
    """Take the field off the page, wherever it stands: the exact inverse of `edit_page`.

    Refused (FAILED) where another part of the page names the item, by its identifier. Errors:
    BadInput.
    """
    page = read_page(data, where=where)
    found = find_items(page, field)
    if is_elsewhere(page, field):
        return LayoutEdit(Outcome.FAILED, data, data, f"it is there{_ODDLY}")
    if not found:
        return LayoutEdit(Outcome.ABSENT, data, data, "it is not on this page")
    named = [item.identifier for item in found if page.texts.count(item.identifier.casefold()) > 1]
    if named:
        reason = f"another part of the page refers to {named[0]}; take it off in App Builder"
        return LayoutEdit(Outcome.FAILED, data, data, reason)
    after = data
    for item in reversed(found):
        before, after = after, removal(page, item).applied(after)
        _prove(after, before, data[item.start : item.end], "taking out")
    section = heading_of(page, found[0].region)
    times = f"taken out {len(found)} times" if len(found) > 1 else "taken out"
    return LayoutEdit(Outcome.REMOVE, data, after, times, section)


def shows_person(data: bytes, *, where: str = "") -> bool:
    """Tell whether an Account's page holds a field that only person accounts have.

    Errors: BadInput.
    """
    return any(is_persons(item.field) for item in read_page(data, where=where).items)


def is_persons(item: str) -> bool:
    """Tell whether a page's item, Record.PersonEmail, is a field that only person accounts have."""
    return _OF_PERSONS.match(item.removeprefix(RECORD)) is not None


def _already_there(page: PageMap, found: list[FieldItem], readonly: OnReadonly) -> LayoutEdit:
    """Read-only counts only where the field is editable nowhere on the page."""
    section = heading_of(page, found[0].region)
    stuck = all(item.behavior == READONLY for item in found)
    change = flip(page, found[0]) if stuck and readonly is OnReadonly.MAKE_EDITABLE else None
    if change is not None:
        after = change.applied(page.data)
        _prove_flipped(page.data, after)
        reason = "was read-only, made editable"
        return LayoutEdit(Outcome.ADD, page.data, after, reason, section)
    remark = "; it is read-only, --make-editable turns it" if stuck else ""
    return LayoutEdit(Outcome.PRESENT, page.data, page.data, f"already there{remark}", section)


def _prove_flipped(old: bytes, new: bytes) -> None:
    """That the trees differ in one text, which was read-only and is editable."""
    pairs = zip(layout_tree(old), layout_tree(new), strict=True)
    prove(
        [pair for pair in pairs if pair[0] != pair[1]] == [(READONLY, EDITABLE)], "turning", _FILE
    )


def _prove(old: bytes, new: bytes, item: bytes, doing: str) -> None:
    """That `new` is `old` with this item, as trees; the bytes around it are never touched."""
    prove(is_one_more(layout_tree(old), layout_tree(new), content_tree(item)), doing, _FILE)
