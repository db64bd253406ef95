"""From an unsubscribe, however it came in, to what the ledger accepts."""

from __future__ import annotations

from sqlalchemy import Connection

from sync.fields import push_fields
from sync.ledger.events import NewEvent, Selector
from sync.ledger.switch import read_switch
from sync.webhooks.body import body_hash
from sync.webhooks.event import Email, PersonId, SalesforceId, Unsubscribe
from sync.webhooks.event import Selector as Selected


def to_event(
    unsubscribe: Unsubscribe, body: bytes, sender: str, fields: tuple[str, ...]
) -> NewEvent:
    """One row for the ledger. `sender` vouched for it; `fields` are decided now, kept with it."""
    selector, selected = _selector(unsubscribe.selector)
    return NewEvent(
        sender=sender,
        key=unsubscribe.event_id,
        body_hash=body_hash(body),
        occurred_at=unsubscribe.occurred_at,
        selector=selector,
        selected=selected,
        fields=fields,
        source=unsubscribe.source or sender,
        reason=unsubscribe.reason,
    )


def _selector(selected: Selected) -> tuple[Selector, str]:
    match selected:
        case PersonId(person_id):
            return Selector.PERSON, person_id
        case Email(address):
            return Selector.EMAIL, address
        case SalesforceId(record_id):
            return Selector.SALESFORCE, record_id


def fields_now(db: Connection, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """The fields an opt-out that comes in now goes to: with the nightly off, Email Opt Out."""
    return push_fields(chosen, nightly_enabled=read_switch(db).on)
