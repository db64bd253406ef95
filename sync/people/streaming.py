"""Many people, as of one moment, without keeping a writer waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Select, Table, select

from sync.database.views import reading
from sync.people.model import Person
from sync.people.sql_reading import to_people
from sync.people.tables import Tables

_ROWS = 2_000
_ASIDE = "optout_aside"


def stream_people(engine: Engine, tables: Tables, query: Select[Any]) -> Iterator[Person]:
    """The people of one statement's rows, fetched as they are taken.

    With a rollback journal SQLite lets nobody commit while a statement is being read, and whoever
    takes people may write in between. So there the rows are first put aside, which is quick.
    """
    with reading(engine) as db:
        if engine.dialect.name == "sqlite":
            yield from _aside(db, query, tables)
        else:
            yield from _fetched(db, query, tables)


def _fetched(db: Connection, query: Select[Any], tables: Tables) -> Iterator[Person]:
    rows = db.execution_options(stream_results=True, yield_per=_ROWS).execute(query)
    with closing(rows):
        yield from to_people(chain.from_iterable(rows.partitions()), tables)


def _aside(db: Connection, query: Select[Any], tables: Tables) -> Iterator[Person]:
    made = query.compile(db, compile_kwargs={"literal_binds": True})
    db.exec_driver_sql(f"CREATE TEMP TABLE {_ASIDE} AS {made}")
    db.commit()
    try:
        # The order of the rows is that of the query they were put aside by.
        columns = [Column(c.name, c.type) for c in query.selected_columns]
        kept = Table(_ASIDE, MetaData(), *columns)
        yield from _fetched(db, select(kept), tables)
    finally:
        db.rollback()
        db.exec_driver_sql(f"DROP TABLE {_ASIDE}")
        db.commit()
