"""How much is not through yet, and how old it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection, func, select, union_all

from sync.batches import batches
from sync.ledger.events import EventState
from sync.ledger.fences import count_held
from sync.ledger.handed_over import count_handed_over
from sync.ledger.ledger import from_text
from sync.ledger.tables import EVENTS, TARGETS
from sync.ledger.targets import UNSETTLED, TargetState


@dataclass(frozen=True, slots=True)
class Backlog:
    """Targets in each unsettled state; `unspread` are events whose targets are yet unknown.

    `oldest` is when the oldest opt-out was accepted that is still to be applied: those who wait
    for a Salesforce Id, were handed over or are in quarantine are counted apart from it.
    `resubscribing` are resubscribes that both sides have yet to confirm: opted out until then.
    """

    oldest: datetime | None
    unspread: int
    open: int
    waiting: int
    handed_over: int  # people, also those whom a night gave to a side that has yet to show them
    quarantined: int
    handed_over_since: datetime | None = None
    resubscribing: int = 0


def read_backlog(db: Connection) -> Backlog:
    """What is still to do."""
    counts = _count_unsettled(db)
    handed, since = count_handed_over(db)
    unspread = EVENTS.c.state == EventState.ACCEPTED.value
    still_open = select(TARGETS.c.event_id).where(TARGETS.c.state == TargetState.OPEN.value)
    received = union_all(
        select(EVENTS.c.received_at).where(unspread),
        select(EVENTS.c.received_at).where(EVENTS.c.id.in_(still_open)),
    ).subquery()
    oldest = db.scalar(select(func.min(received.c.received_at)))
    return Backlog(
        oldest=from_text(oldest) if oldest else None,
        unspread=db.scalar(select(func.count()).select_from(EVENTS).where(unspread)) or 0,
        open=counts[TargetState.OPEN],
        waiting=counts[TargetState.WAITING],
        handed_over=handed,
        quarantined=counts[TargetState.QUARANTINED],
        handed_over_since=from_text(since) if since else None,
        resubscribing=count_held(db),
    )


def _count_unsettled(db: Connection) -> dict[TargetState, int]:
    """How many targets stand in each unsettled state."""
    rows = db.execute(
        select(TARGETS.c.state, func.count())
        .where(TARGETS.c.state.in_([state.value for state in UNSETTLED]))
        .group_by(TARGETS.c.state)
    )
    found = {TargetState(row[0]): row[1] for row in rows}
    return {state: found.get(state, 0) for state in UNSETTLED}


def claimed_events(db: Connection, now: str) -> set[int]:
    """The events of which a drain has something in its hands."""
    states = [TargetState.OPEN.value, TargetState.QUARANTINED.value]
    asked = select(TARGETS.c.event_id).where(
        TARGETS.c.state.in_(states), TARGETS.c.claimed_until > now
    )
    return set(db.scalars(asked))


class Standing(Enum):
    """How far one event has come, told by the worst of its targets."""

    QUARANTINED = "quarantined"
    OPEN = "open"
    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    APPLIED = "applied"


# In this order: the first that any target of the event is in.
_WORST = (
    (TargetState.QUARANTINED, Standing.QUARANTINED),
    (TargetState.OPEN, Standing.OPEN),
    (TargetState.WAITING, Standing.WAITING),
    (TargetState.HANDED_OVER, Standing.HANDED_OVER),
)


def count_standing(db: Connection, event_ids: Collection[int]) -> dict[Standing, int]:
    """How many of these events stand where; every standing is a key."""
    counts = dict.fromkeys(Standing, 0)
    for lot in batches(sorted(event_ids)):
        states: dict[int, set[str]] = {each: set() for each in lot}
        for row in db.execute(
            select(TARGETS.c.event_id, TARGETS.c.state).where(TARGETS.c.event_id.in_(lot))
        ):
            states[row.event_id].add(row.state)
        for row in db.execute(select(EVENTS.c.id, EVENTS.c.state).where(EVENTS.c.id.in_(lot))):
            counts[_standing(EventState(row.state), states[row.id])] += 1
    return counts


def _standing(event: EventState, targets: set[str]) -> Standing:
    if event is EventState.SETTLED:
        return Standing.APPLIED
    if event is EventState.ACCEPTED:
        return Standing.OPEN
    return next((told for state, told in _WORST if state.value in targets), Standing.OPEN)
