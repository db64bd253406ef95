"""Runs of the nightly: begun, where they stand, how they ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from sync.ledger.ledger import Ledger
from sync.ledger.tables import JOBS, RUNS
from sync.sqlite import reading


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


def begin_run(ledger: Ledger, run_id: str, kind: str, fields: tuple[str, ...]) -> None:
    """Write down that the run has begun."""
    with ledger.engine.begin() as db:
        db.execute(
            insert(RUNS).values(
                run_id=run_id, kind=kind, fields=",".join(fields), started_at=ledger.now(),
                phase="gate", outcome="", facts="{}",
            )
        )  # fmt: skip


def enter_phase(ledger: Ledger, run_id: str, phase: str) -> None:
    """Write down where the run stands."""
    with ledger.engine.begin() as db:
        db.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(phase=phase))


def end_run(ledger: Ledger, run_id: str, outcome: str, facts: Mapping[str, Any]) -> None:
    """Write down how the run ended."""
    with ledger.engine.begin() as db:
        db.execute(
            update(RUNS)
            .where(RUNS.c.run_id == run_id)
            .values(outcome=outcome, facts=json.dumps(facts), finished_at=ledger.now())
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


def note_job(ledger: Ledger, run_id: str, job_id: str, kind: str, purpose: str) -> None:
    """Write down a bulk job of ours before it is waited for."""
    with ledger.engine.begin() as db:
        db.execute(
            insert(JOBS).values(
                job_id=job_id, run_id=run_id, kind=kind, purpose=purpose, created_at=ledger.now()
            )
        )


def end_job(ledger: Ledger, job_id: str) -> None:
    """The job's results have been read and written down."""
    with ledger.engine.begin() as db:
        db.execute(update(JOBS).where(JOBS.c.job_id == job_id).values(ended_at=ledger.now()))


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
