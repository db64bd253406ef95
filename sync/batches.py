"""Long lists in pieces that a database takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
# SQLite and PostgreSQL take 32,766 parameters a statement or more; beyond some hundreds nothing
# gets faster.
SIZE = 500


def batches(things: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """The things in order, so many at a time."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
