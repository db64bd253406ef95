"""Two opted-out sets and what joins them -> the writes that make both sides say the same.

The OR is taken over the connected component of persons and live records: whoever is reached from
an opted-out member, over shared ids and aliases, is to be opted out too. Everything here is sets
of ids in DuckDB, out of core; the sides are asked by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from deployer.errors import TryLater
from sync.batches import batches
from sync.ledger.aliases import Alias

_TABLES = """
CREATE TABLE people (person_id VARCHAR, out BOOLEAN);
CREATE TABLE edges (person_id VARCHAR, record_id VARCHAR);
CREATE TABLE flagged (record_id VARCHAR, settled BOOLEAN);
CREATE TABLE aliases (old_id VARCHAR, live_id VARCHAR);
CREATE TABLE gone (record_id VARCHAR);
CREATE TABLE refused (side VARCHAR, key VARCHAR);
CREATE TABLE asked (record_id VARCHAR);
CREATE TABLE shown (side VARCHAR, key VARCHAR);
-- The Account that a write of a record locks too, of those that were refused for a lock.
CREATE TABLE parents (record_id VARCHAR, parent VARCHAR);
-- Where an id leads; an id without an alias leads to itself.
CREATE VIEW leads AS
    SELECT e.person_id, coalesce(a.live_id, e.record_id) AS record_id
    FROM edges e LEFT JOIN aliases a ON a.old_id = e.record_id;
CREATE VIEW ticked AS
    SELECT coalesce(a.live_id, f.record_id) AS record_id, f.settled
    FROM flagged f LEFT JOIN aliases a ON a.old_id = f.record_id;
CREATE VIEW reached AS SELECT record_id FROM leads UNION ALL SELECT record_id FROM ticked;
-- Every spelling under which somebody may hold a reached record.
CREATE VIEW spellings AS
    SELECT record_id FROM reached
    UNION ALL SELECT a.old_id FROM aliases a JOIN reached r ON r.record_id = a.live_id;
CREATE VIEW to_people AS
    SELECT DISTINCT p.person_id FROM people p
    ANTI JOIN refused r ON r.side = 'people' AND r.key = p.person_id
    WHERE NOT p.out;
CREATE VIEW to_org AS
    SELECT DISTINCT l.record_id FROM leads l
    ANTI JOIN ticked t ON t.settled AND t.record_id = l.record_id
    ANTI JOIN gone g ON g.record_id = l.record_id
    ANTI JOIN refused r ON r.side = 'org' AND r.key = l.record_id;
"""
_KEY = {"people": "person_id", "org": "record_id"}
MEMORY = "120MB"
LOT = 10_000
# To see which of these are known takes a look at all who are.
MET = 50_000


@dataclass(frozen=True, slots=True)
class Reached:
    """A person that a component reaches: their ids as the people side spells them (18)."""

    person_id: str
    salesforce_ids: tuple[str, ...]
    out: bool


@contextmanager
def room_told(folder: Path) -> Iterator[None]:
    """Turn what the work database says of a full disk, or of too little memory, into TryLater."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as full:
        raise TryLater(
            "the work database of this run has no room left on its disk or in memory",
            where=str(folder),
            hint="free some space there, then run the same command again: what was written stays",
        ) from full


class Sides:
    """The work database of one run; it is a file, so that memory stays small."""

    def __init__(self, file: Path) -> None:
        self._db = duckdb.connect(
            str(file),
            config={
                "memory_limit": MEMORY,
                "threads": 2,
                "temp_directory": str(file.with_suffix(".tmp")),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        self._db.execute(f"BEGIN; {_TABLES} COMMIT")  # one write to the disk, not fifteen

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def add_people(self, people: Iterable[Reached]) -> None:
        """Persons and the ids they hold; nobody twice."""
        for lot in batches(people, LOT):
            self._insert("people", [(p.person_id, p.out) for p in lot])
            self._insert("edges", [(p.person_id, i) for p in lot for i in p.salesforce_ids])

    def add_flagged(self, records: Iterable[tuple[str, bool]]) -> None:
        """Records that are opted out: id, and whether nothing is to be written to them any more."""
        for lot in batches(records, LOT):
            self._insert("flagged", lot)

    def add_aliases(self, aliases: Iterable[tuple[str, str]]) -> None:
        """Old ids that are not live, each with the id it leads to at last."""
        for lot in batches(aliases, LOT):
            self._insert("aliases", lot)

    def add_gone(self, ids: Iterable[str]) -> None:
        """Ids that the org shows deleted, with nothing in their place."""
        for lot in batches(ids, LOT):
            self._insert("gone", [(each,) for each in lot])

    def add_shown(self, side: str, keys: Iterable[str]) -> None:
        """Writes that a person was shown and said yes to."""
        for lot in batches(keys, LOT):
            self._insert("shown", [(side, each) for each in lot])

    def close_over(self, holders: Callable[[Collection[str]], Iterable[Reached]]) -> None:
        """Follow shared ids and aliases until nobody new is reached.

        `holders` gives everybody who holds one of these ids, with all the ids they hold.
        """
        while self._ask_once(holders):
            pass

    def _ask_once(self, holders: Callable[[Collection[str]], Iterable[Reached]]) -> bool:
        self._db.execute(
            "CREATE OR REPLACE TABLE frontier AS "
            "SELECT DISTINCT record_id FROM spellings ANTI JOIN asked USING (record_id)"
        )
        lots = batches((row[0] for row in self._stream("SELECT record_id FROM frontier")), LOT)
        for met in batches((person for lot in lots for person in holders(lot)), MET):
            self._add_unknown(met)
        self._db.execute("INSERT INTO asked SELECT record_id FROM frontier")
        return self.count("frontier") > 0

    def _add_unknown(self, people: Iterable[Reached]) -> None:
        found = {person.person_id: person for person in people}
        known = self._db.execute(
            "SELECT person_id FROM people WHERE person_id IN (SELECT unnest(?))", [list(found)]
        ).fetchall()
        for (person_id,) in known:
            del found[person_id]
        self.add_people(found.values())

    def writes(self, side: str, *, shown_only: bool = False) -> int:
        """How many keys `to_people` or `to_org` would give."""
        return self.count(f"({self._selection(side, shown_only=shown_only)})")

    def count(self, view: str) -> int:
        """How many rows a table or view of this database has."""
        row = self._db.execute(f"SELECT count(*) FROM {view}").fetchone()  # noqa: S608 - our names
        return int(row[0]) if row else 0

    def to_people(self, *, shown_only: bool = False) -> Iterator[str]:
        """Person ids to mark, in order."""
        return self._keys("people", shown_only=shown_only)

    def to_org(self, *, shown_only: bool = False) -> Iterator[str]:
        """Record ids to tick: object by object, those that lock one Account together."""
        wanted = self._selection("org", shown_only=shown_only)
        sql = (
            f"SELECT key, max(parent) FROM ({wanted}) LEFT JOIN parents ON record_id = key "  # noqa: S608 - ours
            "GROUP BY 1 ORDER BY key[:3], 2 NULLS FIRST, 1"
        )
        return (row[0] for row in self._stream(sql))

    def _keys(self, side: str, *, shown_only: bool) -> Iterator[str]:
        sql = self._selection(side, shown_only=shown_only)
        return (row[0] for row in self._stream(f"{sql} ORDER BY 1"))

    def add_parents(self, records: Iterable[tuple[str, str]]) -> None:
        """Which Account a write of each record locks too."""
        for lot in batches(records, LOT):
            self._insert("parents", lot)

    def _selection(self, side: str, *, shown_only: bool) -> str:
        sql = f"SELECT {_KEY[side]} AS key FROM to_{side}"  # noqa: S608 - our names
        if shown_only:
            sql += f" WHERE key IN (SELECT key FROM shown WHERE side = '{side}')"  # noqa: S608 - ours
        return sql

    def add_marked(self, person_ids: Iterable[str]) -> None:
        """These persons are marked on their side now."""
        for lot in batches(person_ids, LOT):
            self._db.execute(
                "UPDATE people SET out = true WHERE person_id IN (SELECT unnest(?))", [lot]
            )

    def add_moved(self, aliases: Iterable[Alias]) -> None:
        """Ids that turned out to live on under another: their holders lead there from now on."""
        for alias in aliases:
            self._db.execute("DELETE FROM aliases WHERE old_id = ?", [alias.old_id])
            self._db.execute(
                "INSERT INTO aliases SELECT ?, coalesce(max(live_id), ?) FROM aliases "
                "WHERE old_id = ?",
                [alias.old_id, alias.live_id, alias.live_id],
            )
            self._db.execute(
                "UPDATE aliases SET live_id = (SELECT live_id FROM aliases WHERE old_id = ?) "
                "WHERE live_id = ?",
                [alias.old_id, alias.old_id],
            )

    def opted_out(self) -> dict[str, int]:
        """How many records of the org, and persons of the people side, are opted out."""
        return {
            "org": self.count("(SELECT DISTINCT record_id FROM ticked)"),
            "people": self.count("(SELECT * FROM people WHERE out)"),
        }

    def sample(self, side: str, most: int = 10) -> list[str]:
        """The first few keys of what is to be written into "people" or "org"."""
        return list(islice(self._keys(side, shown_only=False), most))

    def add_refused(self, side: str, keys: Iterable[str]) -> None:
        """These were refused: this run does not try them again."""
        for lot in batches(keys, LOT):
            self._insert("refused", [(side, each) for each in lot])

    def holder_of(self, record_ids: Collection[str]) -> dict[str, str]:
        """One person who holds each of these records."""
        return dict(
            self._db.execute(
                "SELECT record_id, min(person_id) FROM leads "
                "WHERE record_id IN (SELECT unnest(?)) GROUP BY 1",
                [list(record_ids)],
            ).fetchall()
        )

    def unshown(self, side: str) -> int:
        """How many of the writes into "people" or "org" no person was shown."""
        row = self._db.execute(
            f"SELECT count(*) FROM to_{side} ANTI JOIN shown "  # noqa: S608 - our names
            f"ON shown.side = ? AND shown.key = {_KEY[side]}",
            [side],
        ).fetchone()
        return int(row[0]) if row else 0

    def _insert(self, table: str, rows: list[Any]) -> None:
        # One statement for all rows, column by column: executemany takes 2 ms a row here.
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            each = ", ".join(["unnest(?)"] * len(columns))
            self._db.execute(f"INSERT INTO {table} SELECT {each}", columns)

    def _stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        # A cursor of its own: another statement on the same one would end this result.
        with self._db.cursor() as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(LOT):
                yield from rows
