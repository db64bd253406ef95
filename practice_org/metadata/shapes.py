"""Which elements a metadata type may hold, and what the platform says when a file breaks that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from practice_org.metadata.canonical import Node
from practice_org.metadata.problems import Problem, at
from practice_org.wire import METADATA_NS

_ENTRY = re.compile(r"^(\w+)(\*?)(!?)(?::(\w+)|=(\w+)|([?#]))?$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
# Source: Metadata API guide, the "available in" notes of each field of Layout.
_INTRODUCED = {
    ("Layout", "summaryLayout"): 18,
    ("Layout", "quickActionList"): 28,
    ("Layout", "relatedContent"): 29,
    ("Layout", "platformActionList"): 34,
    ("ItemInstance", "fieldInstance"): 49,
    ("PermissionSetObjectPermissions", "viewAllFields"): 63,
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element a type may hold; `values` is what a text may be, () for anything."""

    name: str
    repeats: bool
    needed: bool
    type: str
    enum: str
    values: tuple[str, ...]
    kind: str


def shape_problems(root: Node, type_name: str, version: float) -> list[Problem]:
    """Everything about the file that the type does not allow, in document order."""
    return list(_problems(root, type_name, version))


def _problems(node: Node, type_name: str, version: float) -> Iterator[Problem]:
    shape = _shapes()[type_name]
    seen: set[str] = set()
    previous = ""
    for child in node.children:
        element = shape.get(child.name)
        if element is None:
            name = f"Element {{{METADATA_NS}}}{child.name}"
            yield _parsing(child, f"{name} invalid at this location in type {type_name}")
            continue
        if child.name in seen and (child.name != previous or not element.repeats):
            sentence = f"Element {child.name} is duplicated at this location in type {type_name}"
            yield _parsing(child, sentence)
        seen.add(child.name)
        previous = child.name
        yield from _content_problems(child, element, type_name, version)
    for element in shape.values():
        if element.needed and element.name not in seen:
            # The platform names missing fields like this for several types; for layout
            # sections the sentence is unverified.
            yield at(node, f"Required field is missing: {element.name}")


def _content_problems(
    child: Node, element: Element, type_name: str, version: float
) -> Iterator[Problem]:
    if _INTRODUCED.get((type_name, element.name), 0) > version:
        yield at(child, f"Property '{element.name}' not valid in version {version:.1f}")
    elif element.type:
        yield from _problems(child, element.type, version)
    elif child.children:
        inner = child.children[0]
        # What the platform says of an element inside text is unverified.
        name = f"Element {{{METADATA_NS}}}{inner.name}"
        yield _parsing(inner, f"{name} invalid at this location in type {element.name}")
    elif element.values and child.text.strip() not in element.values:
        text = child.text.strip()
        yield _parsing(child, f"'{text}' is not a valid value for the enum '{element.enum}'")
    elif element.kind == "#" and not _NUMBER.match(child.text.strip()):
        yield _parsing(child, f"'{child.text.strip()}' is not a valid value for the type xsd:int")


def _parsing(node: Node, sentence: str) -> Problem:
    return at(node, f"Error parsing file: {sentence}")


@cache
def _shapes() -> dict[str, dict[str, Element]]:
    """Every type on record; shapes.txt explains its own notation."""
    text = files("practice_org.metadata").joinpath("shapes.txt").read_text()
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    enums = {words[0]: tuple(words[2:]) for words in lines if words[1:2] == ["="]}
    enums["boolean"] = ("true", "false", "1", "0")
    return {
        words[0]: {element.name: element for element in (_element(w, enums) for w in words[1:])}
        for words in lines
        if words[1:2] != ["="]
    }


def _element(entry: str, enums: dict[str, tuple[str, ...]]) -> Element:
    found = _ENTRY.match(entry)
    if found is None:
        raise ValueError(f"shapes.txt: {entry}")
    name, repeats, needed, type_name, enum, kind = found.groups(default="")
    enum = "boolean" if kind == "?" else enum
    return Element(name, bool(repeats), bool(needed), type_name, enum, enums.get(enum, ()), kind)
