"""A Lightning page's regions, what stands in them, and where its fields are, to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

FACET = "Facet"
DETAIL_PANEL = "force:detailPanel"
# Its facets hold one main field and a limited number of others; it is no place for one more.
HIGHLIGHTS = "record_flexipage:dynamicHighlights"
RECORD = "Record."
# What uiBehavior may say; required is the third.
EDITABLE = "none"
READONLY = "readonly"


class FieldItem(NamedTuple):
    """One `itemInstances` that holds a field: bytes `start` to `end`.

    Its `fieldInstance` begins at `inner`; `field` is what `fieldItem` says, Record.Email;
    `behavior` is none, readonly or required.
    """

    start: int
    inner: int
    end: int
    field: str
    behavior: str
    identifier: str
    region: int


class Component(NamedTuple):
    """One component: the values its properties hold (facets among them), and its own heading.

    `ruled` says that a visibility rule decides whether it is shown.
    """

    name: str
    values: frozenset[str]
    label: str
    ruled: bool


@dataclass(frozen=True, slots=True)
class Region:
    """One `flexiPageRegions`: a region of the template, or a facet that a component shows."""

    name: str
    kind: str
    items: tuple[FieldItem, ...]
    components: tuple[Component, ...]


class Shown(Enum):
    """Whether what stands in a region reaches a user's screen; the better one is first."""

    ALWAYS = 0
    SOMETIMES = 1
    NEVER = 2


@dataclass(frozen=True, slots=True)
class PageMap:
    """A page's bytes and where things are.

    `texts` holds every text of the page as often as it is there, `fields` what its field items say,
    both in lower case; `older` says that components stand in the regions themselves, as they did
    before API 49.
    """

    data: bytes
    regions: tuple[Region, ...]
    identifiers: frozenset[str]
    texts: tuple[str, ...]
    fields: frozenset[str]
    older: bool
    kind: str
    object: str
    label: str

    @property
    def items(self) -> tuple[FieldItem, ...]:
        """Every field item, in the order of the file."""
        return tuple(item for region in self.regions for item in region.items)
