"""Which workers there are, and what each has done: what they write of themselves, for people.

No decision of a worker rests on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from sync.ledger.tables import WORKERS


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker; `people` and `org` are the targets it has told, times as the tables have them."""

    name: str
    started_at: str
    heard_at: str
    rounds: int
    people: int
    org: int


def note_heard(db: Connection, worker: Worker) -> None:
    """Write down that this worker is alive, and how far it is."""
    values = {
        "started_at": worker.started_at, "heard_at": worker.heard_at, "rounds": worker.rounds,
        "people": worker.people, "org": worker.org,
    }  # fmt: skip
    done = db.execute(update(WORKERS).where(WORKERS.c.name == worker.name).values(**values))
    if not done.rowcount:
        db.execute(insert(WORKERS).values(name=worker.name, **values))


def note_gone(db: Connection, name: str) -> None:
    """A worker has ended as it was told to: nobody needs to miss it."""
    db.execute(delete(WORKERS).where(WORKERS.c.name == name))


def forget_silent(db: Connection, before: str) -> None:
    """Forget the workers that were last heard before this time."""
    db.execute(delete(WORKERS).where(WORKERS.c.heard_at < before))


def workers(db: Connection) -> list[Worker]:
    """All that have not ended or been forgotten, by name."""
    rows = db.execute(select(WORKERS).order_by(WORKERS.c.name))
    return [Worker(**row) for row in rows.mappings()]
