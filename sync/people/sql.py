"""People in an SQL database: the embedded store, or a table that exists already."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, distinct, func, insert, select

from deployer.clock import Clock
from deployer.errors import OrgSaidNo
from sync.batches import batches
from sync.database.frozen import refuse_elsewhere
from sync.database.sqlite import open_database
from sync.database.telling import called
from sync.database.views import reading
from sync.people.changes import Change, Desk, cleared, joined, marked
from sync.people.model import (
    Action,
    HistoryEntry,
    Mark,
    Marked,
    PeopleCount,
    Person,
    to_email_key,
)
from sync.people.sql_reading import (
    email_ids,
    holder_ids,
    is_one_of,
    select_people,
    to_people,
    unsubscribed_ids,
)
from sync.people.sql_trouble import told
from sync.people.sql_writing import write_changes
from sync.people.streaming import stream_people
from sync.people.tables import FORMAT, Tables, existing_tables, own_tables


def make_store_id() -> str:
    """A new store's own id."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class SqlPeople:
    """The People of one database; `store` says which one it is."""

    engine: Engine
    tables: Tables
    clock: Clock
    store: str

    def identity(self) -> str:
        return self.store

    def opted_out(self) -> Iterator[Person]:
        with told(self.engine):
            query = select_people(self.tables, unsubscribed_ids(self.tables))
            yield from stream_people(self.engine, self.tables, query)

    def everybody(self) -> Iterator[Person]:
        with told(self.engine):
            yield from stream_people(self.engine, self.tables, select_people(self.tables))

    def holders(self, salesforce_ids: Collection[str]) -> list[Person]:
        found: dict[str, Person] = {}
        with self._reading() as db:
            for some in batches(salesforce_ids):
                people = self._people(
                    db, select_people(self.tables, holder_ids(self.engine, self.tables, some))
                )
                found.update((person.person_id, person) for person in people)
        return list(found.values())

    def find(self, person_ids: Collection[str]) -> list[Person]:
        with self._reading() as db:
            return [
                person
                for some in batches(dict.fromkeys(person_ids))
                for person in self._people(db, self._these(some))
            ]

    def find_email(self, email: str) -> list[Person]:
        key = to_email_key(email)
        if not key:
            return []
        with self._reading() as db:
            found = self._people(db, select_people(self.tables, email_ids(self.tables, email)))
            return [person for person in found if to_email_key(person.email) == key]

    def mark(self, marks: Sequence[Mark]) -> list[Marked]:
        answers: list[Marked] = []
        with self._writing() as db:
            for some in batches(marks):
                with self._desk(db, (mark.person_id for mark in some)) as desk:
                    answers += [_mark(desk, mark) for mark in some]
        return answers

    def add(self, *people: Person) -> None:
        if people:
            self.join(people, lambda _told, _change: None)

    def join(self, people: Iterable[Person], note: Callable[[Person, Change], None]) -> None:
        """Add all of them in one transaction; `note` hears what each one changed.

        Whatever `people` raises while it is read undoes everything.
        """
        with self._writing() as db:
            for some in batches(people):
                with self._desk(db, (person.person_id for person in some)) as desk:
                    for person in some:
                        change = joined(desk.get(person.person_id), person, self.clock.now())
                        desk.note(change)
                        note(person, change)

    def clear(self, person_id: str, at: datetime, reason: str, by: str) -> Marked:
        with self._writing() as db, self._desk(db, [person_id]) as desk:
            known = desk.get(person_id)
            if known is None:
                return Marked.NOT_THERE
            change, answer = cleared(known, at, reason, by)
            desk.note(change)
            return answer

    def history(self, person_id: str) -> list[HistoryEntry]:
        table = self.tables.history
        mine = select(table).where(table.c.person_id == person_id)
        with self._reading() as db:
            return [
                HistoryEntry(row.at, Action(row.action), row.source, row.reason, row.done_by)
                for row in db.execute(mine.order_by(table.c.at, table.c.id))
            ]

    def count(self) -> PeopleCount:
        people, ids = self.tables.people, self.tables.ids
        everybody = select(func.count(distinct(people.c.person_id)))
        with_id = select(func.count(distinct(ids.c.person_id))).where(ids.c.salesforce_id != "")
        with self._reading() as db:
            return PeopleCount(
                people=db.scalar(everybody) or 0,
                with_id=db.scalar(with_id) or 0,
                unsubscribed=db.scalar(everybody.where(people.c.unsubscribed.in_([True]))) or 0,
            )

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(self.engine), reading(self.engine) as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(self.engine), self.engine.begin() as db:
            yield db

    @contextmanager
    def _desk(self, db: Connection, person_ids: Iterable[str]) -> Iterator[Desk]:
        """These people as they are; what happens to them on the desk is written at its end."""
        query = self._these(set(person_ids))
        # Whoever else wants to change them waits; SQLite has one writer at a time anyway.
        desk = Desk(self._people(db, query.with_for_update(of=self.tables.people)))
        yield desk
        write_changes(db, self.tables, desk.changes())

    def _people(self, db: Connection, query: Select[Any]) -> Iterator[Person]:
        return to_people(db.execute(query).all(), self.tables)

    def _these(self, person_ids: Collection[str]) -> Select[Any]:
        person_id = self.tables.people.c.person_id
        return select_people(self.tables).where(
            is_one_of(self.engine, self.tables, person_id, person_ids)
        )


def _mark(desk: Desk, mark: Mark) -> Marked:
    known = desk.get(mark.person_id)
    if known is None:
        return Marked.NOT_THERE
    change, answer = marked(known, mark)
    desk.note(change)
    return answer


def open_embedded(
    path: Path, clock: Clock, make_id: Callable[[], str] = make_store_id
) -> SqlPeople:
    """Open (or make) the people store in this file, readable by its owner only.

    Errors: OrgSaidNo when a newer program wrote it; OSError when it cannot be made.
    """
    engine = open_database(path)
    return open_own(engine, clock, make_id)


def open_existing(
    engine: Engine, clock: Clock, table: str, columns: Mapping[str, str]
) -> SqlPeople:
    """The people in a table that exists already; `columns` maps our names to its own.

    Errors: UsageError when table or column is not there; TryLater; OrgSaidNo.
    """
    with told(engine):
        tables = existing_tables(engine, table, columns)
        _bind_format(engine, tables, lambda: "")
        tables.make_missing(engine)
    where = engine.url.set(username=None, password=None, query={})
    return SqlPeople(engine, tables, clock, f"{where.render_as_string()}#{table}")


def open_own(engine: Engine, clock: Clock, make_id: Callable[[], str] = make_store_id) -> SqlPeople:
    """The people in our own tables of this database, made when they are missing."""
    tables = own_tables()
    with told(engine):
        store = _bind_format(engine, tables, make_id)
        tables.make_missing(engine)
    return SqlPeople(engine, tables, clock, store)


def _bind_format(engine: Engine, tables: Tables, make_id: Callable[[], str]) -> str:
    """The store's own id; a new store gets one, a newer or moved one is refused as it is.

    So it comes before any other table is made: a newer program may have put them elsewhere.
    """
    meta = tables.meta
    meta.create(engine, checkfirst=True)
    with engine.begin() as db:
        refuse_elsewhere(db, meta, called(engine))
        found = {row.name: row.value for row in db.execute(select(meta))}
        if not found:
            found = {"format": str(FORMAT), "store": f"people-{make_id()}"}
            db.execute(insert(meta), [{"name": n, "value": v} for n, v in found.items()])
    if int(found["format"]) > FORMAT:
        raise OrgSaidNo(
            f"the people store has format {found['format']}, and this program knows {FORMAT}",
            where=called(engine),
            hint="update optout; nothing was changed",
        )
    return str(found["store"])
