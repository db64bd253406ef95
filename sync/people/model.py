"""People and what happens to them: frozen values that every store speaks in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from deployer.settings.record_ids import to_18

# Contact, Lead and Account (a person account). Source: Salesforce, "Standard Field Record ID
# Prefix Decoder".
PREFIXES = ("003", "00Q", "001")


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the people store.

    `salesforce_ids` have 18 characters and are sorted and unique (`to_record_ids`); `email` is as
    it was given; `unsubscribed_at` is aware, and None when nobody knows when, or not unsubscribed.
    """

    person_id: str
    email: str = ""
    salesforce_ids: tuple[str, ...] = ()
    unsubscribed: bool = False
    unsubscribed_at: datetime | None = None
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A person unsubscribed, then and through this source."""

    person_id: str
    at: datetime
    source: str
    reason: str = ""


class Marked(Enum):
    """What became of a mark. HANDED_OVER: written out for a system that has yet to confirm it."""

    DONE = "done"
    ALREADY = "already"
    HANDED_OVER = "handed-over"
    NOT_THERE = "not-there"


class Action(Enum):
    """What a line of the history says happened."""

    CREATED = "created"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a person's history; `by` is who did it, where a person did."""

    at: datetime
    action: Action
    source: str = ""
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """How many people there are, how many have a Salesforce Id, how many unsubscribed."""

    people: int
    with_id: int
    unsubscribed: int


def to_record_id(text: str) -> str | None:
    """The 18-character form of a Contact's, Lead's or Account's id; None for anything else."""
    full = to_18(text)
    return full if full is not None and full.startswith(PREFIXES) else None


def to_record_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """The ids among the texts, as `Person.salesforce_ids` wants them."""
    return tuple(sorted({full for text in texts if (full := to_record_id(text)) is not None}))


def to_email_key(email: str) -> str:
    """What two spellings of one address share: trimmed, case folded, the domain in ASCII.

    The part before the @ is folded too: no large provider tells its letters' case apart, and an
    opt-out must reach the person. "" for no address.
    """
    local, at, domain = email.strip().casefold().rpartition("@")
    if domain.isascii():
        return f"{local}{at}{domain}"
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:  # no domain that can exist; it is still the same text
        return f"{local}{at}{domain}"
