"""One line of the benchmark: a figure, what it is held against, and whether that is kept."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

NOISE = 2.0
"""A busy machine may slow one side of a pair; only a miss by more than this fails the run."""


class Verdict(Enum):
    """What is said of a row."""

    OK = "ok"
    MISS = "MISS"
    FAIL = "MISS, by more than noise"


@dataclass(frozen=True, slots=True)
class Row:
    """`held` is the figure that the goal is about; beyond `slack` times the goal the run fails.

    `low` and `high` are its least and its greatest measurement.
    """

    name: str
    ours: str
    beside: str
    held: float
    low: float
    high: float
    unit: str
    goal: float
    slack: float = NOISE

    @property
    def verdict(self) -> Verdict:
        if self.held <= self.goal:
            return Verdict.OK
        return Verdict.MISS if self.held <= self.goal * self.slack else Verdict.FAIL

    def line(self) -> str:
        """The row for a person."""
        spread = f" ({self.low:.3g}-{self.high:.3g})" if self.low != self.high else ""
        return (
            f"{self.name:<31} ours {self.ours:<9} beside {self.beside:<25} "
            f"{self.held:.3g}{self.unit}{spread}, goal {self.goal:g}{self.unit}  "
            f"{self.verdict.value}"
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds that both sides took, one right after the other."""

    ours: float
    beside: float


def measure(ours: Callable[[], object], beside: Callable[[], object], pairs: int) -> list[Pair]:
    """Time both sides in turn, which of them goes first alternating; one unmeasured pair before."""
    _seconds(ours), _seconds(beside)
    measured = []
    for number in range(pairs):
        if number % 2:
            after = _seconds(beside)
            measured.append(Pair(_seconds(ours), after))
        else:
            first = _seconds(ours)
            measured.append(Pair(first, _seconds(beside)))
    return measured


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def ratio_row(name: str, pairs: Sequence[Pair], beside: str, goal: float, each: int = 1) -> Row:
    """How many times as long ours takes; the median over the pairs. `each`: actions per side."""
    ratios = [pair.ours / pair.beside for pair in pairs]
    return _row(name, pairs, beside, (ratios, "x", goal), each)


def extra_row(name: str, pairs: Sequence[Pair], beside: str, goal: float) -> Row:
    """How many seconds ours takes more; the median over the pairs."""
    return _row(name, pairs, beside, ([pair.ours - pair.beside for pair in pairs], " s", goal), 1)


def count_row(name: str, counted: int, beside: str, goal: int) -> Row:
    """Something counted, which noise cannot excuse."""
    return Row(name, str(counted), beside, counted, counted, counted, "", goal, slack=1)


def _row(
    name: str,
    pairs: Sequence[Pair],
    beside: str,
    held: tuple[Sequence[float], str, float],
    each: int,
) -> Row:
    figures, unit, goal = held
    return Row(
        name,
        _shown(statistics.median(pair.ours for pair in pairs) / each),
        f"{_shown(statistics.median(pair.beside for pair in pairs) / each)} {beside}",
        statistics.median(figures),
        min(figures),
        max(figures),
        unit,
        goal,
    )


def _shown(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
