"""Many rows and many keys in one statement, while all other writers wait.

In PostgreSQL a column goes as one array: a parameter for each value takes more than twice as long,
of the server and of whoever puts the statement together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    any_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY


def among(db: Connection, column: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column is one of these values; on SQLite at most as many as a statement takes."""
    if db.dialect.name != "postgresql":
        return column.in_(values)
    return column == any_(bindparam(None, list(values), ARRAY(column.type)))


def insert_many(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert these rows, which all have the same columns."""
    if not rows:
        return
    if db.dialect.name != "postgresql":
        db.execute(insert(table), [dict(row) for row in rows])
        return
    db.execute(insert(table).from_select(list(rows[0]), _given(table, rows)))


def update_many(db: Connection, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give each row of the table that `key` names the other values; all have the same columns."""
    if not rows:
        return
    others = [name for name in rows[0] if name != key]
    if db.dialect.name != "postgresql":
        statement = (
            update(table)
            .where(table.c[key] == bindparam(f"its_{key}", type_=table.c[key].type))
            .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in others})
        )
        new = [{f"new_{name}": row[name] for name in others} for row in rows]
        keys = [{f"its_{key}": row[key]} for row in rows]
        db.execute(statement, [{**a, **b} for a, b in zip(keys, new, strict=True)])
        return
    given = _given(table, rows).subquery("given")
    db.execute(
        update(table)
        .where(table.c[key] == given.c[key])
        .values({name: given.c[name] for name in others})
    )


def _given(table: Table, rows: Sequence[Mapping[str, Any]]) -> Select[Any]:
    """The rows as PostgreSQL reads them out of arrays."""
    arrays = {
        name: bindparam(f"all_{name}", [row[name] for row in rows], ARRAY(table.c[name].type))
        for name in rows[0]
    }
    return select(*(func.unnest(each).label(name) for name, each in arrays.items()))
