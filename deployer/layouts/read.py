"""Where a layout's sections, columns and items are, to the byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from deployer.errors import BadInput
from deployer.layouts.scan import NAMESPACE, Handlers, scan

CUSTOM_LINKS = "CustomLinks"
_START_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")


@dataclass(frozen=True, slots=True)
class Item:
    """One `layoutItems`: bytes `start` to `end`, shape `first` to `last`; indexes count from 0.

    `field` is "" for a blank, a page or a link; `behavior_end` is where the text of its behavior
    ends, 0 when it has none.
    """

    start: int
    end: int
    first: int
    last: int
    field: str
    behavior: str
    behavior_end: int
    section: int
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Column:
    """One `layoutColumns`: its start tag is `start` to `opened`, its end tag begins at `closing`.

    A self-closing one has `opened == closing == end`. `first` is the place in the
    shape after its start.
    """

    start: int
    opened: int
    closing: int
    end: int
    first: int
    items: tuple[Item, ...]

    @property
    def self_closing(self) -> bool:
        return self.opened == self.end


@dataclass(frozen=True, slots=True)
class Section:
    """One `layoutSections`; `label` is "" when it has none, `hidden` when no mode shows it."""

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
    """A layout's bytes, its shape, and where things are.

    `shape` is the tree without texts and attributes: each element's name, and None at its end.
    `fields` are the items of each field, by its name in lower case, in the order of the file.
    `elsewhere` names the fields that the mini layout or the highlights panel shows: Salesforce
    requires those on the layout itself.
    """

    data: bytes
    shape: list[str | None]
    sections: tuple[Section, ...]
    fields: Mapping[str, Sequence[Item]]
    elsewhere: frozenset[str]

    def line_of(self, offset: int) -> int:
        return self.data.count(b"\n", 0, offset) + 1


def read_layout(data: bytes, *, where: str = "") -> LayoutMap:
    """Read a Layout file in one pass.

    Errors: BadInput with line and column when it is not well-formed, has a DOCTYPE, is not UTF-8,
    or its root is not Salesforce's `Layout`.
    """
    readers: list[_Reader] = []

    def make(parser: expat.XMLParserType) -> Handlers:
        reader = _Reader(parser, data, where)
        readers.append(reader)
        return Handlers(reader.start_root, reader.end, None)

    scan(data, make, where)
    (reader,) = readers
    sections, elsewhere = tuple(reader.sections), frozenset(reader.elsewhere)
    return LayoutMap(data, reader.shape, sections, reader.fields, elsewhere)


class _Reader:
    """The tokens of the tree, and the offsets of what an edit may touch."""

    def __init__(self, parser: expat.XMLParserType, data: bytes, where: str) -> None:
        self.parser = parser
        self.data = data
        self.where = where
        self.shape: list[str | None] = []
        self.path: list[str] = []
        self.sections: list[Section] = []
        self.elsewhere: set[str] = set()
        self.begun: dict[str, tuple[int, int]] = {}
        self.facts: dict[str, str] = {}
        self.columns: list[Column] = []
        self.items: list[Item] = []
        self.fields: dict[str, list[Item]] = {}
        self.field = self.leaf = ""
        self.behavior = ("", 0)

    def start_root(self, name: str, attributes: dict[str, str]) -> None:
        self._check_root(name)
        self.parser.StartElementHandler = self.start
        self.start(name, attributes)

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.path.append(name)
        self.shape.append(name)
        if name in _ON_START:
            _ON_START[name](self, name)

    def end(self, name: str) -> None:
        if name in _ON_END:
            _ON_END[name](self, name)
        self.path.pop()
        self.shape.append(None)

    def _check_root(self, name: str) -> None:
        problem = "this layout's elements have a namespace prefix, which Salesforce never writes"
        if name != _ROOT:
            root = name.rpartition(" ")[2]
            problem = f"this is not a Salesforce layout: its root element is {root}"
        elif self.data.startswith(b"<Layout", self.parser.CurrentByteIndex):
            return
        at = f"{self.parser.CurrentLineNumber}:{self.parser.CurrentColumnNumber + 1}"
        hint = "name a layout file, as Salesforce's tools retrieve it"
        raise BadInput(problem, where=f"{self.where}:{at}", hint=hint)

    def begin_section(self, name: str) -> None:
        self.begin(name)
        self.facts = {}
        self.columns = []

    def begin_column(self, name: str) -> None:
        self.begin(name)
        self.items = []

    def begin_item(self, name: str) -> None:
        self.begin(name)
        self.field = ""
        self.behavior = ("", 0)

    def begin(self, name: str) -> None:
        self.begun[name] = (self.parser.CurrentByteIndex, len(self.shape))

    def end_section(self, name: str) -> None:
        if self.path != _SECTION_PATH:
            return
        headings = (self.facts.get(_EDIT_HEADING), self.facts.get(_DETAIL_HEADING))
        section = Section(
            start=self.begun[name][0],
            label=self.facts.get(_LABEL, ""),
            style=self.facts.get(_STYLE, ""),
            hidden=headings == ("false", "false"),
            columns=tuple(self.columns),
        )
        self.sections.append(section)

    def end_column(self, name: str) -> None:
        if self.path != _COLUMN_PATH:
            return
        start, first = self.begun[name]
        closing = self.parser.CurrentByteIndex
        end = self._element_end(b"</layoutColumns", closing)
        opened = tag_end(self.data, start)
        self.columns.append(Column(start, opened, closing, end, first, tuple(self.items)))

    def end_item(self, name: str) -> None:
        if self.path != _ITEM_PATH:
            return
        start, first = self.begun[name]
        end = self._element_end(b"</layoutItems", self.parser.CurrentByteIndex)
        spans = (start, end, first - 1, len(self.shape) + 1)
        spot = (len(self.sections), len(self.columns), len(self.items))
        item = Item(*spans, self.field, *self.behavior, *spot)
        self.items.append(item)
        if self.field:
            self.fields.setdefault(self.field.casefold(), []).append(item)

    def end_field(self, _name: str) -> None:
        leaf, parent = self._leaf(), self.path[-2]
        if parent == _ITEM:
            self.field = leaf
        elif parent == _SUMMARY_ITEM:
            self.elsewhere.add(leaf.casefold())

    def end_mini_field(self, _name: str) -> None:
        leaf = self._leaf()
        if self.path[-2] == _MINI:
            self.elsewhere.add(leaf.casefold())

    def end_behavior(self, _name: str) -> None:
        self.behavior = (self._leaf(), self.parser.CurrentByteIndex)

    def end_fact(self, name: str) -> None:
        leaf = self._leaf()
        if self.path[-2] == _SECTION:
            self.facts[name] = leaf

    def begin_leaf(self, _name: str) -> None:
        """Only some leaves are read; half of all calls would be for space between elements."""
        self.leaf = ""
        self.parser.CharacterDataHandler = self.text

    def text(self, text: str) -> None:
        self.leaf += text

    def _leaf(self) -> str:
        self.parser.CharacterDataHandler = None
        return self.leaf.strip()

    def _element_end(self, tag: bytes, at: int) -> int:
        """The end tag's end; expat stands behind a self-closing element already."""
        return self.data.index(b">", at) + 1 if self.data.startswith(tag, at) else at


def tag_end(data: bytes, start: int) -> int:
    """Where the start tag that begins at `start` ends."""
    tag = _START_TAG.match(data, start)
    return tag.end() if tag else data.index(b">", start) + 1


def _name(local: str) -> str:
    return f"{NAMESPACE} {local}"


_ROOT = _name("Layout")
_SECTION, _COLUMN, _ITEM = _name("layoutSections"), _name("layoutColumns"), _name("layoutItems")
_SECTION_PATH = [_ROOT, _SECTION]
_COLUMN_PATH = [*_SECTION_PATH, _COLUMN]
_ITEM_PATH = [*_COLUMN_PATH, _ITEM]
_MINI, _SUMMARY_ITEM = _name("miniLayout"), _name("summaryLayoutItems")
_LABEL, _STYLE = _name("label"), _name("style")
_EDIT_HEADING, _DETAIL_HEADING = _name("editHeading"), _name("detailHeading")

_MINI_FIELD, _FIELD, _BEHAVIOR = _name("fields"), _name("field"), _name("behavior")
_FACTS = (_LABEL, _STYLE, _EDIT_HEADING, _DETAIL_HEADING)

_Step = Callable[[_Reader, str], None]
_ON_START: dict[str, _Step] = {
    _SECTION: _Reader.begin_section,
    _COLUMN: _Reader.begin_column,
    _ITEM: _Reader.begin_item,
    **dict.fromkeys((_MINI_FIELD, _FIELD, _BEHAVIOR, *_FACTS), _Reader.begin_leaf),
}
_ON_END: dict[str, _Step] = {
    _SECTION: _Reader.end_section,
    _COLUMN: _Reader.end_column,
    _ITEM: _Reader.end_item,
    _MINI_FIELD: _Reader.end_mini_field,
    _FIELD: _Reader.end_field,
    _BEHAVIOR: _Reader.end_behavior,
    **dict.fromkeys(_FACTS, _Reader.end_fact),
}
