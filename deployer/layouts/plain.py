"""Layouts as Salesforce writes them, read by their bytes; nearly every one is such a layout.

A plain file has no comment, CDATA, instruction or second namespace, and it is well-formed: each `<`
in it begins a tag, and no name has a prefix. The parser tells. What is not plain, or has more than
texts and items in a section, is left to the reader of events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.parsers import expat

from deployer.layouts.parts import Column, Item, Section
from deployer.layouts.scan import NAMESPACE, Handlers, read_tokens, scan

_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?+(?:<\?xml [^<>]*+>)?+\s*+<Layout xmlns=\"%s\">"
    % re.escape(NAMESPACE.encode())
)
_SECTION = b"<layoutSections"
_PART = re.compile(
    rb"\s*+(?:(<layoutColumns\s*+(/?+)>)"
    rb"|<(detailHeading|editHeading|label|style)>([^<]*+)</\3>"
    rb"|<customLabel>[^<]*+</customLabel>)"
)
_ITEM = re.compile(
    rb"\s*+(<layoutItems>"
    rb"(?:\s*+<behavior>(\w++)</behavior>\s*+<field>([\w.]++)</field>\s*+</layoutItems>"
    rb"|(?:\s*+<(\w++)>[^<]*+</\4>)*+\s*+</layoutItems>))"
)
_COLUMN_END = re.compile(rb"\s*+(</layoutColumns>)")
_END = re.compile(rb"\s*+</layoutSections>")


def read_plain(data: bytes, where: str) -> list[Section] | None:
    """The sections of a plain layout; None when it is not plain. Errors: BadInput, as of `scan`."""
    odd: list[object] = []
    if not _HEAD.match(data):
        return None

    def begin_pass(parser: expat.XMLParserType) -> Handlers:
        parser.CommentHandler = odd.append
        parser.StartCdataSectionHandler = lambda: odd.append(None)
        parser.ProcessingInstructionHandler = lambda *each: odd.append(each)
        parser.StartNamespaceDeclHandler = lambda prefix, _: odd.append(prefix) if prefix else None
        return Handlers(None, None, None)

    scan(data, begin_pass, where)
    return None if odd else _read_sections(data)


def _read_sections(data: bytes) -> list[Section] | None:
    sections: list[Section] = []
    at = data.find(_SECTION)
    while at >= 0:
        section = _read_section(data, at, len(sections))
        if section is None:
            return None
        sections.append(section)
        at = data.find(_SECTION, at + 1)
    return sections


def _read_section(data: bytes, start: int, number: int) -> Section | None:
    at = start + len(_SECTION) + 1
    facts: dict[str, str] = {}
    columns: list[Column] = []
    while part := _PART.match(data, at):
        at = part.end()
        if part[3]:
            facts[part[3].decode()] = read_text(part[4])
        if not part[1]:
            continue
        column = _read_column(data, part, number, len(columns))
        if column is None:
            return None
        columns.append(column)
        at = column.end
    ended = data[at - 1 : at] == b">" and _END.match(data, at)
    return to_section(start, facts, columns) if ended else None


def to_section(start: int, facts: Mapping[str, str], columns: Sequence[Column]) -> Section:
    """A section out of the texts directly in it, by element name."""
    return Section(
        start=start,
        label=facts.get("label", ""),
        style=facts.get("style", ""),
        hidden=facts.get("editHeading") == facts.get("detailHeading") == "false",
        columns=tuple(columns),
    )


def read_text(raw: bytes) -> str:
    """What an element without children says, however it is written."""
    if b"<" in raw or b"&" in raw:
        return read_leaves(raw).get("", "")
    return raw.decode().strip()


def _read_column(data: bytes, begin: re.Match[bytes], section: int, column: int) -> Column | None:
    at = begin.end()
    if begin[2]:
        return Column(begin.start(1), at, at, at, ())
    items: list[Item] = []
    while found := _ITEM.match(data, at):
        at = found.end()
        items.append(Item(found.start(1), at, *_field_of(found), section, column, len(items)))
    end = _COLUMN_END.match(data, at)
    if end is None:
        return None
    return Column(begin.start(1), begin.end(), end.start(1), end.end(), tuple(items))


def read_field(item: bytes) -> tuple[str, str]:
    """Field and behavior of an item, however it is written; "" where it has none."""
    plain = _ITEM.fullmatch(item)
    return _field_of(plain) if plain else _field_of_leaves(read_leaves(item))


def _field_of(item: re.Match[bytes]) -> tuple[str, str]:
    if item[3]:
        return item[3].decode(), item[2].decode()
    return _field_of_leaves(read_leaves(item[1]))


def _field_of_leaves(leaves: Mapping[str, str]) -> tuple[str, str]:
    return leaves.get("field", ""), leaves.get("behavior", "")


def read_leaves(raw: bytes) -> dict[str, str]:
    """The texts at the top of a fragment ("") or directly in its one element, by local name."""
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
