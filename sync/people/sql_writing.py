"""Changes into rows, and only what changed: the table may be somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, update

from sync.database.many import insert_many, update_many
from sync.people.changes import Change
from sync.people.model import Person, to_email_key
from sync.people.tables import Tables

_FLAG = ("unsubscribed", "unsubscribed_at", "source", "reason")
_WHO = "that_person"


def write_changes(db: Connection, tables: Tables, changes: Sequence[Change]) -> None:
    """Write one change a person; nobody stands twice among them."""
    known = [change for change in changes if change.before is not None]
    _insert_people(db, tables, [change.after for change in changes if change.before is None])
    _update(db, tables, ("email",), known)
    _update(db, tables, _FLAG, known)
    _add_ids(db, tables, known)
    _write_history(db, tables, changes)


def _insert_people(db: Connection, tables: Tables, people: Sequence[Person]) -> None:
    if not people:
        return
    if tables.apart:
        db.execute(insert(tables.people), [_values(tables, person) for person in people])
        _insert_ids(db, tables, ((p.person_id, one) for p in people for one in p.salesforce_ids))
        return
    rows = [
        {**_values(tables, person), "salesforce_id": one}
        for person in people
        for one in person.salesforce_ids or (None,)
    ]
    db.execute(insert(tables.people), rows)


def _insert_ids(db: Connection, tables: Tables, pairs: Iterable[tuple[str, str]]) -> None:
    rows = [{"person_id": person_id, "salesforce_id": one} for person_id, one in pairs]
    if rows:
        db.execute(insert(tables.ids), rows)


def _update(
    db: Connection, tables: Tables, names: tuple[str, ...], changes: Sequence[Change]
) -> None:
    """Set these columns for the people in whom one of them changed."""
    changed = [
        change.after
        for change in changes
        if any(getattr(change.before, name) != getattr(change.after, name) for name in names)
    ]
    if not changed:
        return
    people = tables.people
    columns = [n for n in (*names, *(["email_key"] if "email" in names else [])) if n in people.c]
    if tables.apart:
        rows = [_values(tables, person) for person in changed]
        chosen = ("person_id", *columns)
        update_many(db, people, "person_id", [{n: row[n] for n in chosen} for row in rows])
        return
    statement = (
        update(people)
        .where(people.c.person_id == bindparam(_WHO, type_=people.c.person_id.type))
        .values({name: bindparam(f"new_{name}", type_=people.c[name].type) for name in columns})
    )
    rows = []
    for person in changed:
        values = _values(tables, person)
        rows.append({_WHO: person.person_id, **{f"new_{name}": values[name] for name in columns}})
    db.execute(statement, rows)


def _add_ids(db: Connection, tables: Tables, changes: Sequence[Change]) -> None:
    if tables.apart:
        _insert_ids(db, tables, ((c.after.person_id, one) for c in changes for one in c.new_ids))
        return
    for change in changes:
        for one in change.new_ids:
            _add_row(db, tables, change.after, one)


def _add_row(db: Connection, tables: Tables, person: Person, salesforce_id: str) -> None:
    """Give the person's row without an id this one, or the person one more row."""
    people = tables.people
    done = db.execute(
        update(people)
        .where(
            people.c.person_id == person.person_id,
            or_(people.c.salesforce_id.is_(None), people.c.salesforce_id == ""),
        )
        .values(salesforce_id=salesforce_id)
    )
    if not done.rowcount:
        row = {**_values(tables, person), "salesforce_id": salesforce_id}
        db.execute(insert(people), [row])


def _values(tables: Tables, person: Person) -> dict[str, Any]:
    values = {
        "person_id": person.person_id,
        "email": person.email,
        "email_key": to_email_key(person.email),
        "unsubscribed": person.unsubscribed,
        "unsubscribed_at": person.unsubscribed_at,
        "source": person.source,
        "reason": person.reason,
    }
    if tables.apart:
        return values
    return {name: value for name, value in values.items() if name in tables.people.c}


def _write_history(db: Connection, tables: Tables, changes: Sequence[Change]) -> None:
    rows = [
        {
            "person_id": change.after.person_id,
            "at": entry.at,
            "action": entry.action.value,
            "source": entry.source,
            "reason": entry.reason,
            "done_by": entry.by,
        }
        for change in changes
        for entry in change.entries
    ]
    insert_many(db, tables.history, rows)
