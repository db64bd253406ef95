"""Accepting an opt-out: on disk before anybody is told so, once however often it is delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from sync.batches import batches
from sync.database.views import reading
from sync.ledger.ledger import Ledger, to_text
from sync.ledger.tables import EVENTS


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
    """Write the events down, in one commit; on disk when this returns."""
    with ledger.engine.begin() as db:
        return add_events(db, events, ledger.now())


def add_events(db: Connection, events: Sequence[NewEvent], now: str) -> list[Accepted]:
    """Write the events down that are not there yet; an answer for each, in order.

    The same (sender, key) with the same body is the same event.
    """
    known = _known(db, events)
    new = {_mark(each): each for each in events if _mark(each) not in known}
    if new:
        made = db.scalars(
            insert(EVENTS).returning(EVENTS.c.id, sort_by_parameter_order=True),
            [_values(event, now) for event in new.values()],
        )
        known.update(zip(new, made, strict=True))
    # Of several deliveries of one event in one lot the first is the new one.
    return [
        Accepted(known[_mark(each)], new=new.pop(_mark(each), None) is not None) for each in events
    ]


def _mark(event: NewEvent) -> tuple[str, str, str]:
    return (event.sender, event.key, event.body_hash)


def _known(db: Connection, events: Iterable[NewEvent]) -> dict[tuple[str, str, str], int]:
    """The events of these senders and keys that are there already."""
    columns = (EVENTS.c.sender, EVENTS.c.event_key, EVENTS.c.body_hash, EVENTS.c.id)
    keys: dict[str, list[str]] = {}
    for event in events:
        keys.setdefault(event.sender, []).append(event.key)
    found: dict[tuple[str, str, str], int] = {}
    for sender, mine in keys.items():
        for lot in batches(mine):
            same = (EVENTS.c.sender == sender, EVENTS.c.event_key.in_(lot))
            found.update(
                (tuple(row[:3]), row[3]) for row in db.execute(select(*columns).where(*same))
            )
    return found


def _values(event: NewEvent, now: str) -> dict[str, str]:
    return {
        "sender": event.sender,
        "event_key": event.key,
        "body_hash": event.body_hash,
        "received_at": now,
        "occurred_at": to_text(event.occurred_at),
        "selector": event.selector.value,
        "selected": event.selected,
        "source": event.source,
        "reason": event.reason,
        "fields": ",".join(event.fields),
        "state": EventState.ACCEPTED.value,
    }


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
