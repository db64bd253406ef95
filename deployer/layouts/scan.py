"""The one way this program parses metadata bytes: expat, no DTD, UTF-8, bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.parsers import expat

from deployer.errors import BadInput

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
DEEPEST = 100  # elements
MAX_BYTES = 16 * 1024 * 1024
_READABLE = {"utf-8", "utf8", "us-ascii", "ascii"}
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00", b"\x4c\x6f\xa7\x94")

Token = tuple[str, dict[str, str]] | str | None
"""A start tag with its attributes, a text, or the end of an element (None)."""
TreeToken = tuple[str, tuple[tuple[str, str], ...]] | str | None
"""The same, to be hashed: the attributes are sorted."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What a pass over the bytes calls; names read `namespace name`."""

    start: Callable[[str, dict[str, str]], None] | None
    end: Callable[[str], None] | None
    text: Callable[[str], None] | None


def scan(data: bytes, make: Callable[[expat.XMLParserType], Handlers], where: str) -> None:
    """Run one expat pass; `make` gets the parser, for `CurrentByteIndex`.

    Errors: BadInput naming line and column when the bytes are not well-formed, hold a DOCTYPE, are
    in an encoding other than UTF-8, or are too large to be Salesforce metadata.
    """
    _refuse_unreadable(data, where)
    parser = expat.ParserCreate(None, " ")
    handlers = make(parser)
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.XmlDeclHandler = _encoding_check(where)
    parser.StartDoctypeDeclHandler = _doctype_refusal(parser, where)
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.text
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's signature
    except expat.ExpatError as broken:
        at = f"{where}:{broken.lineno}:{broken.offset + 1}"
        problem = f"this is not well-formed XML: {expat.ErrorString(broken.code)}"
        raise BadInput(problem, where=at, hint=_REPAIR) from broken
    finally:
        _let_go(parser)


def _let_go(parser: expat.XMLParserType) -> None:
    """Handlers hold the parser; left in it, each file would wait for the garbage collector."""
    parser.StartDoctypeDeclHandler = None
    parser.StartElementHandler = None
    parser.EndElementHandler = None
    parser.CharacterDataHandler = None


_REPAIR = "repair the file at that place, or retrieve it again"


def _refuse_unreadable(data: bytes, where: str) -> None:
    if len(data) > MAX_BYTES:
        problem = f"the file is larger than {MAX_BYTES // (1024 * 1024)} MB"
        raise BadInput(problem, where=where, hint="name a Salesforce metadata file")
    if data.startswith(_OTHER_MARKS):
        raise _wrong_encoding("UTF-16, UTF-32 or another one that is not UTF-8", where)


def refuse_deep(parser: expat.XMLParserType, where: str) -> None:
    """Errors: BadInput. For readers that go into elements: metadata is nested about ten deep."""
    raise BadInput(
        f"the elements are nested more than {DEEPEST} deep, which no metadata is",
        where=f"{where}:{parser.CurrentLineNumber}:{parser.CurrentColumnNumber + 1}",
        hint=_REPAIR,
    )


def _wrong_encoding(name: str, where: str) -> BadInput:
    return BadInput(
        f"the file's encoding is {name}; Salesforce metadata is UTF-8",
        where=f"{where}:1:1",
        hint="save the file as UTF-8 and correct its first line",
    )


def _encoding_check(where: str) -> Callable[[str, str | None, int], None]:
    def on_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _READABLE:
            raise _wrong_encoding(encoding, where)

    return on_declaration


def _doctype_refusal(parser: expat.XMLParserType, where: str) -> Callable[..., None]:
    def on_doctype(*_: object) -> None:
        at = f"{where}:{parser.CurrentLineNumber}:{parser.CurrentColumnNumber + 1}"
        raise BadInput(
            "the file has a DOCTYPE, which metadata never needs and which can pull in other files",
            where=at,
            hint="delete the DOCTYPE line",
        )

    return on_doctype


def read_tokens(data: bytes, where: str = "") -> list[Token]:
    """Read the tree as one flat list of tokens, space between elements included."""
    tokens: list[Token] = []
    append = tokens.append

    def start(name: str, attributes: dict[str, str]) -> None:
        append((name, attributes))

    def end(_name: str) -> None:
        append(None)

    scan(data, lambda _: Handlers(start, end, append), where)
    return tokens


def to_tree(tokens: Iterable[Token]) -> tuple[TreeToken, ...]:
    """Leave out what stands between elements, and make the rest comparable and hashable."""
    return tuple(
        (token[0], tuple(sorted(token[1].items())) if token[1] else ())
        if isinstance(token, tuple)
        else token
        for token in tokens
        if not (isinstance(token, str) and token.isspace())
    )


def layout_tree(data: bytes, *, where: str = "") -> tuple[TreeToken, ...]:
    """Read any metadata file as a value that compares (and hashes) as a tree.

    Two files are equal when they have the same elements, attributes and texts in the same order;
    space between elements, comments, CDATA, attribute order, the declaration and namespace
    prefixes do not count. Errors: BadInput.
    """
    return to_tree(read_tokens(data, where))


def same_tree(a: bytes, b: bytes) -> bool:
    """Tell whether two metadata files say the same; an org re-serialises, so bytes may differ."""
    return a == b or layout_tree(a) == layout_tree(b)


def content_tree(xml: bytes) -> tuple[TreeToken, ...]:
    """Read these bytes as the content of an element of Salesforce's namespace. Errors: BadInput."""
    return layout_tree(b'<x xmlns="%s">%s</x>' % (NAMESPACE.encode(), xml))[1:-1]


def is_one_more(
    old: tuple[TreeToken, ...], new: tuple[TreeToken, ...], item: tuple[TreeToken, ...]
) -> bool:
    """Tell whether `new` is `old` with exactly this item put in somewhere."""
    size = len(item)
    return any(
        new[at : at + size] == item and new[:at] + new[at + size :] == old
        for at in range(len(new))
        if new[at] == item[0]
    )


def names_in(data: bytes, parents: frozenset[str], *, where: str = "") -> frozenset[str]:
    """The texts directly in elements whose parent has one of these local names, in lower case."""
    found: set[str] = set()
    path: list[str] = [""]
    for token in read_tokens(data, where):
        if token is None:
            path.pop()
        elif isinstance(token, tuple):
            path.append(token[0].rpartition(" ")[2])
        elif len(path) > 1 and path[-2] in parents:
            found.add(token.strip().casefold())
    return frozenset(found)
