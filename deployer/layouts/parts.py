"""A layout's sections, columns and items, and where they are, to the byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

CUSTOM_LINKS = "CustomLinks"


class Item(NamedTuple):
    """One `layoutItems`: bytes `start` to `end`; indexes count from 0.

    `field` is "" for a blank, a page or a link. A named tuple, since there are many of them and
    it is made three times as fast.
    """

    start: int
    end: int
    field: str
    behavior: str
    section: int
    column: int
    row: int


class Column(NamedTuple):
    """One `layoutColumns`: its start tag is `start` to `opened`, its end tag begins at `closing`.

    A self-closing one has `opened == closing == end`.
    """

    start: int
    opened: int
    closing: int
    end: int
    items: tuple[Item, ...]

    @property
    def self_closing(self) -> bool:
        return self.opened == self.end


@dataclass(frozen=True, slots=True)
class Section:
    """One `layoutSections`, which begins at byte `start`.

    `label` is "" when it has none; `hidden` when neither mode shows the heading.
    """

    start: int
    label: str
    style: str
    hidden: bool
    columns: tuple[Column, ...]

    @property
    def holds_fields(self) -> bool:
        """CustomLinks takes links only; a section without columns has nowhere to put an item."""
        return self.style != CUSTOM_LINKS and bool(self.columns)


@dataclass(frozen=True, slots=True)
class LayoutMap:
    """A layout's bytes and where things are.

    `fields` are the items of each field, by its name in lower case, in the order of the file.
    """

    data: bytes
    sections: tuple[Section, ...]
    fields: Mapping[str, Sequence[Item]]

    def line_of(self, offset: int) -> int:
        return self.data.count(b"\n", 0, offset) + 1
