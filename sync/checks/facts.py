"""What the checks are asked of: the ledger, the people store and, when it is asked, the org.

A fact that could not be had is Unknown with the reason, never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from sqlalchemy import Connection as Database
from sqlalchemy import func, select

from deployer.errors import OptoutError
from deployer.model.checks import Facts, value
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.findings import Finding, Severity
from deployer.salesforce.client import Connection
from sync.delivery import NOT_FOUND
from sync.fields import name_on
from sync.ledger.ledger import from_text
from sync.ledger.tables import ALIASES, GONE, QUARANTINE
from sync.night.gate import Budget, Unwritable, fetch_budget, fetch_unwritable, objects
from sync.org_records import fetch_shape
from sync.status import Status, StatusFacts, Word, to_status

T = TypeVar("T")
NOT_ASKED = Unknown("the org was not asked")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the settings choose, and whether a person has approved its first run.

    `fields` as `SyncSettings.fields`; `budget_percent` is a night's share of the day's calls.
    """

    fields: tuple[str, ...]
    budget_percent: int
    adopted: bool


@dataclass(frozen=True, slots=True)
class DeadIds:
    """Ids of records that are no more: how many live on under another id, are deleted, are lost.

    `lost` are those that the org does not show at all, which are in quarantine.
    """

    moved: int
    deleted: int
    lost: int


@dataclass(frozen=True, slots=True)
class Stores:
    """Identities of people stores: the ledger's ("" while it has none), and the one there is."""

    bound: str
    found: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The org's API calls, used and allowed, as they were at `at`, and who saw them."""

    budget: Budget
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Writable:
    """The fields the runner has to write, as Object.Field, and those of them that it cannot."""

    fields: tuple[str, ...]
    wrong: tuple[Unwritable, ...]


def to_facts(
    ledger: StatusFacts, chosen: Chosen, dead: DeadIds, people: Mapping[str, Fact[object]]
) -> dict[str, Fact[object]]:
    """Every fact by name, those of the org NOT_ASKED; `people` has "people" and "stores"."""
    return {
        **people,
        "ledger": Known(ledger),
        "status": Known(to_status(ledger)),
        "chosen": Known(chosen),
        "dead-ids": Known(dead),
        "budget": last_seen(ledger),
        "org-id": NOT_ASKED,
        "writable": NOT_ASKED,
        "clock": NOT_ASKED,
    }


def last_seen(ledger: StatusFacts) -> Fact[object]:
    """The API calls as the newest run saw them that looked."""
    for run in ledger.runs:
        usage = run.facts.get("api_usage")
        if usage and run.finished_at:
            budget = Budget(int(usage["used"]), int(usage["allowed"]))
            return Known(Seen(budget, from_text(run.finished_at), f"run {run.run_id}"))
    return NOT_ASKED


def count_dead(db: Database) -> DeadIds:
    """How many ids the ledger knows to be dead, by what became of them."""

    def count(query: object) -> int:
        return db.scalar(select(func.count()).select_from(query)) or 0  # type: ignore[arg-type]

    lost = select(QUARANTINE).where(QUARANTINE.c.code == NOT_FOUND).subquery()
    return DeadIds(moved=count(ALIASES), deleted=count(GONE), lost=count(lost))


def fetch_org_facts(
    connection: Connection, fields: tuple[str, ...], now: Callable[[], datetime]
) -> dict[str, Fact[object]]:
    """The facts that only the org has, by name; a handful of calls, all of them reads.

    What the org refuses becomes Unknown with its sentence.
    """
    return {
        "org-id": Known(connection.org.org_id),
        "writable": _told(lambda: _fetch_writable(connection, fields)),
        "budget": _told(lambda: Seen(fetch_budget(connection), now(), "this look")),
        "clock": _skew(connection.server_time, now()),
    }


def org_away(why: OptoutError, ledger: StatusFacts) -> dict[str, Fact[object]]:
    """The org's facts when it does not let us in: the calls as a run last saw them, if one did."""
    reason = Unknown(f"the org could not be asked: {why.message}")
    budget = last_seen(ledger)
    away = dict.fromkeys(("org-id", "writable", "budget", "clock"), reason)
    return {**away, "budget": budget if isinstance(budget, Known) else reason}


def status_of(facts: Facts) -> Status:
    """What the ledger says is still to do."""
    return value(facts, "status", Status)


def needed(facts: Facts, word: Word) -> list[Finding]:
    """What status says a person is needed for, under this word, as a failure."""
    return [
        Finding(need.word.value, Severity.FAIL, "", need.what, need.next)
        for need in status_of(facts).needs
        if need.word == word
    ]


def _fetch_writable(connection: Connection, fields: tuple[str, ...]) -> Writable:
    shape = fetch_shape(connection)
    places = (f"{each}.{name_on(each, field)}" for each in objects(shape) for field in fields)
    return Writable(tuple(places), tuple(fetch_unwritable(connection, shape, fields)))


def _told(look: Callable[[], object]) -> Fact[object]:
    try:
        return Known(look())
    except OptoutError as refused:
        return Unknown(f"the org could not be asked: {refused.message}")


def _skew(server_time: str, ours: datetime) -> Fact[object]:
    """Seconds that our clock is ahead of the org's Date header, which has whole seconds."""
    try:
        return Known((ours - parsedate_to_datetime(server_time)).total_seconds())
    except (TypeError, ValueError):
        return Unknown("the org sent no time to compare with")
