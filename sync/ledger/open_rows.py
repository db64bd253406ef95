"""What is still to be applied to given people and records."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from sync.ledger.events import EventState
from sync.ledger.handed_over import by_nights
from sync.ledger.tables import EVENTS, TARGETS
from sync.ledger.targets import UNSETTLED


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One unsettled target, or (`side` "") an event whose targets are not written down yet."""

    side: str
    key: str
    state: str
    received_at: str
    next_at: str
    code: str
    detail: str


def read_open_rows(db: Connection, keys: Collection[str]) -> list[OpenRow]:
    """The unsettled targets of these people and records, the oldest first.

    `keys` are person ids, record ids and an address; an address is matched as it was sent.
    """
    wanted = sorted(keys)
    targets = db.execute(
        select(TARGETS, EVENTS.c.received_at)
        .join(EVENTS, EVENTS.c.id == TARGETS.c.event_id)
        .where(
            TARGETS.c.state.in_([state.value for state in UNSETTLED]),
            or_(TARGETS.c.key.in_(wanted), TARGETS.c.person_id.in_(wanted)),
        )
        .order_by(TARGETS.c.id)
    )
    rows = [
        OpenRow(t.side, t.key, t.state, t.received_at, t.next_at, t.code, t.detail) for t in targets
    ]
    rows += [
        OpenRow("people", each.person_id, "handed-over", each.since, "", "", "by a night")
        for each in by_nights(db, wanted)
    ]
    unspread = db.execute(
        select(EVENTS.c.received_at)
        .where(EVENTS.c.state == EventState.ACCEPTED.value, EVENTS.c.selected.in_(wanted))
        .order_by(EVENTS.c.id)
    )
    return rows + [OpenRow("", "", "accepted", e.received_at, "", "", "") for e in unspread]
