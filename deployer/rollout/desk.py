"""What a deploy works with: the org, the journal, the clock, and how it was asked to go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deployer.clock import Clock
from deployer.model.plans import Plan
from deployer.rollout.journal import Journal
from deployer.salesforce.client import Writer


@dataclass(frozen=True, slots=True)
class Options:
    """How to deploy. `deadline_s` is on the clock's monotonic scale.

    `snapshot_out` is where a second copy of the snapshot is wanted.
    """

    deadline_s: float
    test_level: str | None = None
    tests: tuple[str, ...] = ()
    check_only: bool = False
    wait: bool = True
    snapshot_out: Path | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a deploy works with: the org, the journal, the clock, and who is told of progress.

    `org_words` are what names this org on a command line, for hints: "--org prod", or "".
    """

    conn: Writer
    journal: Journal
    clock: Clock
    tell: Callable[[str], None]
    org_words: str = ""

    def command(self, *words: str) -> str:
        """A command line for this org, as a hint gives it."""
        return " ".join(filter(None, ("optout", *words, self.org_words)))


@dataclass(frozen=True, slots=True)
class Fresh:
    """The org asked again.

    `stamps` asks when each thing the plan sends was last saved (one call, the last before a
    deploy); `plan` makes the whole plan from a fresh retrieve.
    """

    stamps: Callable[[Plan], Mapping[str, str]]
    plan: Callable[[], Plan]
