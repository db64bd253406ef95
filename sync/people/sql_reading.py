"""People out of rows: one statement, and rows of one person put together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Row, Select, Text, func, literal, select

from sync.database.many import among
from sync.people.model import Person, to_email_key, to_record_ids
from sync.people.tables import OPTIONAL, Tables

_LAST = datetime.max.replace(tzinfo=UTC)


def select_people(tables: Tables, wanted: Select[Any] | None = None) -> Select[Any]:
    """Rows of all people, or of those whose person_id is among `wanted`; sorted by person."""
    people, ids = tables.people, tables.ids
    columns = [
        *(people.c[name].label(name) for name in ("person_id", "email", "unsubscribed")),
        ids.c.salesforce_id.label("salesforce_id"),
        # What an existing table has no column for is nowhere to be read.
        *((people.c[n] if n in people.c else literal(None, Text)).label(n) for n in OPTIONAL),
    ]
    query = select(*columns).order_by(people.c.person_id)
    if tables.apart:
        query = query.select_from(people.outerjoin(ids, people.c.person_id == ids.c.person_id))
    return query if wanted is None else query.where(people.c.person_id.in_(wanted))


def unsubscribed_ids(tables: Tables) -> Select[Any]:
    """Who is unsubscribed, by person_id."""
    people = tables.people
    return select(people.c.person_id).where(people.c.unsubscribed.in_([True]))


def holder_ids(engine: Engine, tables: Tables, salesforce_ids: Collection[str]) -> Select[Any]:
    """Who holds one of these ids, by person_id; existing tables may keep 15 characters."""
    forms = set(salesforce_ids)
    if not tables.apart:
        forms |= {one[:15] for one in salesforce_ids}
    ids = tables.ids
    return select(ids.c.person_id).where(is_one_of(engine, tables, ids.c.salesforce_id, forms))


def is_one_of(
    engine: Engine, tables: Tables, column: Column[Any], values: Collection[str]
) -> ColumnElement[bool]:
    """Whether it is one of these; the columns of an existing table may be of any type."""
    return among(engine, column, values) if tables.apart else column.in_(sorted(values))


def email_ids(tables: Tables, email: str) -> Select[Any]:
    """Who may have this address, by person_id; the key decides (`to_email_key`)."""
    people, key = tables.people, to_email_key(email)
    query = select(people.c.person_id)
    if "email_key" in people.c:
        return query.where(people.c.email_key == key)
    spelled = {key, email.strip(), email.strip().casefold(), _unicode_domain(key)}
    kept = func.lower(func.trim(people.c.email))
    return query.where(kept.in_(spelled) | people.c.email.in_(spelled))


def _unicode_domain(key: str) -> str:
    local, at, domain = key.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return key


def to_people(rows: Iterable[Row[Any]], tables: Tables) -> Iterator[Person]:
    """Put the rows of each person together; rows come sorted by person.

    What is no id of a Contact, Lead or Account is left out: existing tables hold anything.
    """
    to_ids = _own_ids if tables.apart else to_record_ids
    for person_id, group in groupby(rows, key=attrgetter("person_id")):
        mine = list(group)
        yield _person(str(person_id), mine, to_ids([row.salesforce_id or "" for row in mine]))


def _own_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Our own tables hold each id once, in the form that was checked when it came in."""
    return tuple(sorted(filter(None, texts)))


def _person(person_id: str, rows: list[Row[Any]], salesforce_ids: tuple[str, ...]) -> Person:
    email = next((row.email for row in rows if row.email), "")
    flagged = [row for row in rows if row.unsubscribed]
    if not flagged:
        return Person(person_id, email, salesforce_ids)
    first = min(flagged, key=lambda row: row.unsubscribed_at or _LAST)
    return Person(
        person_id=person_id,
        email=email,
        salesforce_ids=salesforce_ids,
        unsubscribed=True,
        unsubscribed_at=first.unsubscribed_at,
        source=first.source or "",
        reason=first.reason or "",
    )
