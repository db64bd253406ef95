"""The tables people are kept in: ours, or one that exists already under names of its own.

Ours (the embedded store, format 1):

    people          person_id (key), email, email_key, unsubscribed, unsubscribed_at, source, reason
    people_ids      person_id, salesforce_id (18 characters); any number a person
    people_history  person_id, at, action, source, reason, done_by
    people_meta     format and the store's own id

Times are ISO 8601 texts in UTC. `email_key` is the address as it is compared.

One that exists: a row a person, or a row for each of a person's ids, with the columns that the
settings name. optout_people_history and optout_people_meta are made beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Engine, Index, Integer, MetaData, Table, Text, inspect
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.types import TypeEngine

from deployer.errors import UsageError
from sync.people.column_types import FITTING, Flag, Moment

FORMAT = 1
REQUIRED = ("person_id", "email", "salesforce_id", "unsubscribed")
OPTIONAL = ("unsubscribed_at", "source", "reason")


@dataclass(frozen=True, slots=True)
class Tables:
    """Where people, their ids, their history and the format stand.

    `ids` is `people` itself where a person has a row for each id. Columns go by our names (their
    keys), whatever the database calls them.
    """

    people: Table
    ids: Table
    history: Table
    meta: Table

    @property
    def apart(self) -> bool:
        """Whether ids have a table of their own."""
        return self.ids is not self.people

    @property
    def ours(self) -> list[Table]:
        """Those that we made: without `people`, where that existed already."""
        return [self.history, self.meta, *([self.people, self.ids] if self.apart else [])]

    def make_missing(self, engine: Engine) -> None:
        """Make those of our own tables that are not there yet."""
        self.history.metadata.create_all(engine, tables=self.ours)


def own_tables() -> Tables:
    """The embedded store's tables."""
    metadata = MetaData()
    people = Table(
        "people",
        metadata,
        Column("person_id", Text, primary_key=True),
        Column("email", Text, nullable=False),
        Column("email_key", Text, nullable=False, index=True),
        Column("unsubscribed", Flag(Boolean()), nullable=False, index=True),
        Column("unsubscribed_at", Moment(Text())),
        Column("source", Text, nullable=False),
        Column("reason", Text, nullable=False),
    )
    ids = Table(
        "people_ids",
        metadata,
        Column("person_id", Text, primary_key=True),
        Column("salesforce_id", Text, primary_key=True, index=True),
    )
    return Tables(people, ids, *_side_tables(metadata, "people"))


def existing_tables(engine: Engine, name: str, columns: Mapping[str, str]) -> Tables:
    """The table called `name` (or schema.name); `columns`: our name -> the database's.

    Errors: UsageError when the table or a column that is needed is not there.
    """
    schema, _, bare = name.rpartition(".")
    found = _found_columns(engine, bare, schema or None)
    named = {ours: columns.get(ours, ours) for ours in (*REQUIRED, *OPTIONAL)}
    missing = [
        theirs
        for ours, theirs in named.items()
        if theirs not in found and (ours in REQUIRED or ours in columns)
    ]
    if missing:
        raise UsageError(
            f"the table {name} has no column {', '.join(missing)}",
            where="[people.columns]",
            hint=f"name the columns that hold them; the table has: {', '.join(found)}",
        )
    _check_types({ours: (theirs, found[theirs]) for ours, theirs in named.items()
                  if theirs in found})  # fmt: skip
    metadata = MetaData()
    kept = [
        Column(theirs, _type(ours, found[theirs]), key=ours)
        for ours, theirs in named.items()
        if theirs in found
    ]
    people = Table(bare, metadata, *kept, schema=schema or None)
    return Tables(people, people, *_side_tables(metadata, "optout_people", schema or None))


def _found_columns(engine: Engine, name: str, schema: str | None) -> dict[str, TypeEngine[Any]]:
    try:
        return {c["name"]: c["type"] for c in inspect(engine).get_columns(name, schema=schema)}
    except NoSuchTableError as absent:
        raise UsageError(
            f"there is no table {name} in the people database",
            where="[people] table",
            hint="correct the name (schema.table), or check whether the login may see it",
        ) from absent


def _check_types(columns: Mapping[str, tuple[str, TypeEngine[Any]]]) -> None:
    """Errors: UsageError for a column that would be read as something it does not say."""
    for ours, (theirs, kept) in columns.items():
        kinds, called = FITTING.get(ours, ((), ""))
        if kinds and not isinstance(kept, kinds):
            raise UsageError(
                f"the column {theirs} is {kept}, and {ours} must be {called}",
                where="[people.columns]",
                hint="name another column, or a view that has one",
            )


def _type(ours: str, kept: TypeEngine[Any]) -> TypeEngine[Any]:
    if ours == "unsubscribed":
        return Flag(kept)
    return Moment(kept) if ours == "unsubscribed_at" else kept


def _side_tables(metadata: MetaData, prefix: str, schema: str | None = None) -> tuple[Table, Table]:
    history = Table(
        f"{prefix}_history",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("person_id", Text, nullable=False),
        Column("at", Moment(Text()), nullable=False),
        Column("action", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("done_by", Text, nullable=False),
        Index(f"{prefix}_history_person", "person_id"),
        schema=schema,
    )
    meta = Table(
        f"{prefix}_meta",
        metadata,
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
        schema=schema,
    )
    return history, meta
