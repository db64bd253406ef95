"""The doors of a running practice org that no real org has, opened with its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from deployer.clock import Clock
from deployer.errors import OptoutError, TryLater, UsageError
from deployer.salesforce.answers import Json, mapping
from deployer.salesforce.faults import Refusal
from deployer.salesforce.practice import PracticeOrg, find_live, open_door


@dataclass(frozen=True, slots=True)
class Door:
    """One path under /practice, what it is for, and what to type when it refuses."""

    path: str
    purpose: str
    hint: str


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


def ask(
    found: PracticeOrg,
    clock: Clock,
    door: Door,
    method: str = "GET",
    body: Mapping[str, Any] | None = None,
) -> Json:
    """What the door answers. Errors: UsageError in the org's own words."""
    answer = open_door(found, clock).request(
        method,
        f"{found.https_url}{door.path}",
        json=body,
        timeout=(5, 30),
        purpose=door.purpose,
        refuse=partial(_refused, hint=door.hint),
    )
    return mapping(answer.json(), door.path)


def _refused(refusal: Refusal, /, *, where: str, hint: str) -> OptoutError:
    return UsageError(
        refusal.message or f"the practice org answered {refusal.status}",
        where=where,
        hint=hint,
        org_code=refusal.code,
    )
