"""Status: facts of the ledger -> what is still to do, and whether that needs a person. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sync.ledger.backlog import Backlog
from sync.ledger.ledger import from_text, to_text
from sync.ledger.quarantine import Case
from sync.ledger.runs import Run
from sync.ledger.switch import Switch
from sync.ledger.workers import Worker
from sync.schedule import Schedule, due, next_due

TOO_OLD = timedelta(hours=4)
# A day, the hour that clocks are put back, and an hour for the night itself.
NO_SUCCESS = timedelta(hours=26)
# Workers say every 20 seconds that they live; another takes over within five minutes.
LATELY = timedelta(seconds=90)
SILENT = timedelta(minutes=5)
_ENDED = ("done", "held")
DRY_RUN = "dry-run"
SIDES = ("salesforce", "people")
_NUMBERS = ("writes", "held", "why_held", "quarantined", "unknown", "api_calls", "error")


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What the ledger says at `now` (aware). `runs` are the newest first.

    `place` is the ledger's file or address, as a person reads it.
    """

    now: datetime
    org_id: str
    switch: Switch
    schedule: Schedule
    backlog: Backlog
    cases: Sequence[Case]
    runs: Sequence[Run]
    place: str = ""
    workers: Sequence[Worker] = ()


class Word(StrEnum):
    """What a person is needed for; each has its entry in docs/operating/serve.md."""

    HELD = "held"
    QUARANTINE = "quarantine"
    UNAPPLIED = "unapplied"
    NO_SUCCESS = "no-success"
    NO_WORKER = "no-worker"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that needs a person: a stable word, what is so, and what to type."""

    word: Word
    what: str
    next: str


@dataclass(frozen=True, slots=True)
class Status:
    """What `optout sync status` says; healthy when nothing needs a person."""

    oldest_unapplied_seconds: int | None
    waiting: int
    handed_over: int
    handed_over_seconds: int | None  # how long the first of them has been
    backlog: int
    quarantine: int
    resubscribing: int
    held: dict[str, int]
    last_run: Run | None
    next_run: datetime | None
    needs: tuple[Need, ...]


def to_status(facts: StatusFacts) -> Status:
    """Put the facts together. Rows in quarantine are told apart from the unapplied."""
    backlog = facts.backlog
    age = None if backlog.oldest is None else facts.now - backlog.oldest
    held = held_writes(facts.runs)
    return Status(
        oldest_unapplied_seconds=None if age is None else max(0, int(age.total_seconds())),
        waiting=backlog.waiting,
        handed_over=backlog.handed_over,
        handed_over_seconds=_seconds_since(backlog.handed_over_since, facts.now),
        backlog=backlog.unspread + backlog.open,
        quarantine=len(facts.cases),
        resubscribing=backlog.resubscribing,
        held=held,
        last_run=next(_real(facts.runs), None),
        next_run=_next_run(facts),
        needs=tuple(
            need
            for need in (
                _need_held(held, facts.runs),
                _need_quarantine(unacknowledged(facts.cases, facts.now)),
                _need_old(age),
                _need_success(facts),
                _need_worker(facts),
            )
            if need is not None
        ),
    )


def _seconds_since(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(0, int((now - moment).total_seconds()))


def held_writes(runs: Sequence[Run]) -> dict[str, int]:
    """How many writes into each side the newest run that came to its end held back."""
    last = next((run for run in _real(runs) if run.outcome in _ENDED), None)
    held = last.facts.get("held", {}) if last else {}
    return {side: int(held.get(side, 0)) for side in SIDES}


def unacknowledged(cases: Sequence[Case], now: datetime) -> list[Case]:
    """What is in quarantine and nobody has looked at, or was to be through by now."""
    return [case for case in cases if case.acknowledged_until <= to_text(now)]


def _real(runs: Sequence[Run]) -> Iterator[Run]:
    return (run for run in runs if run.kind != DRY_RUN)


def _next_run(facts: StatusFacts) -> datetime | None:
    """The moment that is owed already, else the next one; None while the nightly is off."""
    if not facts.switch.on or facts.switch.since is None:
        return None
    nights = [run for run in facts.runs if run.kind == "nightly" and run.outcome in _ENDED]
    last_done = from_text(nights[0].started_at) if nights else None
    owed = due(facts.schedule, facts.now, last_done, facts.switch.since)
    return owed or next_due(facts.schedule, facts.now)


def _need_held(held: dict[str, int], runs: Sequence[Run]) -> Need | None:
    if not any(held.values()):
        return None
    last = next(run for run in _real(runs) if run.outcome in _ENDED)
    # While the nightly is off only adopt runs; nightly would say so and do nothing.
    verb = "adopt" if last.kind == "adopt" else "nightly"
    counts = " and ".join(f"{count:,} writes to {side}" for side, count in held.items() if count)
    return Need(
        Word.HELD,
        f"the last run held back {counts}; these opt-outs are not applied",
        f"look at it with optout sync runs, then: optout sync {verb} --approve {last.run_id}",
    )


def _need_quarantine(cases: Sequence[Case]) -> Need | None:
    if not cases:
        return None
    return Need(
        Word.QUARANTINE,
        f"{len(cases):,} refused opt-outs wait for a person",
        "optout sync quarantine list; mend the cause and retry, or acknowledge them",
    )


def _need_old(age: timedelta | None) -> Need | None:
    if age is None or age <= TOO_OLD:
        return None
    return Need(
        Word.UNAPPLIED,
        f"an opt-out has waited for {age.total_seconds() / 3600:.1f} hours to be applied",
        "see that a runner is up (optout sync serve) and can log in (optout doctor), or apply "
        "now with: optout sync quarantine retry --all",
    )


def last_success(facts: StatusFacts) -> datetime:
    """When the newest night that was done began, or when the nights were switched on if later."""
    done = [from_text(run.started_at) for run in _real(facts.runs) if run.outcome == "done"]
    return max([*done, facts.switch.since or facts.now])


def _need_success(facts: StatusFacts) -> Need | None:
    if not facts.switch.on or facts.now - last_success(facts) <= NO_SUCCESS:
        return None
    return Need(
        Word.NO_SUCCESS,
        f"no night has succeeded since {last_success(facts):%Y-%m-%d %H:%M} UTC",
        "optout sync runs shows why; then: optout sync nightly --force",
    )


def heard_lately(facts: StatusFacts) -> list[Worker]:
    """The workers that are alive, as far as one can hear."""
    since = to_text(facts.now - LATELY)
    return [each for each in facts.workers if each.heard_at >= since]


def _need_worker(facts: StatusFacts) -> Need | None:
    """Workers that end in order take their names away; those that are left have died."""
    last = max((each.heard_at for each in facts.workers), default="")
    if not last or last >= to_text(facts.now - SILENT):
        return None
    return Need(
        Word.NO_WORKER,
        f"no worker has been heard since {from_text(last):%Y-%m-%d %H:%M} UTC",
        "start one: optout worker; or let one server drain: optout sync serve",
    )


def to_document(status: Status, facts: StatusFacts) -> dict[str, Any]:
    """The status as --json shows it."""
    return {
        "ledger": facts.place,
        "oldest_unapplied_seconds": status.oldest_unapplied_seconds,
        "waiting": status.waiting,
        "handed_over": status.handed_over,
        "handed_over_oldest_seconds": status.handed_over_seconds,
        "backlog": status.backlog,
        "quarantine": status.quarantine,
        "quarantine_unacknowledged": len(unacknowledged(facts.cases, facts.now)),
        "resubscribing": status.resubscribing,
        "held": status.held,
        "workers": [{**asdict(w), "alive": w in heard_lately(facts)} for w in facts.workers],
        "last_run": run_document(status.last_run) if status.last_run else None,
        "next_run": to_text(status.next_run) if status.next_run else None,
        "nightly": {
            "enabled": facts.switch.on,
            "since": to_text(facts.switch.since) if facts.switch.since else None,
            "by": facts.switch.by or None,
        },
        "needs": [
            {"code": need.word.value, "message": need.what, "next": need.next}
            for need in status.needs
        ],
    }


def run_document(run: Run) -> dict[str, Any]:
    """One run as --json shows it."""
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "fields": list(run.fields),
        "outcome": run.outcome or None,
        "phase": run.phase,
        "started_at": run.started_at,
        "finished_at": run.finished_at or None,
        **{key: run.facts[key] for key in _NUMBERS if key in run.facts},
    }
