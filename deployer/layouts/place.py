"""Where the field goes, and why: a list of wishes in order, the first that can be met wins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from deployer.errors import UsageError
from deployer.layouts.parts import CUSTOM_LINKS, Column, Item, LayoutMap, Section
from deployer.model.layouts import FieldPlace, PlaceWish, field_on

CONSENT_FIELDS = ("HasOptedOutOfEmail", "DoNotCall", "HasOptedOutOfFax")
EMAIL_FIELD = "Email"
_WORD_EDGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OPT_OUT_WORDS = re.compile(
    r"(^|_)(opt(ed)?_?out|opt(ed)?_in|optin|unsubscribed?|do_?not_?(call|e?_?mail|contact|text|sms))"
    r"(_|$)"
)
_SHOWN_NAMES = 8


@dataclass(frozen=True, slots=True)
class Place:
    """The item goes before `row` (from 0) of that column; row == number of items appends."""

    section: int
    column: int
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoPlace:
    """Nothing on this layout can take the field as wished."""

    reason: str


def items_of(layout: LayoutMap, field: str) -> Sequence[Item]:
    """Where this very field stands; API names do not differ by case."""
    return layout.fields.get(field.casefold(), ())


def find_item(layout: LayoutMap, field: str) -> FieldPlace | None:
    """Tell where the field is; None when it is in no section."""
    found = items_of(layout, field)
    if not found:
        return None
    first = found[0]
    return FieldPlace(
        section=layout.sections[first.section].label,
        column=first.column + 1,
        row=first.row + 1,
        behavior=first.behavior,
        line=layout.line_of(first.start),
        count=len(found),
    )


def place(layout: LayoutMap, wish: PlaceWish) -> Place | NoPlace:
    """Pick the place: what the user wished, or the natural one."""
    if wish.after or wish.before:
        return _beside_wished(layout, wish)
    if wish.section:
        return _in_wished_section(layout, wish)
    return _natural(layout)


def parse_wish(text: str) -> PlaceWish:
    """Read `after:FIELD`, `before:FIELD` or `section:LABEL[:COLUMN]`; "" is the natural place.

    A label may hold colons; only a number after the last colon is a column, so a label that itself
    ends in `:2` is written with one more colon at the end. Errors: UsageError.
    """
    if not text:
        return PlaceWish()
    kind, _, rest = text.partition(":")
    if not rest.strip() or kind not in {"after", "before", "section"}:
        raise UsageError(
            f"{text!r} is not a place",
            where="--place",
            hint="write after:FIELD, before:FIELD or section:LABEL or section:LABEL:COLUMN",
        )
    if kind == "section":
        return _section_wish(rest.strip())
    return PlaceWish(after=rest.strip()) if kind == "after" else PlaceWish(before=rest.strip())


def _section_wish(rest: str) -> PlaceWish:
    label, colon, column = rest.rpartition(":")
    if colon and label and (column.isdecimal() or not column):
        return PlaceWish(section=label.strip(), column=int(column or 0))
    return PlaceWish(section=rest)


def _natural(layout: LayoutMap) -> Place | NoPlace:
    """Source: 62 of 70 real layouts with DoNotCall hold the opt-out field in its section."""
    beside = _beside_consent(layout)
    if beside is not None:
        return _after(layout, beside, f"beside {beside.field}, a consent field")
    email = _first_visible(layout, _named(layout, EMAIL_FIELD))
    if email is not None:
        return _after(layout, email, f"after {email.field}; no consent field is there")
    return _first_that_holds_fields(layout)


def _beside_consent(layout: LayoutMap) -> Item | None:
    for name in CONSENT_FIELDS:
        found = _first_visible(layout, _named(layout, name))
        if found is not None:
            return found
    return _first_visible(layout, _opt_outs(layout))


def _opt_outs(layout: LayoutMap) -> list[Item]:
    return [items[0] for items in layout.fields.values() if looks_like_opt_out(items[0].field)]


@lru_cache(maxsize=4096)
def looks_like_opt_out(field: str) -> bool:
    """Tell an opt-out by its API name: Fax_Opt_Out__c, pi__pardot_opted_out__c, DoNotEmail__pc."""
    return _OPT_OUT_WORDS.search(_WORD_EDGE.sub("_", field).lower()) is not None


def _named(layout: LayoutMap, name: str) -> list[Item]:
    return [*items_of(layout, name), *items_of(layout, field_on("PersonAccount", name))]


def _first_visible(layout: LayoutMap, found: list[Item]) -> Item | None:
    """Prefer a section whose heading is shown; a CustomLinks section never counts."""
    usable = [s for s in found if layout.sections[s.section].holds_fields]
    return min(usable, key=lambda s: layout.sections[s.section].hidden, default=None)


def _after(layout: LayoutMap, beside: Item, reason: str) -> Place:
    return _place(layout, beside.section, beside.column, beside.row + 1, reason)


def _place(layout: LayoutMap, section: int, column: int, row: int, reason: str) -> Place:
    hidden = layout.sections[section].hidden
    remark = "; the heading of this section is hidden" if hidden else ""
    return Place(section, column, row, reason + remark)


def _first_that_holds_fields(layout: LayoutMap) -> Place | NoPlace:
    usable = [i for i, section in enumerate(layout.sections) if section.holds_fields]
    if not usable:
        return NoPlace(_why_none(layout.sections))
    section = min(usable, key=lambda i: layout.sections[i].hidden)
    column = roomiest(layout.sections[section].columns)
    row = len(layout.sections[section].columns[column].items)
    reason = "no consent or e-mail field is there: end of the first section that can hold fields"
    return _place(layout, section, column, row, reason)


def roomiest(columns: tuple[Column, ...]) -> int:
    """The index of the column with fewest items; the leftmost of equals."""
    return min(range(len(columns)), key=lambda i: len(columns[i].items))


def _why_none(sections: tuple[Section, ...]) -> str:
    if not sections:
        return "no section can hold a field: the layout has no section at all"
    kinds = {"custom links" if s.style == CUSTOM_LINKS else "no column" for s in sections}
    return f"no section can hold a field: all {len(sections)} have {' or '.join(sorted(kinds))}"


def _beside_wished(layout: LayoutMap, wish: PlaceWish) -> Place | NoPlace:
    word, name = ("after", wish.after) if wish.after else ("before", wish.before)
    found = _named(layout, name)
    beside = _first_visible(layout, found)
    if beside is None:
        where = "only among the custom links" if found else "in no section"
        return NoPlace(f"{name} is {where}; there are {_names(layout)}")
    row = beside.row + (1 if wish.after else 0)
    return _place(layout, beside.section, beside.column, row, f"{word} {beside.field}, as asked")


def _in_wished_section(layout: LayoutMap, wish: PlaceWish) -> Place | NoPlace:
    wanted = wish.section.strip().casefold()
    named = [i for i, s in enumerate(layout.sections) if s.label.strip().casefold() == wanted]
    usable = [i for i in named if layout.sections[i].holds_fields]
    if not named:
        return NoPlace(f"no section is labelled {wish.section!r}; there are {_labels(layout)}")
    if not usable:
        return NoPlace(f"section {wish.section!r} has custom links or no column, not fields")
    columns = layout.sections[usable[0]].columns
    if wish.column > len(columns):
        return NoPlace(
            f"section {wish.section!r} has no column {wish.column}; it has {len(columns)}"
        )
    column = wish.column - 1 if wish.column else roomiest(columns)
    reason = f"end of column {column + 1} of section {wish.section!r}, as asked"
    return _place(layout, usable[0], column, len(columns[column].items), reason)


def _names(layout: LayoutMap) -> str:
    return _listed([items[0].field for items in layout.fields.values()]) or "no fields"


def _labels(layout: LayoutMap) -> str:
    return _listed([section.label for section in layout.sections if section.label]) or "no labels"


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN_NAMES
    shown = ", ".join(names[:_SHOWN_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown
