"""CSV as the Bulk API wants it and gives it, read and written row by row.

Source: Bulk API 2.0 and Bulk API Developer Guide, "Prepare CSV Files", "Bulk API and Bulk API 2.0
Limits and Allocations".
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deployer.salesforce.fault_table import OrgUnreachable
from deployer.state import PRIVATE_FILE, make_private_dir

# 150 MB once encoded as base64, which is how the org counts.
MOST_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file of CSV holds: its header, empty when it has none, and how many rows follow."""

    header: tuple[str, ...]
    rows: int


def shape_of(file: Path) -> Shape:
    """Read an answer through, row by row.

    Errors: OrgUnreachable for what is no whole CSV: a page of HTML, a row that is cut.
    """
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
            lines = csv.reader(text, strict=True)
            header = next(lines, [])
            if "".join(header[:1]).lstrip().startswith("<"):
                raise no_csv("a page")
            return Shape(tuple(header), sum(_whole(line, header) for line in lines if line))
    except csv.Error as broken:
        raise no_csv("a CSV that is cut or broken") from broken


def no_csv(what: str) -> OrgUnreachable:
    """The error for an answer that is not the rows that were asked for."""
    return OrgUnreachable(
        f"the org sent {what} where rows were asked for",
        hint="try again; a proxy's or a maintenance page is a usual cause",
    )


def read_rows(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a file that `shape_of` has passed, each by column name. Errors: OSError."""
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        lines = csv.reader(text, strict=True)
        header = next(lines, [])
        for line in filter(None, lines):
            yield dict(zip(header, line, strict=True))


def write_uploads(
    folder: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    most_bytes: int = MOST_BYTES,
) -> list[Path]:
    """Write rows into as many files as uploads need, in order; none when there are no rows.

    Each has the header, LF, and at most `most_bytes`; only the owner reads it. Errors: OSError;
    ValueError for a row that is larger alone.
    """
    make_private_dir(folder)
    files: list[Path] = []
    waiting = iter(rows)
    row = next(waiting, None)
    while row is not None:
        path = folder / f"upload-{len(files) + 1:04}.csv"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as file:
            row = _fill(file, header, row, waiting, most_bytes)
        files.append(path)
    return files


def _fill(
    file: BinaryIO,
    header: Sequence[str],
    row: Sequence[str] | None,
    waiting: Iterator[Sequence[str]],
    most_bytes: int,
) -> Sequence[str] | None:
    """Write the header and rows until the file is full; the row that found no room."""
    line = _Line()
    writer = csv.writer(line, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    size = file.write(line.encoded)
    begun = size
    while row is not None:
        writer.writerow(row)
        if size + len(line.encoded) > most_bytes:
            if size == begun:
                raise ValueError(f"one row is larger than the {most_bytes} bytes of an upload")
            return row
        size += file.write(line.encoded)
        row = next(waiting, None)
    return None


class _Line:
    """Holds the one line that csv has just made."""

    encoded = b""

    def write(self, text: str) -> None:
        self.encoded = text.encode()


def _whole(line: list[str], header: list[str]) -> bool:
    if len(line) != len(header):
        raise no_csv("a CSV with a row that is cut")
    return True
