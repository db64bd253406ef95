"""The export of the other system: which files it has, whether they are whole, and their rows.

Whatever is wrong with one row is wrong with the export: a row that is passed over could be an
opt-out that nobody hears of again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from deployer.errors import TryLater, UsageError
from sync.people.csv_people import Refused, to_person
from sync.people.csv_rows import CsvFile, open_csv
from sync.people.model import Person, to_record_id
from sync.people.moments import read_moment

FORMAT = 1
_SUFFIXES = {".csv", ".parquet"}
_PARQUET_MAGIC = b"PAR1"


class Nobody(Enum):
    """What an export without a single person is."""

    REFUSED = "refused"  # one that was cut off behind its header
    BELIEVED = "believed"


@dataclass(frozen=True, slots=True)
class Source:
    """The exported file, or the folder whose files together are the export.

    `columns`: our name of a column -> the export's, where it has another.
    """

    path: Path
    columns: Mapping[str, str]
    nobody: Nobody = Nobody.REFUSED


class InputUnusable(TryLater):
    """The export is missing, half-written or unreadable; nobody counts as subscribed for it."""

    code = "people-input"

    def __init__(self, why: str, where: Path | str, hint: str = "") -> None:
        super().__init__(
            f"the people cannot be read: {why}; opt-outs stay open until they can",
            where=str(where),
            hint=hint or "export it again, whole, under another name, and rename it into place",
        )


def find_files(source: Source) -> list[Path]:
    """The files of the export, by name. Errors: InputUnusable when there is none."""
    path = source.path
    with _told(path):
        if not path.is_dir():
            path.stat()
            return [path]
        found = sorted(
            each
            for each in path.iterdir()
            if each.suffix.casefold() in _SUFFIXES and not each.name.startswith(".")
        )
    if not found:
        raise InputUnusable("the folder holds no .csv and no .parquet file", path)
    return found


def fingerprint(source: Source) -> str:
    """A text that is another one whenever the export was replaced or written to."""
    with _told(source.path):
        states = [(file.name, file.stat()) for file in find_files(source)]
    facts = [(name, s.st_ino, s.st_size, s.st_mtime_ns) for name, s in states]
    kept = (FORMAT, str(source.path), sorted(source.columns.items()), source.nobody.value, facts)
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:32]


def read_export(source: Source) -> Iterator[Person]:
    """A person for each row, with one id or none. Errors: InputUnusable, also half way."""
    told = 0
    for file in find_files(source):
        for person in _read_file(file, source.columns):
            told += 1
            yield person
    if not told and source.nobody is Nobody.REFUSED:
        raise InputUnusable(
            "it names nobody", source.path,
            "export it again; if that system has nobody yet: may_be_empty = true under [people]",
        )  # fmt: skip


def _read_file(file: Path, columns: Mapping[str, str]) -> Iterator[Person]:
    with _told(file):
        with file.open("rb") as content:
            parquet = content.read(4) == _PARQUET_MAGIC or file.suffix.casefold() == ".parquet"
        if parquet:
            yield from _read_parquet(file, columns)
        else:
            yield from _read_csv(file, columns)


def _read_csv(file: Path, columns: Mapping[str, str]) -> Iterator[Person]:
    _check_end(file)
    with open_csv(file) as text:
        rows = CsvFile(text, str(file), columns)
        for row in rows:
            where = f"{file}:{row.line}"
            if row.broken:
                raise InputUnusable(f"a row is unreadable, {row.broken}", where)
            yield _person(row.cells, rows.places, len(rows.header), where)


def _check_end(file: Path) -> None:
    """A file that was cut off mostly ends within a line."""
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - 1))
        last = content.read(1)
    if last not in (b"\n", b"\r"):
        raise InputUnusable(
            "its last line has no end, as that of a file that is still being written", file,
            "wait until the export has ended; if it has, let it end its last line too",
        )  # fmt: skip


def _read_parquet(file: Path, columns: Mapping[str, str]) -> Iterator[Person]:
    from sync.people.files.parquet import NoParquet, ParquetFile  # DuckDB, which is slow to load

    try:
        rows = ParquetFile(file, columns)
        for number, cells in enumerate(rows, 1):
            yield _person(cells, rows.places, len(cells), f"{file}, row {number}")
    except NoParquet as wrong:
        raise InputUnusable("it is no whole Parquet file", file) from wrong


def _person(cells: tuple[str, ...], places: Mapping[str, int], width: int, where: str) -> Person:
    """As `to_person`; an id or a time that is none is left out, as in a table."""
    told = list(cells)
    if len(told) == width:
        place = places["salesforce_id"]
        told[place] = to_record_id(told[place].strip()) or ""
        if "unsubscribed_at" in places and read_moment(told[places["unsubscribed_at"]]) is None:
            told[places["unsubscribed_at"]] = ""
    try:
        return to_person(told, places, width)
    except Refused as refused:
        raise InputUnusable(f"a row is unreadable, {refused}", where) from refused


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except UsageError as wrong:
        raise InputUnusable(wrong.message, wrong.where, wrong.hint) from wrong
    except FileNotFoundError as absent:
        raise InputUnusable("there is no such file", path) from absent
    except OSError as refused:
        raise InputUnusable(
            f"{refused.strerror or 'the file cannot be read'}", refused.filename or path,
            "see that this user may read it",
        ) from refused  # fmt: skip
