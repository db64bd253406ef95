"""Quarantine, tried again: what a person has mended need not wait for its slow turn."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from sync.database.views import reading
from sync.ledger.fences import NEVER
from sync.ledger.ledger import Ledger
from sync.ledger.quarantine import Case
from sync.ledger.tables import EVENTS, TARGETS
from sync.ledger.targets import TargetState


def retry_cases(db: Connection, chosen: Collection[Case], now: str) -> int:
    """Make the targets of these cases due now; how many targets that were.

    A case that a night opened has no target: the next night tries it by itself.
    """
    made_due = 0
    for case in chosen:
        made_due += db.execute(
            update(TARGETS)
            .where(
                TARGETS.c.side == case.side,
                TARGETS.c.key == case.key,
                TARGETS.c.state == TargetState.QUARANTINED.value,
            )
            .values(next_at=now)
        ).rowcount
    return made_due


def retry_open(db: Connection, now: str) -> int:
    """Make everything due now that waits for its next try; how many targets that were."""
    return db.execute(
        update(TARGETS)
        .where(TARGETS.c.state == TargetState.OPEN.value, TARGETS.c.next_at > now)
        .values(next_at=now)
    ).rowcount


def hasten_unbelievable(ledger: Ledger) -> None:
    """Make due now what is put off to a time that only a clock that was wrong can have meant."""
    far = (
        TARGETS.c.state.in_([TargetState.OPEN.value, TargetState.QUARANTINED.value]),
        TARGETS.c.next_at > ledger.unbelievable(),
        TARGETS.c.next_at < NEVER,
    )
    with reading(ledger.engine) as db:
        if db.scalar(select(TARGETS.c.id).where(*far).limit(1)) is None:
            return
    with ledger.engine.begin() as db:
        db.execute(update(TARGETS).where(*far).values(next_at=ledger.now()))


def read_events_of(db: Connection, case: Case) -> list[tuple[int, str, str]]:
    """The unsettled events that want this case's target: id, when received, through what."""
    rows = db.execute(
        select(EVENTS.c.id, EVENTS.c.received_at, EVENTS.c.source)
        .join(TARGETS, TARGETS.c.event_id == EVENTS.c.id)
        .where(
            TARGETS.c.side == case.side,
            TARGETS.c.key == case.key,
            TARGETS.c.state == TargetState.QUARANTINED.value,
        )
        .order_by(EVENTS.c.id)
    )
    return [(row.id, row.received_at, row.source) for row in rows]
