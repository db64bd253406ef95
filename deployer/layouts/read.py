"""One expat pass over a layout: where its parts are, to the byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from deployer.errors import BadInput
from deployer.layouts.parts import Column, Item, LayoutMap, Section
from deployer.layouts.scan import NAMESPACE, Handlers, read_tokens, scan

_PLAIN_ITEM = re.compile(
    rb"<layoutItems>\s*<behavior>(\w+)</behavior>"
    rb"\s*<field>([\w.]+)</field>\s*</layoutItems>"
)
_START_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")


def read_layout(data: bytes, *, where: str = "") -> LayoutMap:
    """Read a Layout file in one pass.

    Errors: BadInput with line and column when it is not well-formed, has a DOCTYPE, is not UTF-8,
    or its root is not Salesforce's `Layout`.
    """
    reader = _Reader(data, where)
    scan(data, reader.begin_pass, where)
    return LayoutMap(data, tuple(reader.sections), reader.fields)


class _Reader:
    """The offsets of what an edit may touch; what is outside sections is passed over.

    This runs for every element of every layout, so `path` holds containers only.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.data = data
        self.where = where
        self.path: list[str] = []
        self.sections: list[Section] = []
        self.fields: dict[str, list[Item]] = {}
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
        headings = (self.facts.get(_EDIT_HEADING), self.facts.get(_DETAIL_HEADING))
        section = Section(
            start=self.begun[name],
            label=self.facts.get(_LABEL, ""),
            style=self.facts.get(_STYLE, ""),
            hidden=headings == ("false", "false"),
            columns=tuple(self.columns),
        )
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
        end, field, behavior = _read_item(self.data, start, at)
        spot = (len(self.sections), len(self.columns), len(self.items))
        item = Item(start, end, field, behavior, *spot)
        self.items.append(item)
        if field:
            self.fields.setdefault(field.casefold(), []).append(item)

    def end_fact(self, name: str, at: int) -> None:
        if self.path == _IN_SECTION:
            raw = self.data[tag_end(self.data, self.begun[name]) : at]
            self.facts[name] = _read_leaves(raw).get("", "")


def _read_item(data: bytes, start: int, closing: int) -> tuple[int, str, str]:
    """End, field and behavior; nearly every item is plain, and then no byte is left unmatched."""
    plain = _PLAIN_ITEM.match(data, start)
    if plain:
        return plain.end(), plain[2].decode(), plain[1].decode()
    end = _element_end(data, b"</layoutItems", closing)
    leaves = _read_leaves(data[start:end])
    return end, leaves.get("field", ""), leaves.get("behavior", "")


def _read_leaves(raw: bytes) -> dict[str, str]:
    """The texts at the top of a fragment ("") or directly in its one element, by local name."""
    if b"<" not in raw and b"&" not in raw:
        return {"": raw.decode().strip()}
    leaves: dict[str, str] = {}
    path: list[str] = []
    for token in read_tokens(b"<x>%s</x>" % raw):
        if token is None:
            path.pop()
        elif isinstance(token, tuple):
            path.append(token[0])
        elif len(path) in {1, 3}:
            name = path[2] if len(path) > 1 else ""
            leaves[name] = token.strip()
    return leaves


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
_LABEL, _STYLE = _name("label"), _name("style")
_EDIT_HEADING, _DETAIL_HEADING = _name("editHeading"), _name("detailHeading")
_FACTS = (_LABEL, _STYLE, _EDIT_HEADING, _DETAIL_HEADING)

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
