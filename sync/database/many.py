"""Many rows and many values in one statement, while all other writers wait.

In PostgreSQL a column goes as one array, and the array as one text: a parameter for each value
takes more than twice as long, of the server and of whoever puts the statement together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.types import TypeEngine, UserDefinedType

_KINDS: Mapping[type, TypeEngine[Any]] = {int: BigInteger(), bool: Boolean(), str: Text()}


class _Written(UserDefinedType[str]):
    """An array as its text: the server reads it as it takes the parameter, once."""

    cache_ok = True
    render_bind_cast = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        self.kind = str(kind)

    def get_col_spec(self, **_how: Any) -> str:
        return f"{self.kind}[]"


def among(
    db: Connection | Engine, column: Column[Any], values: Iterable[Any]
) -> ColumnElement[bool]:
    """Whether a column of ours is one of these; SQLite takes as many as a statement may have."""
    if db.dialect.name != "postgresql":
        return column.in_(list(values))
    return column == any_(_array(db, column, list(values)))


def insert_many(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert these rows into a table of ours; all have the same columns."""
    if not rows:
        return
    if db.dialect.name != "postgresql":
        db.execute(insert(table), [dict(row) for row in rows])
        return
    db.execute(insert(table).from_select(list(rows[0]), _given(db, table, rows)))


def update_many(db: Connection, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give the row that `key` names the other values, in a table of ours; all have the same."""
    if not rows:
        return
    others = [name for name in rows[0] if name != key]
    if db.dialect.name == "postgresql":
        given = _given(db, table, rows).subquery("given")
        same, new = given.c[key], {name: given.c[name] for name in others}
        db.execute(update(table).where(table.c[key] == same).values(new))
        return
    bound = {n: bindparam(f"its_{n}", type_=table.c[n].type) for n in rows[0]}
    statement = update(table).where(table.c[key] == bound[key])
    db.execute(
        statement.values({name: bound[name] for name in others}),
        [{f"its_{name}": value for name, value in row.items()} for row in rows],
    )


def _given(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Select[Any]:
    """The rows, as PostgreSQL reads them; what is the same in all of them goes once."""
    first, *others = rows[0]
    columns = [func.unnest(_array(db, table.c[first], [row[first] for row in rows])).label(first)]
    for name in others:
        column, values = table.c[name], [row[name] for row in rows]
        if values.count(values[0]) == len(values):
            one = cast(bindparam(None, values[0], column.type), _kind(column))
            columns.append(one.label(name))
        else:
            columns.append(func.unnest(_array(db, column, values)).label(name))
    return select(*columns)


def _array(
    db: Connection | Engine, column: Column[Any], values: Collection[Any]
) -> ColumnElement[Any]:
    to_kept = column.type.dialect_impl(db.dialect).bind_processor(db.dialect)
    kept = map(to_kept, values) if to_kept else values
    text = "{" + ",".join(map(_element, kept)) + "}"
    return bindparam(None, text, _Written(_kind(column)))


def _element(value: Any) -> str:
    """As an array's text has it ("Array Input and Output Syntax")."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "NULL" if value is None else str(value)


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    return _KINDS[getattr(column.type, "impl", column.type).python_type]
