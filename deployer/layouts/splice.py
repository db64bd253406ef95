"""Put an item in, take one out, turn one editable: byte spans, nothing else is touched."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deployer.layouts.parts import Column, Item, LayoutMap
from deployer.layouts.place import Place
from deployer.layouts.read import tag_end
from deployer.model.layouts import Behavior
from deployer.templates import render_layout_item

_LAST_LINE = re.compile(rb"(?:\r\n|\r|\n)[ \t]*$")
_READONLY = re.compile(rb"<behavior\s*>\s*(Readonly)\s*</behavior")
_SPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes `start` to `end` become `new`."""

    start: int
    end: int
    new: bytes

    def applied(self, data: bytes) -> bytes:
        return data[: self.start] + self.new + data[self.end :]


@dataclass(frozen=True, slots=True)
class Style:
    """The white space an item is written with: before it, before its children, before its end."""

    lead: bytes
    child: bytes
    close: bytes


def insertion(layout: LayoutMap, place: Place, field: str) -> Change:
    """Put the item where `place` says, written as its neighbours are."""
    column = layout.sections[place.section].columns[place.column]
    if not column.items:
        return _opening(layout, place, column, field)
    neighbour = column.items[max(place.row - 1, 0)]
    new = _written(field, _style_of(layout.data, neighbour))
    if place.row == 0:
        return Change(column.opened, column.opened, new)
    return Change(neighbour.end, neighbour.end, new)


def removal(layout: LayoutMap, item: Item, like: LayoutMap | None) -> Change:
    """Take the item out with the white space before it; a column left empty closes itself again.

    A column that we opened keeps the blank of `<layoutColumns />` in its start tag, so both
    spellings come back. `like`, the layout as it was, also brings back an empty pair of tags.
    """
    column = layout.sections[item.section].columns[item.column]
    start = item.start - len(space_before(layout.data, item.start))
    rest = layout.data[column.opened : start] + layout.data[item.end : column.closing]
    if rest.strip():
        return Change(start, item.end, b"")
    new = _former(like, item) or layout.data[column.start : column.opened - 1] + b"/>"
    return Change(column.start, column.end, new)


def flip(layout: LayoutMap, item: Item) -> Change | None:
    """Turn a read-only field editable: only the behavior's text changes.

    None when that text is not written plainly, which Salesforce never does.
    """
    text = _READONLY.search(layout.data, item.start, item.end)
    return Change(*text.span(1), Behavior.EDIT.value.encode()) if text else None


def _former(like: LayoutMap | None, item: Item) -> bytes | None:
    """The column as it was, when it was empty there too."""
    if like is None or item.section >= len(like.sections):
        return None
    columns = like.sections[item.section].columns
    if item.column >= len(columns) or columns[item.column].items:
        return None
    former = columns[item.column]
    return like.data[former.start : former.end]


def _opening(layout: LayoutMap, place: Place, column: Column, field: str) -> Change:
    data = layout.data
    base = lead_of(data, column.start)
    section_base = lead_of(data, layout.sections[place.section].start)
    style = _style_under(base, section_base)
    item = _written(field, style)
    if not column.self_closing:
        tail = base if column.opened == column.closing else b""
        return Change(column.opened, column.opened, item + tail)
    new = b">" + item + base + b"</layoutColumns>"
    return Change(column.end - len(b"/>"), column.end, new)


def _style_under(base: bytes, section_base: bytes) -> Style:
    """One step deeper than the column, by the step from section to column."""
    if not base:
        return Style(b"", b"", b"")
    width = _indent(base) - _indent(section_base) if section_base else 0
    unit = base[len(base) - width :] if width > 0 else b"    "
    return Style(base + unit, base + unit + unit, base + unit)


def _indent(lead: bytes) -> int:
    return len(lead.splitlines()[-1])


def _style_of(data: bytes, item: Item) -> Style:
    lead = lead_of(data, item.start)
    inner = data[tag_end(data, item.start) : item.end]
    if not inner:  # it closes itself
        return Style(lead, b"", b"")
    first = inner[: len(inner) - len(inner.lstrip())]
    return Style(lead, _last_line(first), lead_of(inner, inner.rindex(b"</layoutItems")))


def _written(field: str, style: Style) -> bytes:
    """The rendered item with its line breaks and indents replaced by the neighbours' ones."""
    begin, *children, end = [line.strip() for line in render_layout_item(field).splitlines()]
    inner = b"".join(style.child + child.encode() for child in children)
    return style.lead + begin.encode() + inner + style.close + end.encode()


def space_before(data: bytes, at: int) -> bytes:
    """All white space right before this byte."""
    begin = at
    while begin and data[begin - 1] in _SPACE:
        begin -= 1
    return data[begin:at]


def lead_of(data: bytes, at: int) -> bytes:
    """What begins this byte's line: the line break and the indent, as far as they are blank."""
    return _last_line(space_before(data, at))


def _last_line(space: bytes) -> bytes:
    """The last line break and the indent after it; blanks of a one-line file as they are."""
    found = _LAST_LINE.search(space)
    return found.group() if found else space
