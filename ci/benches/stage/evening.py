"""A house in the evening: both sides full, and apart by what happened in the day."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benches.org_bulk import JOBS, Server, finished, ingest
from benches.stage.house import House
from benches.stage.traffic import Notes

from deployer.clock import SystemClock
from sync.people.sql import open_embedded

_AT = "2026-11-01T00:00:00.000000Z"
# Ids that are nobody's in the org; without capitals, an id ends in AAA.
_OTHERS = """
WITH RECURSIVE n(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n < :last)
INSERT INTO {table} SELECT {columns} FROM n
"""
_ROWS = {
    "people": "'person-' || n, '', '', 0, NULL, '', ''",
    "people_ids": "'person-' || n, '003' || printf('%012d', n) || 'AAA'",
}
_SOQL = "SELECT COUNT() FROM Contact WHERE HasOptedOutOfEmail = true"
_TICKED = f"/services/data/v63.0/query?q={quote(_SOQL)}"


@dataclass(frozen=True, slots=True)
class Size:
    """So many `people`, of them and of the org's Contacts `out` opted out.

    `apart` are so on the people side only, and as many in the org only.
    """

    people: int
    out: int
    apart: int


@dataclass(frozen=True, slots=True)
class Evening:
    """The house as it was made, and a copy of all that it holds."""

    house: House
    size: Size

    @property
    def _kept(self) -> Path:
        return self.house.folder / "kept"

    @property
    def notes(self) -> Notes:
        """The org's notes of what came since this was asked for."""
        notes = Notes(self.house.folder / "notes.txt")
        notes.since()
        return notes

    def keep(self) -> None:
        """Copy what there is; nothing may run."""
        shutil.copytree(self.house.home, self._kept)

    @contextmanager
    def again(self) -> Iterator[None]:
        """The same evening once more, its org running."""
        shutil.rmtree(self.house.home)
        shutil.copytree(self._kept, self.house.home)
        with self.house.org("--notes", str(self.house.folder / "notes.txt")):
            yield

    def opted_out(self) -> tuple[int, int]:
        """How many are so in the org, and on the people side."""
        ticked = Server(self.house.home).ask("GET", _TICKED)["totalSize"]
        with closing(sqlite3.connect(self.house.people)) as db:
            (marked,) = db.execute("SELECT count(*) FROM people WHERE unsubscribed").fetchone()
        return int(ticked), int(marked)


def make_evening(folder: Path, size: Size) -> Evening:
    """Both sides agreed last night, and a day has gone by since.

    The org holds every contact that travels (the ticked) or is to be written, and none of the
    millions of others, which no night reads.
    """
    house = House(folder, contacts=0)
    (folder / "notes.txt").touch()
    evening = Evening(house, size)
    with house.org():
        contacts = _insert_contacts(house, size)
        _write_people(house, contacts, size)
        house.run("sync", "enable", "--by", "bench")
        house.run("sync", "adopt", "--yes", "--by", "bench")
        _live_a_day(house, contacts, size)
    evening.keep()
    return evening


def _live_a_day(house: House, contacts: Sequence[str], size: Size) -> None:
    """The first contacts are ticked in the org, those after the ticked ones are marked beside."""
    file = house.folder / "day.csv"
    with file.open("w") as text:
        text.write("Id,HasOptedOutOfEmail\n")
        text.writelines(f"{each},true\n" for each in contacts[: size.apart])
    ingest(Server(house.home), "update", file)
    with closing(sqlite3.connect(house.people)) as db, db:
        db.executemany(
            "UPDATE people SET unsubscribed = 1, unsubscribed_at = ? WHERE person_id = ?",
            ((_AT, f"person-{n}") for n in range(size.out, size.out + size.apart)),
        )


def _insert_contacts(house: House, size: Size) -> list[str]:
    """New contacts, of which the middle is ticked; their ids."""
    server, file = Server(house.home), house.folder / "contacts.csv"
    ticked, count = range(size.apart, size.out), size.out + size.apart
    with file.open("w") as text:
        text.write("LastName,HasOptedOutOfEmail\n")
        text.writelines(f"Bench{n},{str(n in ticked).lower()}\n" for n in range(count))
    asked = {"object": "Contact", "operation": "insert"}
    path = f"{JOBS}/ingest/{server.ask('POST', f'{JOBS}/ingest', asked)['id']}"
    server.ask("PUT", f"{path}/batches", file)
    server.ask("PATCH", path, {"state": "UploadComplete"})
    finished(server, path)
    with server.answer("GET", f"{path}/successfulResults") as results:
        rows = csv.DictReader(results.read().decode().splitlines())
        made = {row["LastName"]: row["sf__Id"] for row in rows}
    return [made[f"Bench{n}"] for n in range(count)]


def _write_people(house: House, contacts: Sequence[str], size: Size) -> None:
    """The embedded store, filled by SQL: importing as many is another row's concern."""
    store = open_embedded(house.people, SystemClock())
    out = range(size.apart, size.out)
    with store.engine.begin() as db:
        rows = [
            (f"person-{n}", "", "", int(n in out), _AT if n in out else None, "", "")
            for n in range(len(contacts))
        ]
        db.exec_driver_sql("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        held = [(f"person-{n}", each) for n, each in enumerate(contacts)]
        db.exec_driver_sql("INSERT INTO people_ids VALUES (?, ?)", held)
        for table, columns in _ROWS.items():
            sql = _OTHERS.format(table=table, columns=columns)
            db.exec_driver_sql(sql, {"first": len(contacts), "last": size.people - 1})
    store.close()
