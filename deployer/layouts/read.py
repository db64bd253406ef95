"""Where a layout's parts are, to the byte: expat says that it is well-formed, and what it holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.parsers import expat

from deployer.errors import BadInput
from deployer.layouts.parts import Column, Item, LayoutMap, Section
from deployer.layouts.plain import read_field, read_plain, read_text, to_section
from deployer.layouts.scan import NAMESPACE, Handlers, scan

_START_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")


def read_layout(data: bytes, *, where: str = "") -> LayoutMap:
    """Read a Layout file, in one pass if it is written as Salesforce writes it.

    Errors: BadInput with line and column when it is not well-formed, has a DOCTYPE, is not UTF-8,
    or its root is not Salesforce's `Layout`.
    """
    sections = read_plain(data, where)
    if sections is None:
        reader = _Reader(data, where)
        scan(data, reader.begin_pass, where)
        sections = reader.sections
    return LayoutMap(data, tuple(sections), _fields_of(sections))


def _fields_of(sections: Iterable[Section]) -> dict[str, list[Item]]:
    fields: dict[str, list[Item]] = {}
    for section in sections:
        for column in section.columns:
            for item in column.items:
                if item.field:
                    fields.setdefault(item.field.casefold(), []).append(item)
    return fields


class _Reader:
    """The offsets of what an edit may touch; what is outside sections is passed over.

    `path` holds containers only.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.data = data
        self.where = where
        self.path: list[str] = []
        self.sections: list[Section] = []
        self.begun: dict[str, int] = {}
        self.facts: dict[str, str] = {}
        self.columns: list[Column] = []
        self.items: list[Item] = []

    def begin_pass(self, parser: expat.XMLParserType) -> Handlers:
        self.parser = parser
        return Handlers(self.start_root, None, None)

    def start_root(self, name: str, _attributes: dict[str, str]) -> None:
        problem = "this layout's elements have a namespace prefix, which Salesforce never writes"
        if name != _ROOT:
            root = name.rpartition(" ")[2]
            problem = f"this is not a Salesforce layout: its root element is {root}"
        elif self.data.startswith(b"<Layout", self.parser.CurrentByteIndex):
            self.parser.StartElementHandler = self.pass_over
            return
        at = f"{self.parser.CurrentLineNumber}:{self.parser.CurrentColumnNumber + 1}"
        hint = "name a layout file, as Salesforce's tools retrieve it"
        raise BadInput(problem, where=f"{self.where}:{at}", hint=hint)

    def pass_over(self, name: str, attributes: dict[str, str]) -> None:
        if name == _SECTION:
            self.parser.StartElementHandler = self.start
            self.parser.EndElementHandler = self.end
            self.start(name, attributes)

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name in _ON_START:
            self.begun[name] = self.parser.CurrentByteIndex
            _ON_START[name](self, name)

    def end(self, name: str) -> None:
        if name in _ON_END:
            _ON_END[name](self, name, self.parser.CurrentByteIndex)

    def begin_section(self, name: str) -> None:
        self.path.append(name)
        self.facts = {}
        self.columns = []

    def begin_column(self, name: str) -> None:
        self.path.append(name)
        self.items = []

    def begin_item(self, name: str) -> None:
        self.path.append(name)

    def begin_fact(self, _name: str) -> None:
        """Of leaves only the offset is kept."""

    def end_section(self, name: str, _at: int) -> None:
        self.path.pop()
        if self.path:
            return
        section = to_section(self.begun[name], self.facts, self.columns)
        self.sections.append(section)
        self.parser.StartElementHandler = self.pass_over
        self.parser.EndElementHandler = None

    def end_column(self, name: str, at: int) -> None:
        self.path.pop()
        if self.path != _IN_SECTION:
            return
        start = self.begun[name]
        opened, end = tag_end(self.data, start), _element_end(self.data, b"</layoutColumns", at)
        self.columns.append(Column(start, opened, at, end, tuple(self.items)))

    def end_item(self, name: str, at: int) -> None:
        self.path.pop()
        if self.path != _IN_COLUMN:
            return
        start = self.begun[name]
        end = _element_end(self.data, b"</layoutItems", at)
        spot = (len(self.sections), len(self.columns), len(self.items))
        self.items.append(Item(start, end, *read_field(self.data[start:end]), *spot))

    def end_fact(self, name: str, at: int) -> None:
        if self.path == _IN_SECTION:
            raw = self.data[tag_end(self.data, self.begun[name]) : at]
            self.facts[name.rpartition(" ")[2]] = read_text(raw)


def _element_end(data: bytes, tag: bytes, at: int) -> int:
    """The end tag's end; expat stands behind a self-closing element already."""
    return data.index(b">", at) + 1 if data.startswith(tag, at) else at


def tag_end(data: bytes, start: int) -> int:
    """Where the start tag that begins at `start` ends; an attribute may hold a `>`."""
    end = data.index(b">", start) + 1
    if data.find(b"=", start, end) < 0:
        return end
    tag = _START_TAG.match(data, start)
    return tag.end() if tag else end


def _name(local: str) -> str:
    return f"{NAMESPACE} {local}"


_ROOT = _name("Layout")
_SECTION, _COLUMN, _ITEM = _name("layoutSections"), _name("layoutColumns"), _name("layoutItems")
_IN_SECTION, _IN_COLUMN = [_SECTION], [_SECTION, _COLUMN]
_FACTS = tuple(map(_name, ("label", "style", "editHeading", "detailHeading")))

_ON_START: dict[str, Callable[[_Reader, str], None]] = {
    _SECTION: _Reader.begin_section,
    _COLUMN: _Reader.begin_column,
    _ITEM: _Reader.begin_item,
    **dict.fromkeys(_FACTS, _Reader.begin_fact),
}
_ON_END: dict[str, Callable[[_Reader, str, int], None]] = {
    _SECTION: _Reader.end_section,
    _COLUMN: _Reader.end_column,
    _ITEM: _Reader.end_item,
    **dict.fromkeys(_FACTS, _Reader.end_fact),
}
