"""A permission set is edited like a layout: bytes in, bytes out, everything else as it was.

A deploy replaces the whole set (API 40 and later), so a set that exists is never rendered.
Source: Metadata API guide, "PermissionSet".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from xml.parsers import expat

from deployer.errors import BadInput, OurBug
from deployer.layouts.scan import DEEPEST, Handlers, refuse_deep, scan

_ROOT = "PermissionSet"
_GRANT = "fieldPermissions"
_FLAGS = ("editable", "readable")
# Children that give nobody anything.
_WHERE = "permission set"
_SAYS_NOTHING = {"description", "fullName", "hasActivationRequired", "label", "license"}


@dataclass(frozen=True, slots=True)
class _Element:
    """Where one element stands in the bytes, its tags included, and its text."""

    path: tuple[str, ...]
    start: int
    end: int = 0
    content_start: int = 0
    content_end: int = 0
    text: str = ""


class _Reader:
    """Keeps where every element stands, in one pass."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.elements: list[_Element] = []
        self._open: list[_Element] = []

    def begin(self, parser: expat.XMLParserType) -> Handlers:
        self._parser = parser
        return Handlers(self._start, self._end, self._text)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:  # each element keeps the names of all those around it
            refuse_deep(self._parser, _WHERE)
        local = name.rpartition(" ")[2]
        path = (*(self._open[-1].path if self._open else ()), local)
        start = self._parser.CurrentByteIndex
        self._open.append(_Element(path, start, content_start=self.data.index(b">", start) + 1))

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        here = self._parser.CurrentByteIndex
        if not self.data.startswith(b"</", here):  # <x/>: it has no end tag
            self.elements.append(
                replace(element, end=element.content_start, content_end=element.content_start)
            )
            return
        end = self.data.index(b">", here) + 1
        self.elements.append(replace(element, end=end, content_end=here))

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1] = replace(self._open[-1], text=self._open[-1].text + text)


def _read(data: bytes) -> list[_Element]:
    """Every element, each after what it contains."""
    reader = _Reader(data)
    scan(data, reader.begin, _WHERE)
    return reader.elements


def grant_edit(data: bytes, member: str) -> bytes:
    """The set with read and edit on `member` (Contact.Field); unchanged when it has both.

    Errors: BadInput when the bytes are not a permission set.
    """
    elements = _read(data)
    if not elements or elements[-1].path != (_ROOT,):
        raise BadInput(
            f"the root is not {_ROOT}",
            where="permission set",
            hint="run the command again; if it stays so, use --permission-set none",
        )
    grant = _grant_of(elements, member)
    changed = _inserted(data, elements, member) if grant is None else _raised(data, elements, grant)
    if not _gives_edit(changed, member):
        raise OurBug(
            f"the edited permission set does not give edit on {member}",
            hint="nothing was sent; please report it",
        )
    return changed


def revoke(data: bytes, member: str, former: bytes | None) -> bytes:
    """The set with this field's grant as it was in `former`; without one where it had none.

    Errors: BadInput when the bytes are not a permission set.
    """
    elements = _read(data)
    grant = _grant_of(elements, member)
    if grant is None:
        return data
    was = _grant_of(_read(former), member) if former is not None else None
    if former is not None and was is not None:
        return data[: grant.start] + former[was.start : was.end] + data[grant.end :]
    line = grant.start - len(_indent_before(data, grant.start))
    start = line if data[line - 1 : line] == b"\n" else grant.start
    end = grant.end
    if start == line:
        end += next((len(n) for n in (b"\r\n", b"\n") if data.startswith(n, end)), 0)
    return data[:start] + data[end:]


def grants_of(data: bytes) -> dict[str, bool]:
    """The fields that the set lets people read -> whether it lets them edit as well."""
    elements = _read(data)
    found: dict[str, bool] = {}
    for grant in (e for e in elements if e.path == (_ROOT, _GRANT)):
        inner = [e for e in elements if len(e.path) > 2 and grant.start < e.start < grant.end]
        leaves = {e.path[-1]: e.text.strip() for e in inner}
        if "true" in {leaves.get(flag) for flag in _FLAGS}:
            found[leaves.get("field", "")] = leaves.get("editable") == "true"
    return found


def gives_only(data: bytes, members: Collection[str]) -> bool:
    """Whether the set gives access to these fields and to nothing else whatever."""
    kinds = {e.path[-1] for e in _read(data) if len(e.path) == 2}
    return kinds <= _SAYS_NOTHING | {_GRANT} and set(grants_of(data)) <= set(members)


def same_set(one: bytes, other: bytes) -> bool:
    """Whether two sets say the same; the order of children means nothing in a permission set."""
    return _meaning(one) == _meaning(other)


def _meaning(data: bytes) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Each child with its leaves, sorted: a set's children are flat lists of leaves."""
    elements = _read(data)
    found = []
    for child in (e for e in elements if len(e.path) == 2):
        inner = [e for e in elements if len(e.path) > 2 and child.start < e.start < child.end]
        leaves = sorted((e.path[-1], e.text.strip()) for e in inner)
        found.append((child.path, tuple(leaves) or (("", child.text.strip()),)))
    return sorted(found)


def _grant_of(elements: list[_Element], member: str) -> _Element | None:
    """The fieldPermissions element of this field."""
    names = [e for e in elements if e.path == (_ROOT, _GRANT, "field")]
    name = next((e for e in names if e.text.strip() == member), None)
    if name is None:
        return None
    grants = (e for e in elements if e.path == (_ROOT, _GRANT))
    return next(e for e in grants if e.start < name.start < e.end)


def _raised(data: bytes, elements: list[_Element], grant: _Element) -> bytes:
    """Turn the flags of an existing grant to true, from the last byte to the first."""
    flags = [
        e
        for e in elements
        if e.path[:2] == (_ROOT, _GRANT)
        and e.path[-1] in _FLAGS
        and grant.start < e.start < grant.end
        and e.text.strip() != "true"
    ]
    for flag in sorted(flags, key=lambda e: -e.start):
        data = data[: flag.content_start] + b"true" + data[flag.content_end :]
    return data


def _inserted(data: bytes, elements: list[_Element], member: str) -> bytes:
    """Insert a new grant where its name sorts: the org keeps children and grants alphabetical."""
    children = [e for e in elements if len(e.path) == 2]
    grants = [e for e in children if e.path[-1] == _GRANT]
    later = [e for e in children if e.path[-1] > _GRANT and e.path[-1] != "fullName"]
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    indent = _indent_before(data, children[0].start) if children else b"    "
    block = _block(member, newline, indent)
    following = [e for e in grants if _field_of(elements, e) > member]
    if grants and not following:
        at = grants[-1].end
        return data[:at] + newline + indent + block + data[at:]
    if following or later:
        at = (following or later)[0].start
        return data[:at] + block + newline + indent + data[at:]
    at = children[-1].end if children else elements[-1].content_end
    return data[:at] + newline + indent + block + data[at:]


def _field_of(elements: list[_Element], grant: _Element) -> str:
    fields = (e for e in elements if e.path == (_ROOT, _GRANT, "field"))
    return next((e.text.strip() for e in fields if grant.start < e.start < grant.end), "")


def _block(member: str, newline: bytes, indent: bytes) -> bytes:
    inner = [b"<editable>true</editable>", f"<field>{member}</field>".encode()]
    inner.append(b"<readable>true</readable>")
    unit = indent or b"    "
    lines = [b"<fieldPermissions>", *(indent + unit + line for line in inner)]
    return newline.join([*lines, indent + b"</fieldPermissions>"])


def _indent_before(data: bytes, at: int) -> bytes:
    """The blanks between the start of the line and this byte."""
    line = data[data.rfind(b"\n", 0, at) + 1 : at]
    return line if not line.strip() else b""


def _gives_edit(data: bytes, member: str) -> bool:
    elements = _read(data)
    grant = _grant_of(elements, member)
    if grant is None:
        return False
    flags = {
        e.path[-1]: e.text.strip()
        for e in elements
        if e.path[:2] == (_ROOT, _GRANT) and grant.start < e.start < grant.end
    }
    return all(flags.get(flag) == "true" for flag in _FLAGS)
