"""A CSV file row by row, however broken: bounded memory, and each row knows its line."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from deployer.errors import UsageError
from sync.people.tables import OPTIONAL, REQUIRED

COLUMNS = (*REQUIRED, *OPTIONAL)
# The csv module takes no longer field; a longer line is no row of people.
LONGEST = 131_072
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: its first line's number, its cells, and why it cannot be read ("" when it can)."""

    line: int
    cells: tuple[str, ...]
    broken: str = ""


class CsvFile:
    """The rows below the header of one open file.

    The file is opened by `open_csv`. Rows are read once. `columns`: our name of a column -> the
    file's, where it has another.
    """

    def __init__(self, text: TextIO, name: str, columns: Mapping[str, str] | None = None) -> None:
        self._name = name
        self._lines = _Lines(text)
        # strict: an unclosed quote would swallow the rest of the file without a word.
        self._reader = csv.reader(self._lines, strict=True)
        self.header = self._read_header()
        self.places = find_places(self.header, name, columns or {})

    def __iter__(self) -> Iterator[CsvRow]:
        while True:
            row = self._next()
            if row is None:
                return
            if row.broken or row.cells:
                yield row

    def _read_header(self) -> tuple[str, ...]:
        row = self._next()
        if row is None or row.broken:
            raise _no_csv(self._name, "the first line is no header", row.cells if row else ())
        return row.cells

    def _next(self) -> CsvRow | None:
        line = self._reader.line_num + 1
        self._lines.taken.clear()
        try:
            return CsvRow(line, tuple(next(self._reader)), self._lines.why_not())
        except StopIteration:
            return None
        except csv.Error as wrong:
            # The two that mean an unclosed quote: no row after it can be told from its text.
            if "unexpected end" in str(wrong) or "field limit" in str(wrong):
                raise UsageError(
                    "a quote is opened here and not closed, so no row after it can be read; "
                    "nothing of it was taken",
                    where=f"{self._name}:{line}",
                    hint='write a quote inside a cell as two: ""',
                ) from wrong
            return CsvRow(line, ("".join(self._lines.taken),), "its quotes are not those of a CSV")


class _Lines:
    """The lines of the file, each no longer than LONGEST; `taken` since it was last cleared."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST)
        if not line:
            raise StopIteration
        if len(line) == LONGEST and not line.endswith(("\n", "\r")):
            line = self._cut(line)
        self.taken.append(line)
        return line

    def _cut(self, line: str) -> str:
        """Pass over the rest of a line; its beginning stays, as one cell."""
        rest = self._text.readline(LONGEST)
        while rest and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(LONGEST)
        return "\0" + line[:_SHOWN].replace('"', "").replace(",", " ") + "\n"

    def why_not(self) -> str:
        """Why the taken lines are no row, whatever is in them."""
        if any(line.startswith("\0") and len(line) <= _SHOWN + 2 for line in self.taken):
            return f"a line is longer than {LONGEST:,} characters; this is its beginning"
        text = "".join(self.taken)
        if "\0" in text:
            return "it contains a NUL"
        return "" if _is_text(text) else "it is not UTF-8"


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def open_csv(path: Path) -> TextIO:
    """Open a CSV file as UTF-8, with or without a byte order mark. Errors: OSError."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def find_places(header: Sequence[str], name: str, columns: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands. Errors: UsageError when one is missing or twice there."""
    names = [cell.strip().casefold() for cell in header]
    called = {ours: columns.get(ours, ours) for ours in COLUMNS}
    places = {one: _all_places(names, theirs) for one, theirs in called.items()}
    wanted = (*REQUIRED, *columns)
    missing = [called[one] for one in COLUMNS if one in wanted and not places[one]]
    twice = sorted(called[one] for one in COLUMNS if len(places[one]) > 1)
    if missing:
        raise _no_csv(name, f"this is no list of people: no column {', '.join(missing)}", header)
    if twice:
        raise _no_csv(name, f"the header names {', '.join(twice)} more than once", header)
    return {one: found[0] for one, found in places.items() if found}


def _all_places(names: Sequence[str], wanted: str) -> list[int]:
    name = wanted.strip().casefold()
    return [place for place, found in enumerate(names) if found == name]


def _no_csv(name: str, said: str, header: Iterable[str]) -> UsageError:
    start = "".join(header)[:LONGEST]
    tips = (
        ("PK", "this is a spreadsheet or an archive: save it as CSV (UTF-8) first"),
        ("\0", "save it as UTF-8"),
        (";", "separate the columns by commas, not by semicolons"),
        ("\t", "separate the columns by commas, not by tabs"),
    )
    usual = f"its first line must name {', '.join(REQUIRED)} (and may name {', '.join(OPTIONAL)})"
    hint = next((tip for sign, tip in tips if sign in start), usual)
    return UsageError(f"{said}; nothing of it was taken", where=f"{name}:1", hint=hint)
