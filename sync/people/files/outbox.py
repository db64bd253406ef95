"""The files of changes: one for each lot that is handed over, whole and never touched again.

    changes-20261124T200000.000000Z-<run>-0001.csv
    change,person_id,email,salesforce_id,unsubscribed,unsubscribed_at,source,reason

`change` is added (somebody whom only an opt-out named) or unsubscribed; nobody is ever subscribed
again by a file. A row for each Salesforce Id. A cell that a spreadsheet would run as a
formula begins with an apostrophe that is not part of it.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from deployer.errors import BadInput, OrgSaidNo, TryLater
from deployer.state import make_private_dir, write_private
from sync.people.csv_people import defuse, fuse, to_rows
from sync.people.csv_rows import COLUMNS
from sync.people.drafts import writing
from sync.people.model import Person
from sync.people.moments import read_moment

FORMAT = 1
STORE = "optout-people.json"
_MOMENT = "%Y%m%dT%H%M%S.%fZ"
_GROUP_MAY_READ = 0o040
_HEADER = ("change", *COLUMNS)
_FLAGS = {"true": True, "false": False}


class Kind(StrEnum):
    """What a row says happened."""

    ADDED = "added"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file of changes, and when the file was written."""

    kind: Kind
    person: Person
    at: datetime


@dataclass(slots=True)
class Outbox:
    """The folder where changes go; `word` tells this run's files from those of any other."""

    folder: Path
    word: str
    _number: int = 0
    _read: dict[str, list[Row]] = field(default_factory=dict)

    def write(self, rows: Sequence[tuple[Kind, Person]], at: datetime) -> Path:
        """Hand these over; on disk when this returns. Errors: TryLater."""
        self._number += 1
        name = f"changes-{at.astimezone(UTC):{_MOMENT}}-{self.word}-{self._number:04}.csv"
        path = self.folder / name
        try:
            with writing(path) as text:
                os.fchmod(text.fileno(), 0o600 | self.folder.stat().st_mode & _GROUP_MAY_READ)
                lines = csv.writer(text)
                lines.writerow(_HEADER)
                for kind, person in rows:
                    lines.writerows([kind, *map(defuse, cells)] for cells in to_rows(person))
        except OSError as refused:
            raise _unwritable(self.folder, refused) from refused
        return path

    def added(self) -> dict[str, Person]:
        """Everybody whom a file of changes adds. Errors: TryLater; BadInput."""
        names = self._names()
        for gone in self._read.keys() - set(names):
            del self._read[gone]
        for name in names:
            if name not in self._read:
                rows = self._rows(name)
                self._read[name] = [row for row in rows if row.kind is Kind.ADDED]
        return _joined(row.person for name in names for row in self._read[name])

    def about(self, person_id: str) -> list[Row]:
        """What the files of changes say of this person, the oldest first."""
        rows = (row for name in self._names() for row in self._rows(name))
        return [row for row in rows if row.person.person_id == person_id]

    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self.folder.glob("changes-*.csv"))
        except OSError as refused:
            raise _unwritable(self.folder, refused) from refused

    def _rows(self, name: str) -> Iterator[Row]:
        path = self.folder / name
        at = _time_of(path)
        try:
            with path.open(encoding="utf-8", newline="", errors="surrogateescape") as text:
                lines = csv.reader(text, strict=True)
                if next(lines) != list(_HEADER):
                    raise _changed(path)
                for kind, *cells in lines:
                    yield Row(Kind(kind), _to_person([fuse(cell) for cell in cells]), at)
        except FileNotFoundError:  # taken away since the folder was listed
            return
        except OSError as refused:
            raise _unwritable(self.folder, refused) from refused
        except (csv.Error, StopIteration, ValueError, KeyError) as broken:
            raise _changed(path) from broken


def _to_person(cells: Sequence[str]) -> Person:
    person_id, email, record_id, flag, at, source, reason = cells
    ids = (record_id,) if record_id else ()
    return Person(person_id, email, ids, _FLAGS[flag], read_moment(at), source, reason)


def _joined(people: Iterator[Person]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for person in people:
        before = found.get(person.person_id, person)
        ids = {*before.salesforce_ids, *person.salesforce_ids}
        email = person.email or before.email
        found[person.person_id] = Person(person.person_id, email, tuple(sorted(ids)))
    return found


def read_store_id(folder: Path, make_id: Callable[[], str]) -> str:
    """The id that this folder was given at its first use. Errors: OSError; OrgSaidNo."""
    file = folder / STORE
    if not folder.exists():
        make_private_dir(folder)
    if not file.exists():
        kept = {"format": FORMAT, "store": f"files-{make_id()}"}
        write_private(file, json.dumps(kept).encode())
    try:
        found = json.loads(file.read_bytes())
        store, version = str(found["store"]), int(found["format"])
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        raise _changed(file) from broken
    if version > FORMAT:
        raise OrgSaidNo(
            f"the folder of changes has format {version}, and this program knows {FORMAT}",
            where=str(file),
            hint="update optout; nothing was changed",
        )
    return store


def _time_of(path: Path) -> datetime:
    try:
        return datetime.strptime(path.name.split("-")[1], _MOMENT).replace(tzinfo=UTC)
    except ValueError as foreign:
        raise _changed(path) from foreign


def _changed(path: Path) -> BadInput:
    return BadInput(
        "this file is not as optout wrote it",
        where=str(path),
        hint="put it back as it was, or move it to another folder",
    )


def _unwritable(folder: Path, refused: OSError) -> TryLater:
    return TryLater(
        f"changes cannot be handed over: {refused.strerror or 'the folder cannot be used'}",
        where=str(folder),
        hint="see that the folder is there, writable and not full; opt-outs stay open",
    )
