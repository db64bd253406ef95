"""Metadata XML as a tree, and the one form in which this org writes such a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from practice_org.wire import METADATA_NS

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ENTITIES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"},
)
_NIL = "http://www.w3.org/2001/XMLSchema-instance}nil"


class NotMetadata(ValueError):
    """The bytes are no well-formed XML; says where."""

    def __init__(self, sentence: str, line: int, column: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Node:
    """One element: local name, text of a leaf, children in order, where its start tag ends.

    Two nodes are equal when their trees are; the place does not count.
    """

    name: str
    text: str = ""
    children: tuple[Node, ...] = ()
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)

    def all(self, *path: str) -> Iterator[Node]:
        """Every node down this path of names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def value(self, *path: str, default: str = "") -> str:
        """The stripped text of the first node down this path."""
        found = next(self.all(*path), None)
        return default if found is None else found.text.strip()

    def says(self, *path: str) -> bool:
        """Whether the first node down this path reads true."""
        return self.value(*path).lower() in {"true", "1"}

    def without(self, *names: str) -> Node:
        """The node less its children of these names."""
        return replace(self, children=tuple(c for c in self.children if c.name not in names))


def leaf(name: str, value: object) -> Node:
    """A node with text; booleans are written as Salesforce does."""
    return Node(name, str(value).lower() if isinstance(value, bool) else str(value))


def branch(name: str, children: Iterable[Node]) -> Node:
    """A node with children."""
    return Node(name, children=tuple(children))


def parse_metadata(data: bytes) -> Node:
    """Parse a metadata file.

    Elements with xsi:nil are left out: they say "no value". Errors: NotMetadata.
    """
    builder = _Builder(data)
    try:
        builder.parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as broken:
        sentence = f"Error parsing file: {expat.ErrorString(broken.code)}"
        raise NotMetadata(sentence, broken.lineno, broken.offset + 1) from broken
    return builder.top()


def canonical(node: Node) -> Node:
    """The tree as this org stores it: groups in alphabetical order, fullName first.

    The order within a group of one name is kept. Text beside child elements is dropped.
    """
    kids = tuple(canonical(child) for child in sorted(node.children, key=_rank))
    text = "" if kids or not node.text.strip() else node.text
    return Node(node.name, text, kids, node.line, node.column)


def serialise(node: Node) -> bytes:
    """The canonical bytes of a file with this root. Source: measured over 549 of 578 layouts."""
    lines: list[str] = []
    _write(node, "", f' xmlns="{METADATA_NS}"', lines.append)
    return (_DECLARATION + "\n".join(lines) + "\n").encode()


def fragment(node: Node) -> str:
    """The node as XML without declaration or namespace, to stand inside an envelope."""
    lines: list[str] = []
    _write(node, "", "", lines.append)
    return "".join(line.strip() for line in lines)


def escaped(text: str) -> str:
    """Text as the platform escapes it: both quotes too."""
    return text.translate(_ENTITIES)


def _rank(node: Node) -> tuple[bool, str]:
    return (node.name != "fullName", node.name)


def _write(node: Node, indent: str, attributes: str, write: Callable[[str], object]) -> None:
    """Write the lines of the canonical tree, which is not built for that."""
    name = node.name
    if node.children:
        write(f"{indent}<{name}{attributes}>")
        for child in sorted(node.children, key=_rank):
            _write(child, indent + "    ", "", write)
        write(f"{indent}</{name}>")
    elif node.text.strip():
        write(f"{indent}<{name}{attributes}>{escaped(node.text)}</{name}>")
    else:
        write(f"{indent}<{name}{attributes}/>")


class _Builder:
    """Builds nodes from expat's events, with the place of each start tag's end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.open: list[tuple[str, dict[str, str], int, int, list[Node], list[str]]] = []
        self.roots: list[Node] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        begin = self.parser.CurrentByteIndex
        end = self.data.find(b">", begin)
        # Salesforce's reader reports where the start tag ends, columns from 1: unverified.
        column = self.parser.CurrentColumnNumber + max(end - begin, 0) + 2
        place = (self.parser.CurrentLineNumber, column)
        self.open.append((tag.rpartition("}")[2], attributes, *place, [], []))

    def end(self, _tag: str) -> None:
        name, attributes, line, column, kids, text = self.open.pop()
        if attributes.get(_NIL, "").lower() in {"true", "1"} and self.open:
            return
        value = "" if kids else "".join(text)
        siblings = self.open[-1][4] if self.open else self.roots
        siblings.append(Node(name, value, tuple(kids), line, column))

    def characters(self, text: str) -> None:
        self.open[-1][5].append(text)

    def doctype(self, *_declared: object) -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        raise NotMetadata("Error parsing file: DOCTYPE is not allowed", line, column)

    def top(self) -> Node:
        return self.roots[0]
