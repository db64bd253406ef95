"""Whole tables from one database into another, whichever kind either is."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, delete, func, insert, select, text

# Rows at a time: enough that the round trips do not count, few enough to hold in memory.
LOT = 2_000


def copy_tables(source: Connection, target: Connection, tables: Iterable[Table]) -> dict[str, int]:
    """Put every row of these tables of `source` into `target`; how many that were, by table.

    The tables come in an order in which each stands behind those that it refers to, and are empty
    in `target`. New rows there are numbered behind the ones that came.
    """
    return {table.name: _copy(source, target, table) for table in tables}


def _copy(source: Connection, target: Connection, table: Table) -> int:
    # By key: so a copy of the same rows is the same copy.
    wanted = select(table).order_by(*table.primary_key)
    rows = source.execute(wanted, execution_options={"yield_per": LOT})
    copied = 0
    for lot in rows.mappings().partitions():
        target.execute(insert(table), [dict(row) for row in lot])
        copied += len(lot)
    _number_behind(target, table)
    return copied


def _number_behind(target: Connection, table: Table) -> None:
    """SQLite takes the next number by itself; PostgreSQL counts apart from the rows."""
    column = table.autoincrement_column
    if column is None or target.dialect.name != "postgresql":
        return
    last = target.scalar(select(func.max(column)))
    if last is not None:
        asked = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
        target.execute(asked, {"table": table.name, "column": column.name, "last": last})


def empty_tables(target: Connection, tables: Iterable[Table]) -> None:
    """Remove every row of these tables; they come in the order of `copy_tables`."""
    for table in reversed(list(tables)):
        target.execute(delete(table))
