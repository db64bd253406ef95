"""What a run may do, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sync.night.calls import Cost

SIDES = ("people", "org")
FIRST_RUN = "this is the first run of this field in this org: a person has to see it"


class Outcome(StrEnum):
    """How a night ended."""

    DONE = "done"
    HELD = "held"
    DISABLED = "disabled"
    NOTHING_DUE = "nothing-due"
    BUSY = "busy"
    FAILED = "failed"


class Mode(StrEnum):
    """What a run may do."""

    NIGHTLY = "nightly"
    ADOPT = "adopt"
    DRY = "dry-run"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person or the clock asked for.

    `approved` is the id of the held run whose shown writes somebody said yes to; `approve_all`
    says yes to whatever this run finds (adopt --yes); `by` is who said it.
    """

    mode: Mode = Mode.NIGHTLY
    approved: str = ""
    approve_all: bool = False
    budget_percent: int = 80
    by: str = ""


@dataclass(slots=True)
class Summary:
    """The run as --json shows it."""

    run_id: str
    outcome: Outcome
    writes: dict[str, int] = field(default_factory=lambda: {"salesforce": 0, "people": 0})
    planned: dict[str, int] = field(default_factory=lambda: {"salesforce": 0, "people": 0})
    held: dict[str, int] = field(default_factory=lambda: {"salesforce": 0, "people": 0})
    why_held: list[str] = field(default_factory=list)
    quarantined: int = 0
    newly_quarantined: int = 0
    unknown: int = 0
    api_calls: int = 0
    calls: Cost = field(default_factory=Cost)
    # Ingest jobs of others that were at work on people when this run began one of its own.
    other_jobs: list[str] = field(default_factory=list)
    # The org's calls of the day as it last told them: used and allowed, empty when it did not.
    api_usage: dict[str, int] = field(default_factory=dict)
    flagged: dict[str, int] = field(default_factory=dict)
    phases: list[dict[str, object]] = field(default_factory=list)
    sample: dict[str, list[str]] = field(default_factory=dict)
    error: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether the command exits with 1."""
        return self.outcome in {Outcome.HELD, Outcome.FAILED} or bool(
            self.newly_quarantined or self.unknown
        )
