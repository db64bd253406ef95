"""The rows of a Parquet file as texts, a few at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from sync.people.csv_rows import find_places

_ROWS = 2_000
_CONFIG: dict[str, str | int | float | list[str]] = {
    "memory_limit": "200MB",
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class NoParquet(Exception):
    """The file is no Parquet file, or only part of one."""


class ParquetFile:
    """The people of one file. Errors: NoParquet, also while it is read; UsageError as for CSV."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        # DuckDB takes a path for a pattern.
        self._pattern = re.sub(r"([\[*?])", r"[\1]", str(path))
        names = self._names()
        found = find_places(names, str(path), columns)
        self._columns = [names[place] for place in found.values()]
        self.places = {ours: place for place, ours in enumerate(found)}

    def _names(self) -> list[str]:
        with _connect() as db:
            try:
                db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [self._pattern])
                return [row[0] for row in db.fetchall()]
            except duckdb.Error as broken:
                raise NoParquet from broken

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        quoted = (name.replace('"', '""') for name in self._columns)
        cells = ", ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in quoted)
        with _connect() as db:
            try:
                db.execute(f"SELECT {cells} FROM read_parquet(?)", [self._pattern])  # noqa: S608 - names of the file, quoted
                while rows := db.fetchmany(_ROWS):
                    yield from rows
            except duckdb.Error as broken:
                raise NoParquet from broken


def _connect() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=_CONFIG)
