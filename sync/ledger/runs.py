"""Runs of the nightly: begun, where they stand, how they ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from sync.database.views import reading
from sync.ledger.ledger import Ledger
from sync.ledger.tables import JOBS, RUNS


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `facts` is the summary that `--json` shows, `finished_at` "" while it lasts."""

    run_id: str
    kind: str
    fields: tuple[str, ...]
    started_at: str
    finished_at: str
    phase: str
    outcome: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run as it begins."""

    run_id: str
    kind: str
    fields: tuple[str, ...]


def begin_run(db: Connection, run: NewRun, now: str) -> None:
    """Write down that the run has begun."""
    db.execute(
        insert(RUNS).values(
            run_id=run.run_id, kind=run.kind, fields=",".join(run.fields), started_at=now,
            phase="gate", outcome="", facts="{}",
        )
    )  # fmt: skip


def enter_phase(db: Connection, run_id: str, phase: str) -> None:
    """Write down where the run stands."""
    db.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(phase=phase))


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended, and when; `facts` is the summary that `--json` shows."""

    outcome: str
    facts: Mapping[str, Any]
    at: str


def end_run(db: Connection, run_id: str, end: RunEnd) -> None:
    """Write down how the run ended."""
    db.execute(
        update(RUNS)
        .where(RUNS.c.run_id == run_id)
        .values(outcome=end.outcome, facts=json.dumps(end.facts), finished_at=end.at)
    )


def find_run(ledger: Ledger, run_id: str) -> Run | None:
    """The run of this id."""
    return next(iter(_select(ledger, RUNS.c.run_id == run_id)), None)


def last_done(ledger: Ledger, fields: tuple[str, ...]) -> Run | None:
    """The newest run of these fields that was done; one that only looked does not count."""
    real = (RUNS.c.outcome == "done", RUNS.c.kind != "dry-run")
    return next(iter(_select(ledger, *real, RUNS.c.fields == ",".join(fields))), None)


def recent_runs(ledger: Ledger, limit: int = 30) -> list[Run]:
    """The newest runs first."""
    return _select(ledger)[:limit]


def is_adopted(ledger: Ledger, fields: tuple[str, ...]) -> bool:
    """Whether a person has seen and approved the first run of these fields."""
    with reading(ledger.engine) as db:
        return bool(
            db.scalar(
                select(func.count()).where(
                    RUNS.c.kind == "adopt", RUNS.c.outcome == "done",
                    RUNS.c.fields == ",".join(fields),
                )
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewJob:
    """A bulk job of a run: `kind` is query or ingest, `purpose` a few words for a person."""

    job_id: str
    run_id: str
    kind: str
    purpose: str


def note_job(db: Connection, job: NewJob, now: str) -> None:
    """Write down a bulk job of ours before it is waited for."""
    db.execute(insert(JOBS).values(**asdict(job), created_at=now))


def end_job(db: Connection, job_id: str, now: str) -> None:
    """The job's results have been read and written down."""
    db.execute(update(JOBS).where(JOBS.c.job_id == job_id).values(ended_at=now))


def open_jobs(ledger: Ledger, kind: str) -> list[tuple[str, str]]:
    """Jobs of ours whose results nobody has read yet: (job id, purpose), the oldest first."""
    with reading(ledger.engine) as db:
        rows = db.execute(
            select(JOBS.c.job_id, JOBS.c.purpose)
            .where(JOBS.c.kind == kind, JOBS.c.ended_at.is_(None))
            .order_by(JOBS.c.created_at)
        )
        return [(row.job_id, row.purpose) for row in rows]


def _select(ledger: Ledger, *conditions: Any) -> list[Run]:
    wanted = select(RUNS).where(*conditions).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id)
    with reading(ledger.engine) as db:
        return [_run(row) for row in db.execute(wanted)]


def _run(row: Row[Any]) -> Run:
    return Run(
        run_id=row.run_id,
        kind=row.kind,
        fields=tuple(row.fields.split(",")),
        started_at=row.started_at,
        finished_at=row.finished_at or "",
        phase=row.phase,
        outcome=row.outcome,
        facts=json.loads(row.facts),
    )
