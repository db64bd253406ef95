"""The clock and the audit of a running practice org, through its own doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from deployer.clock import Clock
from deployer.salesforce.answers import Json, bad_answer, mapping, moment, number, rows, text_or
from deployer.salesforce.practice import PracticeOrg
from deployer.salesforce.practice_door import Door, ask

_CLOCK = Door(
    "/practice/clock",
    "clock of the practice org",
    "optout practice-org clock says what time it is there",
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One write: when by the org's clock, by whom, in which request, to what.

    `changes` holds the values as they were written.
    """

    number: int
    at: str
    request_id: str
    user_id: str
    action: str
    subject: str
    record_id: str
    changes: Mapping[str, Any]


def fetch_time(found: PracticeOrg, clock: Clock) -> datetime:
    """What time it is in the org."""
    return _now(ask(found, clock, _CLOCK))


def send_advance(found: PracticeOrg, clock: Clock, by: timedelta) -> datetime:
    """Move the org's clock on; what time it is then. Errors: UsageError for more than it takes."""
    return _now(ask(found, clock, _CLOCK, "POST", {"advance_seconds": by.total_seconds()}))


def send_time(found: PracticeOrg, clock: Clock, to: datetime) -> datetime:
    """Move the org's clock on to a time; what time it is then. Errors: UsageError for the past."""
    return _now(ask(found, clock, _CLOCK, "POST", {"to": to.isoformat()}))


def fetch_audit(
    found: PracticeOrg, clock: Clock, *, after: int = 0, subject: str = ""
) -> list[AuditEntry]:
    """Up to 10,000 writes numbered above `after`, in the order they were made."""
    query = urlencode({"after": after, "subject": subject})
    door = Door(f"/practice/audit?{query}", "audit of the practice org", "")
    return [_entry(row) for row in rows(ask(found, clock, door).get("entries"), "entries")]


def _now(answer: Json) -> datetime:
    now = moment(answer, "now")
    if now is None:
        raise bad_answer("now is missing")
    return now


def _entry(row: Json) -> AuditEntry:
    words = ("at", "request_id", "user_id", "action", "subject", "record_id")
    told = {name: text_or(row, name) for name in words}
    return AuditEntry(
        number=number(row, "number"), changes=mapping(row.get("changes"), "changes"), **told
    )
