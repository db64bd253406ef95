"""Accepting an opt-out: on disk before anybody is told so, once however often it is delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from sync.ledger.ledger import Ledger, to_text
from sync.ledger.tables import EVENTS
from sync.sqlite import reading


class Selector(StrEnum):
    """What an event names its person by."""

    PERSON = "person"
    EMAIL = "email"
    SALESFORCE = "salesforce"


class EventState(StrEnum):
    """Where an event stands; SETTLED is the only end that needs nothing more."""

    ACCEPTED = "accepted"
    SPREAD = "spread"  # its targets are written down
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One opt-out as a sender gave it; `fields` are the API names to set, decided now."""

    sender: str
    key: str
    body_hash: str
    occurred_at: datetime
    selector: Selector
    selected: str
    fields: tuple[str, ...]
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An accepted opt-out."""

    id: int
    received_at: str
    occurred_at: str
    selector: Selector
    selected: str
    fields: tuple[str, ...]
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Whether the event is a new one, or the same delivered again."""

    id: int
    new: bool


def accept(ledger: Ledger, events: Sequence[NewEvent]) -> list[Accepted]:
    """Write the events down, in one commit; on disk when this returns.

    The same (sender, key) with the same body is the same event.
    """
    with ledger.engine.begin() as db:
        return [_accept_one(db, event, ledger.now()) for event in events]


def _accept_one(db: Connection, event: NewEvent, now: str) -> Accepted:
    same = select(EVENTS.c.id).where(
        EVENTS.c.sender == event.sender,
        EVENTS.c.event_key == event.key,
        EVENTS.c.body_hash == event.body_hash,
    )
    known = db.scalar(same)
    if known is not None:
        return Accepted(known, new=False)
    made = db.scalars(
        insert(EVENTS)
        .values(
            sender=event.sender,
            event_key=event.key,
            body_hash=event.body_hash,
            received_at=now,
            occurred_at=to_text(event.occurred_at),
            selector=event.selector.value,
            selected=event.selected,
            source=event.source,
            reason=event.reason,
            fields=",".join(event.fields),
            state=EventState.ACCEPTED.value,
        )
        .returning(EVENTS.c.id)
    )
    return Accepted(made.one(), new=True)


def accepted_events(ledger: Ledger, limit: int) -> list[Event]:
    """The oldest events whose targets are not written down yet."""
    wanted = (
        select(EVENTS)
        .where(EVENTS.c.state == EventState.ACCEPTED.value)
        .order_by(EVENTS.c.id)
        .limit(limit)
    )
    with reading(ledger.engine) as db:
        return [_event(row) for row in db.execute(wanted)]


def _event(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        received_at=row.received_at,
        occurred_at=row.occurred_at,
        selector=Selector(row.selector),
        selected=row.selected,
        fields=tuple(row.fields.split(",")),
        source=row.source,
        reason=row.reason,
    )
