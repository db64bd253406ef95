"""`import`: a CSV into the store, in one transaction; what cannot be taken goes to a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sync.people.changes import Change
from sync.people.csv_people import Refused, to_person
from sync.people.csv_rows import CsvFile, CsvRow, open_csv
from sync.people.drafts import Draft
from sync.people.model import Person
from sync.people.sql import SqlPeople

Tell = Callable[[str], None]
_TELL_EVERY = 10_000


@dataclass(slots=True)
class Imported:
    """What came of an import, counted in rows (`ids_added` in ids).

    Every row is one of: `imported` (told something new), `already` (nothing new), `rejected`.
    `kept_unsubscribed`: rows that said false of somebody unsubscribed, which import never undoes.
    """

    imported: int = 0
    ids_added: int = 0
    already: int = 0
    kept_unsubscribed: int = 0
    rejected: int = 0

    def note(self, told: Person, change: Change) -> None:
        """Count one row that was taken."""
        self.ids_added += len(change.new_ids)
        self.kept_unsubscribed += change.after.unsubscribed and not told.unsubscribed
        if change.before == change.after:
            self.already += 1
        else:
            self.imported += 1


class Rejects:
    """The file of rejected rows: line, why, and the row itself; made with the first one."""

    def __init__(self, path: Path, header: tuple[str, ...]) -> None:
        self._path = path
        self._header = header
        self._draft: Draft | None = None
        self.count = 0

    def put(self, row: CsvRow, why: str) -> None:
        """Add a row. Errors: OSError."""
        if self._draft is None:
            self._draft = Draft(self._path)
            csv.writer(self._draft.text).writerow(("line", "rejected_because", *self._header))
        csv.writer(self._draft.text).writerow((row.line, why, *row.cells))
        self.count += 1

    def publish(self) -> None:
        """Put the file in its place, if there is anything in it. Errors: OSError."""
        if self._draft is not None:
            self._draft.publish()

    def discard(self) -> None:
        """Leave no file behind; one that was published stays."""
        if self._draft is not None:
            self._draft.discard()


def import_people(people: SqlPeople, path: Path, rejects_path: Path, tell: Tell) -> Imported:
    """Take all good rows of the file, or none when the file as a whole is no CSV of people.

    `tell` hears every so often how many rows were read.
    Errors: UsageError with file and line; OSError; TryLater.
    """
    tally = Imported()
    with open_csv(path) as text:
        rows = CsvFile(text, str(path))
        rejects = Rejects(rejects_path, rows.header)
        try:
            people.join(_good(rows, rejects, tell), tally.note)
        finally:
            rejects.discard()
    tally.rejected = rejects.count
    return tally


def _good(rows: CsvFile, rejects: Rejects, tell: Tell) -> Iterator[Person]:
    for number, row in enumerate(rows, 1):
        if number % _TELL_EVERY == 0:
            tell(f"reading people: {number:,} rows")
        if row.broken:
            rejects.put(row, row.broken)
            continue
        try:
            person = to_person(row.cells, rows.places, len(rows.header))
        except Refused as refused:
            rejects.put(row, str(refused))
        else:
            yield person
    # Before the transaction ends: a full disk must not take rows and lose which were rejected.
    rejects.publish()
