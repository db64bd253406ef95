"""Both lists of differences by the night's own engine: FOLDER of the sets, FOLDER for the lists."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from deployer.salesforce.bulk_csv import read_rows
from deployer.settings.record_ids import to_18
from sync.reconcile import Reached, Sides


def main(read: Path, made: Path) -> None:
    """As sync.night.comparing does it, with files in the place of the org and the people side."""
    sides = Sides(made / "work.duckdb")
    for page in sorted((read / "org").glob("page-*.csv")):
        rows = read_rows(page)
        sides.add_flagged((str(to_18(row["Id"])), row["IsDeleted"] == "false") for row in rows)
    sides.add_people(_people(read / "people.csv", out=True))
    sides.close_over(_holders(read / "holders.csv"))
    for name, keys in (("to_org.csv", sides.to_org()), ("to_people.csv", sides.to_people())):
        with (made / name).open("w") as file:
            file.writelines(f"{key}\n" for key in keys)
    sides.close()


def _people(file: Path, *, out: bool) -> Iterator[Reached]:
    with file.open(newline="") as text:
        lines = csv.reader(text)
        next(lines)
        for person_id, salesforce_id in lines:
            yield Reached(person_id, (salesforce_id,), out)


def _holders(file: Path) -> Callable[[Collection[str]], Iterable[Reached]]:
    """Who holds one of these ids; who is opted out is known by then, and not told again."""
    held = {
        i: person.person_id for person in _people(file, out=False) for i in person.salesforce_ids
    }
    return lambda ids: [Reached(held[each], (each,), out=False) for each in ids if each in held]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
