"""A planted bug: a file of the product, a text that stands in it once, and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug; `seen_by` are tests, each of which must fail by its own assertion."""

    name: str
    file: str
    old: str
    new: str
    seen_by: tuple[str, ...]
