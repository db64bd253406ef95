"""What a rule is: a question about one metadata file that a schema cannot ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from deployer.layouts.scan import NAMESPACE
from deployer.model.findings import Severity

_NS = {"m": NAMESPACE}


@dataclass(frozen=True, slots=True)
class Answer:
    """One place where the rule is broken: the line and a sentence."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One metadata file: its own name (no folder) and its root element (lxml)."""

    name: str
    root: Any


@dataclass(frozen=True, slots=True)
class Rule:
    """A question with a stable id; `find` yields nothing when all is well.

    `root` is the metadata type it is asked of; `source` is Salesforce's sentence or the measured
    fact it rests on.
    """

    id: str
    root: str
    severity: Severity
    question: str
    fix: str
    source: str
    find: Callable[[Subject], Iterator[Answer]]


def elements(parent: Any, path: str) -> list[Any]:
    """The elements at a path of local names, as `layoutSections/layoutColumns`."""
    found: list[Any] = parent.findall("/".join(f"m:{name}" for name in path.split("/")), _NS)
    return found


def text_of(parent: Any, path: str) -> str:
    """The text at that path, stripped; "" when it is not there."""
    return str(parent.findtext("/".join(f"m:{name}" for name in path.split("/")), "", _NS)).strip()


def value_of(element: Any) -> str:
    """The element's own text, stripped."""
    return str(element.text or "").strip()


def repeated(found: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Values (compared without case) that come more than once: value, count, the last line."""
    rows = [(value, line) for value, line in found if value]
    counts = Counter(value.casefold() for value, _ in rows)
    last = {value.casefold(): (value, line) for value, line in rows}
    for key, count in counts.items():
        if count > 1:
            value, line = last[key]
            yield value, count, line
