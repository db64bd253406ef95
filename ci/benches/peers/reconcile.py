"""Both lists of differences as other tools make them: TOOL, FOLDER of the sets, FOLDER for lists.

Run by whatever Python has the tool; nothing of the product is imported.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path


def main(tool: str, read: Path, made: Path) -> None:
    {"sets": by_sets, "sqlite": by_sqlite, "polars": by_polars}[tool](read, made)


def by_sets(read: Path, made: Path) -> None:
    """Two sets and a dict, as everybody would begin."""
    org = {record for (record, *_) in _org_rows(read)}
    people = {record for _, record in _rows(read / "people.csv")}
    holders = {record: person for person, record in _rows(read / "holders.csv")}
    _write(made / "to_org.csv", people - org)
    _write(made / "to_people.csv", (holders[record] for record in org - people))


def by_sqlite(read: Path, made: Path) -> None:
    """Tables without row ids, loaded in one transaction that need not outlive a power cut."""
    db = sqlite3.connect(made / "work.sqlite")
    db.executescript("""
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        CREATE TABLE org (record TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE people (record TEXT PRIMARY KEY, person TEXT) WITHOUT ROWID;
        CREATE TABLE holders (record TEXT PRIMARY KEY, person TEXT) WITHOUT ROWID;
    """)
    with db:
        db.executemany("INSERT INTO org VALUES (?)", ((row[0],) for row in _org_rows(read)))
        for table in ("people", "holders"):
            sql = f"INSERT INTO {table} (person, record) VALUES (?, ?)"  # noqa: S608 - ours
            db.executemany(sql, _rows(read / f"{table}.csv"))
    to_org = db.execute("SELECT record FROM people WHERE record NOT IN (SELECT record FROM org)")
    _write(made / "to_org.csv", (row[0] for row in to_org))
    to_people = db.execute(
        "SELECT person FROM holders WHERE record IN (SELECT record FROM org) "
        "AND record NOT IN (SELECT record FROM people)"
    )
    _write(made / "to_people.csv", (row[0] for row in to_people))


def by_polars(read: Path, made: Path) -> None:
    """Lazy frames and anti joins, streamed from file to file."""
    import polars as pl

    org = pl.scan_csv(read / "org/page-*.csv", infer_schema=False).select(record="Id")
    named = {"person_id": "person", "salesforce_id": "record"}
    people, holders = (
        pl.scan_csv(read / f"{name}.csv", infer_schema=False).rename(named)
        for name in ("people", "holders")
    )
    only_people = people.join(org, on="record", how="anti").select("record")
    only_org = holders.join(org, on="record", how="semi").join(people, on="record", how="anti")
    only_people.sink_csv(made / "to_org.csv", include_header=False)
    only_org.select("person").sink_csv(made / "to_people.csv", include_header=False)


def _org_rows(read: Path) -> Iterator[list[str]]:
    for page in sorted((read / "org").glob("page-*.csv")):
        yield from _rows(page)


def _rows(file: Path) -> Iterator[list[str]]:
    with file.open(newline="") as text:
        lines = csv.reader(text)
        next(lines)
        yield from lines


def _write(file: Path, keys: Iterable[str]) -> None:
    with file.open("w") as text:
        text.writelines(f"{key}\n" for key in keys)


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
