"""One line of the benchmark: a figure of ours, those of the peers, and whether the goal is met."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, Generic, TypeVar

T = TypeVar("T")

NOISE = 2.0
"""A busy machine may slow one side of a pair; only a miss by more than this fails the run."""


class Verdict(Enum):
    """What is said of a row."""

    OK = "ok"
    MISS = "MISS"
    FAIL = "MISS, by more than twice"


@dataclass(frozen=True, slots=True)
class Side:
    """What one tool took, once for each round, in the row's unit. No figures: it has not done it.

    `note` says what a figure alone would hide: "never ends", "31 of 40 layouts ended right".
    """

    name: str
    version: str
    figures: tuple[float, ...]
    note: str = ""

    @property
    def value(self) -> float | None:
        return statistics.median(self.figures) if self.figures else None


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is what the goal is about: how many times as much ours took, the median of rounds.

    `letter` is the row's place in the list of claims. A goal is met where the ratio is not above
    it; `low` and `high` are the least and the greatest ratio of a round.
    """

    letter: str
    name: str
    ours: Side
    peers: tuple[Side, ...]
    ratio: float
    low: float
    high: float
    goal: float
    unit: str

    @property
    def verdict(self) -> Verdict:
        if self.ratio <= self.goal:
            return Verdict.OK
        return Verdict.MISS if self.ratio <= self.goal * NOISE else Verdict.FAIL

    def line(self) -> str:
        """The row for a person."""
        spread = f" ({self.low:.3g}-{self.high:.3g})" if self.low != self.high else ""
        beside = ", ".join(_told(peer, self.unit) for peer in self.peers)
        return (
            f"{self.letter} {self.name}: {_told(self.ours, self.unit)} beside {beside}: "
            f"{self.ratio:.3g}x{spread}, goal {self.goal:.3g}x  {self.verdict.value}"
        )

    def document(self) -> dict[str, Any]:
        """The row for a machine: `ours` and each peer's `value` are medians in `unit`."""
        return {
            "row": f"{self.letter} {self.name}",
            "ours": self.ours.value,
            "ours_note": self.ours.note,
            "peers": [
                {
                    "name": peer.name, "version": peer.version, "value": peer.value,
                    "figures": list(peer.figures), "note": peer.note,
                }
                for peer in self.peers
            ],
            "ratio": self.ratio, "low": self.low, "high": self.high, "goal": self.goal,
            "met": self.verdict is Verdict.OK, "verdict": self.verdict.value, "unit": self.unit,
            "runs": len(self.ours.figures), "figures": list(self.ours.figures),
            "command": f"ci/bench --row {self.letter}",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure(Generic[T]):
    """One figure of what a run took, and how many times the best peer's ours may be."""

    name: str
    unit: str
    goal: float
    of: Callable[[T], float]


def row_beside(
    title: tuple[str, str], ours: Side, peers: Sequence[Side], goal: float, unit: str
) -> Row:
    """Ours against the best of these peers, round by round; `title` is the letter and the name.

    A peer that has not done it is named and not held against ours. Where all have failed, or one
    side ran once and the other more often, medians are compared.
    """
    able = [peer for peer in peers if peer.value is not None]
    if not ours.figures or not able:
        raise ValueError(f"{' '.join(title)}: nothing to compare")
    best = min(able, key=lambda peer: peer.value or 0.0)
    if len(best.figures) == len(ours.figures):
        ratios = [_ratio(*both) for both in zip(ours.figures, best.figures, strict=True)]
    else:
        ratios = [_ratio(ours.value or 0.0, best.value or 0.0)]
    letter, name = title
    return Row(
        letter, name, ours, tuple(peers), statistics.median(ratios), min(ratios), max(ratios),
        goal, unit,
    )  # fmt: skip


def row_within(title: tuple[str, str], ours: Side, limit: float, unit: str) -> Row:
    """Ours against what was promised: at most `limit`."""
    return row_beside(title, ours, [Side("limit", "", (limit,))], 1.0, unit)


def reason_of(name: str, reasons: Mapping[str, str]) -> str:
    """Why the row of this name is missed; "" where nobody knows.

    A reason is told by row; a `*` stands for anything, as the size that a quick run has smaller.
    """
    return next((why for row, why in reasons.items() if fnmatchcase(name, row)), "")


def unexplained(rows: Iterable[Row], reasons: Mapping[str, str]) -> list[Row]:
    """Those missed by more than twice for no reason that is known."""
    return [
        row
        for row in rows
        if row.verdict is Verdict.FAIL and not reason_of(f"{row.letter} {row.name}", reasons)
    ]


def _ratio(ours: float, beside: float) -> float:
    """Nothing beside nothing is even."""
    if beside:
        return ours / beside
    return float("inf") if ours else 1.0


def _told(side: Side, unit: str) -> str:
    value = "-" if side.value is None else f"{side.value:.3g} {unit}"
    named = " ".join(part for part in (side.name, side.version) if part)
    return f"{named} {value}" + (f" ({side.note})" if side.note else "")
