"""What a suite of `ci/prove` is: a function of a seed and a size, and what it tells."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Size(Enum):
    """How much a suite does: what fits into continuous integration, or all that it knows."""

    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`n` cases were run; each failure is one sentence that names its case.

    `trace` is a digest of what happened: the same seed gives the same one ("" where real
    processes race, and only the cases repeat). `figures` are what was measured, each
    with its unit in its name.
    """

    n: int
    failures: tuple[str, ...] = ()
    trace: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it has shown anything, and nothing bad: a suite without cases is broken."""
        return self.n > 0 and not self.failures


Suite = Callable[[int, Size], Outcome]


def digest(lines: Iterable[str]) -> str:
    """A short digest of what happened, in order."""
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line.encode() + b"\n")
    return whole.hexdigest()[:16]
