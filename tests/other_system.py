"""The system whose export the `files` people store reads: it takes changes in and exports people.

Written from what the documentation says of both files, not from the code under test.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

COLUMNS = ("person_id", "email", "salesforce_id", "unsubscribed", "unsubscribed_at", "source",
           "reason")  # fmt: skip


class OtherSystem:
    """Its people, and the two folders between it and us."""

    def __init__(self, folder: Path, ending: str = "csv") -> None:
        self.input = folder / f"export.{ending}"
        self.output = folder / "changes"
        self.people: dict[str, dict] = {}
        self.ids: dict[str, set[str]] = {}
        self._taken: set[str] = set()
        self.export()

    def take_in(self) -> None:
        """Do what the new files of changes say, the oldest first."""
        for file in self.files():
            if file.name not in self._taken:
                self._taken.add(file.name)
                with file.open(encoding="utf-8", newline="") as text:
                    for row in csv.DictReader(text):
                        self._take({name: unquoted(cell) for name, cell in row.items()})

    def files(self) -> list[Path]:
        return sorted(self.output.glob("changes-*.csv"))

    def rows(self) -> list[dict[str, str]]:
        """All rows of all files of changes."""
        texts = [file.open(encoding="utf-8", newline="") for file in self.files()]
        rows = [row for text in texts for row in csv.DictReader(text)]
        for text in texts:
            text.close()
        return rows

    def _take(self, row: dict[str, str]) -> None:
        person = self.people.setdefault(row["person_id"], dict.fromkeys(COLUMNS, ""))
        person["email"] = row["email"] or person["email"]
        self.ids.setdefault(row["person_id"], set()).add(row["salesforce_id"])
        if row["unsubscribed"] == "true":
            earlier = (
                person["unsubscribed_at"] and person["unsubscribed_at"] <= row["unsubscribed_at"]
            )
            if not earlier:
                person.update({name: row[name] for name in COLUMNS[3:]})

    def put(self, person_id: str, *ids: str, out: bool = False, email: str = "") -> None:
        """Somebody in that system, exported at once."""
        flag = "true" if out else ""
        self.people[person_id] = {**dict.fromkeys(COLUMNS, ""), "email": email,
                                  "unsubscribed": flag}  # fmt: skip
        self.ids[person_id] = set(ids)
        self.export()

    def export(self) -> None:
        """Write everybody, and put the file in its place whole."""
        rows = [
            {**person, "person_id": key, "salesforce_id": each,
             "unsubscribed": person["unsubscribed"] or "false"}
            for key, person in self.people.items()
            for each in self.ids[key] or {""}
        ]  # fmt: skip
        draft = self.input.with_suffix(".draft")
        (write_parquet if self.input.suffix == ".parquet" else write_csv)(draft, rows)
        draft.replace(self.input)


def unquoted(cell: str) -> str:
    quoted = cell.startswith("'") and cell.lstrip("'")[:1] in tuple("=+-@\t\r")
    return cell[1:] if quoted else cell


def write_csv(path: Path, rows: list[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as text:
        lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)


def write_parquet(path: Path, rows: list[dict]) -> None:
    cells = [tuple(row[name] for name in COLUMNS) for row in rows]
    path.touch()  # DuckDB's own opening is not heard, and the file is another system's
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE people ({', '.join(f'{name} VARCHAR' for name in COLUMNS)})")
        if cells:
            db.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", cells)
        typed = (
            "SELECT * REPLACE (unsubscribed = 'true' AS unsubscribed, "
            "TRY_CAST(unsubscribed_at AS TIMESTAMPTZ) AS unsubscribed_at) FROM people"
        )
        db.sql(typed).write_parquet(str(path))
