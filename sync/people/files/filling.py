"""Rows of an export into an empty store of ours: what `changes.joined` says, said in SQL.

A change at a time costs three times as much, and whoever asks has to wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sync.batches import batches
from sync.people.model import Person, to_email_key
from sync.people.moments import to_text
from sync.people.sql import SqlPeople

_LOT = 2_000
# Opted out wins; of two opt-outs the earlier one, an unknown time last, texts break a tie.
_NEVER = "'9999-12-31T23:59:59.999999Z'"
_EARLIER = f"""excluded.unsubscribed AND (NOT people.unsubscribed OR
    (coalesce(excluded.unsubscribed_at, {_NEVER}), excluded.source, excluded.reason) <
    (coalesce(people.unsubscribed_at, {_NEVER}), people.source, people.reason))"""
_TAKEN = ", ".join(
    f"{name} = CASE WHEN {_EARLIER} THEN excluded.{name} ELSE people.{name} END"
    for name in ("unsubscribed_at", "source", "reason")
)
_ADDRESS = ", ".join(
    f"{name} = CASE WHEN excluded.email <> '' THEN excluded.{name} ELSE people.{name} END"
    for name in ("email", "email_key")
)
_PERSON = f"""INSERT INTO people
    (person_id, email, email_key, unsubscribed, unsubscribed_at, source, reason)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (person_id) DO UPDATE SET {_ADDRESS}, {_TAKEN},
    unsubscribed = max(people.unsubscribed, excluded.unsubscribed)"""  # noqa: S608 - our names
_ID = "INSERT OR IGNORE INTO people_ids (person_id, salesforce_id) VALUES (?, ?)"


def fill(people: SqlPeople, told: Iterable[Person]) -> None:
    """Put everybody in, in one transaction; whatever `told` raises undoes it."""
    with people.engine.begin() as db:
        for lot in batches(told, _LOT):
            db.exec_driver_sql(_PERSON, [_row(person) for person in lot])
            ids = [(p.person_id, each) for p in lot for each in p.salesforce_ids]
            if ids:
                db.exec_driver_sql(_ID, ids)


def _row(person: Person) -> tuple[object, ...]:
    at = to_text(person.unsubscribed_at) if person.unsubscribed_at else None
    return (person.person_id, person.email, to_email_key(person.email), int(person.unsubscribed),
            at, person.source, person.reason)  # fmt: skip
