"""The faults of a running practice org: fetch, add, clear, through its own door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from deployer.clock import Clock
from deployer.salesforce.answers import Json, number, rows, text, text_or
from deployer.salesforce.practice import PracticeOrg
from deployer.salesforce.practice_door import Door, ask

_FAULTS = Door(
    "/practice/faults",
    "faults of the practice org",
    "optout practice-org fault add --help lists places and codes",
)


@dataclass(frozen=True, slots=True)
class PracticeFault:
    """One fault that is on: where, what, when, and how often it was met and showed."""

    id: int
    at: str
    code: str
    rule: Mapping[str, Any]
    seen: int
    fired: int


def fetch_faults(found: PracticeOrg, clock: Clock) -> list[PracticeFault]:
    """The faults that are on, in the order they were added."""
    answer = ask(found, clock, _FAULTS)
    return [_fault(row) for row in rows(answer.get("faults"), "faults")]


def send_fault(found: PracticeOrg, clock: Clock, wanted: Mapping[str, Any]) -> PracticeFault:
    """Switch one on: at, code, every, after, times, seed, only.

    Errors: UsageError in the org's words, which name the places and codes there are.
    """
    return _fault(ask(found, clock, _FAULTS, "POST", wanted))


def clear_faults(found: PracticeOrg, clock: Clock, fault_id: int | None = None) -> int:
    """Switch one off, or all; how many there were. Errors: UsageError when there is no such."""
    path = _FAULTS.path if fault_id is None else f"{_FAULTS.path}/{fault_id}"
    return number(ask(found, clock, replace(_FAULTS, path=path), "DELETE"), "cleared")


def _fault(row: Json) -> PracticeFault:
    rule = {key: row.get(key) for key in ("every", "after", "times", "seed")}
    return PracticeFault(
        number(row, "id"),
        text(row, "at"),
        text(row, "code"),
        {**rule, "only": text_or(row, "only")},
        number(row, "seen"),
        number(row, "fired"),
    )
