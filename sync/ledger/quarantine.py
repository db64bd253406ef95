"""Quarantine: what the org or the people side refused, with its reason, until it is through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.batches import batches
from sync.database.many import among
from sync.ledger.tables import QUARANTINE


@dataclass(frozen=True, slots=True)
class Case:
    """One refusal that needs a person; `acknowledged_until` "" when nobody has looked at it."""

    id: int
    side: str
    key: str
    person_id: str
    code: str
    detail: str
    since: str
    tried_at: str
    tries: int
    acknowledged_until: str = ""
    acknowledged_by: str = ""


def open_case(
    db: Connection, what: tuple[str, str, str], why: tuple[str, str], now: str, run_id: str = ""
) -> bool:
    """Note that (side, key, person id) was refused with (code, detail); whether that is new."""
    side, key, person_id = what
    code, detail = why
    same = (QUARANTINE.c.side == side, QUARANTINE.c.key == key)
    known = db.execute(
        update(QUARANTINE)
        .where(*same)
        .values(code=code, detail=detail, tried_at=now, tries=QUARANTINE.c.tries + 1)
    )
    if known.rowcount:
        return False
    db.execute(
        insert(QUARANTINE).values(
            side=side, key=key, person_id=person_id, code=code, detail=detail,
            since=now, tried_at=now, tries=1, run_id=run_id,
        )
    )  # fmt: skip
    return True


def close_case(db: Connection, side: str, key: str) -> None:
    """What was refused has gone through, or is no longer there to be refused."""
    close_cases(db, side, [key])


def close_cases(db: Connection, side: str, keys: Sequence[str]) -> None:
    """As `close_case`, of any number on one side."""
    for lot in batches(keys):
        same = (QUARANTINE.c.side == side, among(db, QUARANTINE.c.key, lot))
        db.execute(delete(QUARANTINE).where(*same))


def cases(db: Connection) -> list[Case]:
    """Everything in quarantine, the oldest first."""
    return [_case(row) for row in db.execute(select(QUARANTINE).order_by(QUARANTINE.c.id))]


def acknowledge(db: Connection, case_id: int, until: str, by: str) -> bool:
    """Somebody knows of it and is silent about it until then; whether there is such a case."""
    done = db.execute(
        update(QUARANTINE)
        .where(QUARANTINE.c.id == case_id)
        .values(acknowledged_until=until, acknowledged_by=by)
    )
    return done.rowcount > 0


def _case(row: Row[Any]) -> Case:
    return Case(
        id=row.id, side=row.side, key=row.key, person_id=row.person_id, code=row.code,
        detail=row.detail, since=row.since, tried_at=row.tried_at, tries=row.tries,
        acknowledged_until=row.acknowledged_until or "",
        acknowledged_by=row.acknowledged_by or "",
    )  # fmt: skip
