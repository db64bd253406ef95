"""What need not be kept of people: settled events are emptied, the lists of old runs removed.

Only what is settled. Of an event its key stays, so that a delivery that comes again is known, and
so do its times and where it led; of a run its counts.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, or_, select, update

from sync.database.views import reading
from sync.ledger.events import EventState
from sync.ledger.ledger import Ledger, note, to_text
from sync.ledger.tables import EVENTS, RUNS

_LOT = 2_000
_EMPTIED = ("selected", "source", "reason")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many settled events were emptied, and of how many runs the lists removed."""

    events: int
    runs: int


def forget(ledger: Ledger, runs: Path, keep_days: int) -> Forgotten:
    """Empty what was settled more than `keep_days` ago, and remove the lists of runs that old.

    `runs` is the folder with a folder for each run. The counts are audited when there are any.
    Errors: OSError naming the list that cannot be removed.
    """
    before = to_text(ledger.clock.now() - timedelta(days=keep_days))
    events = 0
    while emptied := _empty_lot(ledger, before):
        events += emptied
    forgotten = Forgotten(events, _remove_lists(ledger, runs, before))
    if forgotten != Forgotten(0, 0):
        told = f"{forgotten.events:,} settled events emptied, lists of {forgotten.runs:,} runs"
        with ledger.engine.begin() as db:
            detail = f"{told} removed, older than {keep_days} days"
            note(db, ledger.now(), "optout", "retention", detail)
    return forgotten


def _empty_lot(ledger: Ledger, before: str) -> int:
    """A lot at a time: whoever accepts opt-outs must not wait for long."""
    with ledger.engine.begin() as db:
        ids = _due(db, before)
        if ids:
            # Otherwise what was there stays legible in the file's free space.
            if db.dialect.name == "sqlite":
                db.exec_driver_sql("PRAGMA secure_delete = ON").fetchall()
            empty = dict.fromkeys(_EMPTIED, "")
            db.execute(update(EVENTS).where(EVENTS.c.id.in_(ids)).values(**empty))
        return len(ids)


def _due(db: Connection, before: str) -> list[int]:
    due = (
        EVENTS.c.state == EventState.SETTLED.value,
        EVENTS.c.settled_at < before,
        or_(*(EVENTS.c[name] != "" for name in _EMPTIED)),
    )
    return list(db.scalars(select(EVENTS.c.id).where(*due).limit(_LOT)))


def _remove_lists(ledger: Ledger, runs: Path, before: str) -> int:
    folders = [folder for folder in runs.iterdir() if folder.is_dir()] if runs.is_dir() else []
    with reading(ledger.engine) as db:
        old = _old_runs(db, [folder.name for folder in folders], before)
    gone = [folder for folder in folders if folder.name in old]
    for folder in gone:
        with suppress(FileNotFoundError):  # another process removes it too
            shutil.rmtree(folder)
    return len(gone)


def _old_runs(db: Connection, names: list[str], before: str) -> set[str]:
    """Those that were over by then; the newest that came to its end may be approved yet."""
    ended = (RUNS.c.outcome.in_(["done", "held"]), RUNS.c.kind != "dry-run")
    newest = select(RUNS.c.run_id).where(*ended).order_by(RUNS.c.started_at.desc()).limit(1)
    over = func.coalesce(RUNS.c.finished_at, RUNS.c.started_at) < before
    found = select(RUNS.c.run_id).where(over, RUNS.c.run_id != (db.scalar(newest) or ""))
    return set(names) & set(db.scalars(found))
