"""Measure several sides in turn, so that a machine that slows down slows all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def rounds(
    sides: Mapping[str, Callable[[], T]], count: int, *, warm: bool = True
) -> dict[str, list[T]]:
    """What each side gave in each of `count` rounds; another one goes first in every round.

    `warm`: one round before that is not counted.
    """
    names = list(sides)
    given: dict[str, list[T]] = {name: [] for name in names}
    if warm:
        for side in sides.values():
            side()
    for number in range(count):
        first = number % len(names)
        for name in (*names[first:], *names[:first]):
            given[name].append(sides[name]())
    return given


def timed(action: Callable[[], object]) -> Callable[[], float]:
    """The same as a side that gives its seconds."""

    def seconds() -> float:
        begun = time.perf_counter()
        action()
        return time.perf_counter() - begun

    return seconds
