"""One unsubscribe as it was collected: who, when, and what the sender calls it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PersonId:
    """The people store's own id."""

    person_id: str


@dataclass(frozen=True, slots=True)
class Email:
    """An address, spelled as it was sent; never shown by repr, so not by a log either."""

    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SalesforceId:
    """A Contact's, a Lead's or a person account's id, 18 characters."""

    record_id: str


Selector = PersonId | Email | SalesforceId


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Exactly one person or address opted out at `occurred_at` (aware, UTC).

    `event_id` is the second half of the key that duplicates are known by; the sender is the first.
    `reason` and `source` are the sender's words on one line, "" when there are none.
    """

    event_id: str
    selector: Selector
    occurred_at: datetime
    reason: str = field(default="", repr=False)
    source: str = field(default="", repr=False)
