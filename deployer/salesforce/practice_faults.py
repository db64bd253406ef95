"""The faults of a running practice org: fetch, add, clear, through its own door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployer.clock import Clock
from deployer.errors import OptoutError, TryLater, UsageError
from deployer.salesforce.answers import Json, mapping, number, rows, text, text_or
from deployer.salesforce.faults import Refusal
from deployer.salesforce.practice import PracticeOrg, find_live, open_door

_PATH = "/practice/faults"


@dataclass(frozen=True, slots=True)
class PracticeFault:
    """One fault that is on: where, what, when, and how often it was met and showed."""

    id: int
    at: str
    code: str
    rule: Mapping[str, Any]
    seen: int
    fired: int


def find_running(data_dir: Path, clock: Clock) -> PracticeOrg:
    """The practice org that serves this folder. Errors: TryLater when none does."""
    found = find_live(data_dir, clock)
    if found is None:
        raise TryLater(
            "no practice org is running there",
            where=str(data_dir),
            hint=f"start one in another terminal: optout practice-org start --data {data_dir}",
        )
    return found


def fetch_faults(found: PracticeOrg, clock: Clock) -> list[PracticeFault]:
    """The faults that are on, in the order they were added."""
    answer = _ask(found, clock, "GET", _PATH)
    return [_fault(row) for row in rows(answer.get("faults"), "faults")]


def send_fault(found: PracticeOrg, clock: Clock, wanted: Mapping[str, Any]) -> PracticeFault:
    """Switch one on: at, code, every, after, times, seed, only.

    Errors: UsageError in the org's words, which name the places and codes there are.
    """
    return _fault(_ask(found, clock, "POST", _PATH, wanted))


def clear_faults(found: PracticeOrg, clock: Clock, fault_id: int | None = None) -> int:
    """Switch one off, or all; how many there were. Errors: UsageError when there is no such."""
    path = _PATH if fault_id is None else f"{_PATH}/{fault_id}"
    return number(_ask(found, clock, "DELETE", path), "cleared")


def _ask(
    found: PracticeOrg, clock: Clock, method: str, path: str, body: Mapping[str, Any] | None = None
) -> Json:
    answer = open_door(found, clock).request(
        method,
        f"{found.https_url}{path}",
        json=body,
        timeout=(5, 30),
        purpose="faults of the practice org",
        refuse=_refused,
    )
    return mapping(answer.json(), path)


def _refused(refusal: Refusal, /, *, where: str) -> OptoutError:
    return UsageError(
        refusal.message or f"the practice org answered {refusal.status}",
        where=where,
        hint="optout practice-org fault add --help lists places and codes",
        org_code=refusal.code,
    )


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
