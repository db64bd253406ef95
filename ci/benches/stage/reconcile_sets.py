"""What a night compares, as files: opted-out ids of both sides, and who holds what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

OUT = 0.05
"""Share of the people who are opted out, on each side."""
APART = 0.003
"""Share of the people who are so on one side only, on each."""
A_PAGE = 250_000
# Ids that are nobody's in the org; without capitals, an id ends in AAA.
_ID = "'003' || lpad(n::VARCHAR, 12, '0') || 'AAA'"
# As a bulk query answers: everything in quotes, empty where there is nothing.
_ORG_ROW = f"""
SELECT {_ID} AS "Id", 'false' AS "IsDeleted", '' AS "MasterRecordId",
       '2026-11-01T00:00:00.000Z' AS "SystemModstamp"
FROM range({{first}}, {{end}}) t(n)
"""  # noqa: S608 - numbers
# The people side keeps its own order, which is none to the org.
_PEOPLE_ROW = f"""
SELECT 'person-' || n AS person_id, {_ID} AS salesforce_id
FROM range({{first}}, {{end}}) t(n) ORDER BY hash(n)
"""  # noqa: S608 - numbers
_CHECK = """
SELECT count(*), count(DISTINCT key), min(n), max(n)
FROM (SELECT key, regexp_extract(key, '^(003|person-)([0-9]+)(AAA)?$', 2)::BIGINT AS n
      FROM read_csv(?, header = false, columns = {'key': 'VARCHAR'}))
"""


@dataclass(frozen=True, slots=True)
class Sets:
    """Written out in `folder`: org/page-*.csv, people.csv, and holders.csv.

    The last are the holders of records that are opted out in the org alone. Everybody from 0 to
    `out` is opted out on the people side, everybody from `apart` to `out + apart` in the org.
    """

    folder: Path
    people: int

    @property
    def out(self) -> int:
        return round(self.people * OUT)

    @property
    def apart(self) -> int:
        return round(self.people * APART)

    def write(self) -> None:
        """All files. Errors: OSError, duckdb's for a full disk."""
        (self.folder / "org").mkdir(parents=True)
        first, end = self.apart, self.out + self.apart
        for number, start in enumerate(range(first, end, A_PAGE), 1):
            file = f"org/page-{number:04}.csv"
            self._write(file, _ORG_ROW, start, min(start + A_PAGE, end), ", FORCE_QUOTE *")
        self._write("people.csv", _PEOPLE_ROW, 0, self.out)
        self._write("holders.csv", _PEOPLE_ROW, self.out, end)

    def _write(self, file: str, row: str, first: int, end: int, options: str = "") -> None:
        select = row.format(first=first, end=end)
        with duckdb.connect(config={"threads": 2}) as db:
            db.execute(f"COPY ({select}) TO '{self.folder / file}' (HEADER{options})")

    def check(self, made: Path) -> None:
        """SystemExit unless the lists in this folder are the right ones."""
        wanted = {
            "to_org.csv": (self.apart, self.apart, 0, self.apart - 1),
            "to_people.csv": (self.apart, self.apart, self.out, self.out + self.apart - 1),
        }
        with duckdb.connect() as db:
            for name, right in wanted.items():
                found = db.execute(_CHECK, [str(made / name)]).fetchone()
                if found != right:
                    raise SystemExit(f"bench: {made.name}/{name} has {found}, not {right}")
