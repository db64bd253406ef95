"""`export`: the store as a CSV that `import` takes back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path

from sync.people.csv_people import defuse, to_rows
from sync.people.csv_rows import COLUMNS
from sync.people.drafts import writing
from sync.people.model import Person


class Reader(Enum):
    """Who reads the file; a person's spreadsheet must not run what stands in a cell."""

    IMPORT = "import"
    PEOPLE = "people"


_CELL: dict[Reader, Callable[[str], str]] = {Reader.IMPORT: str, Reader.PEOPLE: defuse}


def export_people(people: Iterable[Person], path: Path, reader: Reader) -> int:
    """Write the people, a line for each of their ids; returns how many people.

    The file is private and there as a whole or not at all. Errors: OSError.
    """
    count = 0
    cell = _CELL[reader]
    with writing(path) as text:
        lines = csv.writer(text)
        lines.writerow(COLUMNS)
        for person in people:
            count += 1
            lines.writerows([cell(value) for value in row] for row in to_rows(person))
    return count
