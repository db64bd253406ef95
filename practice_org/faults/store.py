"""The faults that are switched on, kept in the org's own file with what they have counted."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields

from practice_org.faults.catalogue import CODES
from practice_org.faults.codes import Code, Number
from practice_org.faults.places import PLACES
from practice_org.faults.sorts import Sort
from practice_org.org import Org
from practice_org.wire import OrgError

_TABLE = """
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, code TEXT NOT NULL,
    number REAL NOT NULL, only TEXT NOT NULL, every INTEGER NOT NULL, after INTEGER NOT NULL,
    times INTEGER, seed INTEGER, seen INTEGER NOT NULL DEFAULT 0,
    fired INTEGER NOT NULL DEFAULT 0);
"""


@dataclass(frozen=True, slots=True)
class When:
    """Which occurrences: the first `after` pass, then each `every`-th fires, `times` in all.

    With `seed` one in `every` fires, drawn from the seed and the occurrence's number alone. `only`
    names the one record, job or object whose occurrences count.
    """

    every: int = 1
    after: int = 0
    times: int | None = None
    seed: int | None = None
    only: str = ""


@dataclass(slots=True)
class Fault:
    """One fault that is switched on; `number` is what stood after the code's colon."""

    id: int
    place: str
    code: Code
    number: float
    when: When
    seen: int = 0
    fired: int = 0

    @property
    def sorts(self) -> frozenset[Sort]:
        """What it can befall where it is."""
        return self.code.sorts & PLACES[self.place].takes

    @property
    def name(self) -> str:
        """The code's name in the catalogue."""
        return self.code.name

    def is_one_of(self, *names: str) -> bool:
        """Whether its code has one of these names."""
        return self.code.name in names

    @property
    def spelled(self) -> str:
        """The code as it was typed."""
        return f"{self.name}:{self.number:g}" if self.code.number is not Number.NONE else self.name

    def error(self, subject: str = "") -> OrgError:
        """The refusal in Salesforce's words; `subject` is the record or object it is about."""
        sentence = self.code.sentence.replace("{subject}", subject)
        return OrgError(self.code.salesforce_code, sentence, status=self.code.status)


class BadFault(OrgError):
    """A fault that cannot be; the sentence says what could."""

    def __init__(self, sentence: str) -> None:
        super().__init__("INVALID_FAULT", sentence)


def create_fault_table(org: Org) -> None:
    """Make room for faults; idempotent."""
    org.db.executescript(_TABLE)


def add_fault(org: Org, at: str, code: str, when: When | None = None) -> Fault:
    """Switch a fault on; `at` is a name of PLACES, `code` one of CODES, with its number.

    Errors: BadFault, naming what would do.
    """
    wanted, number = read_code(code)
    place, rule = _place(at, wanted), when or When()
    if rule.every < 1 or rule.after < 0 or (rule.times is not None and rule.times < 1):
        raise BadFault("every and times are 1 or more, after is 0 or more")
    values = (place, wanted.name, number, rule.only, rule.every, rule.after, rule.times, rule.seed)
    made = org.db.execute(
        "INSERT INTO fault (place, code, number, only, every, after, times, seed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    return Fault(int(made.lastrowid or 0), place, wanted, number, rule)


def read_code(typed: str) -> tuple[Code, float]:
    """The code and the number of NAME or NAME:NUMBER, in any case. Errors: BadFault."""
    name, _, number = typed.partition(":")
    known = {known.lower(): code for known, code in CODES.items()}
    code = known.get(name.strip().lower())
    if code is None:
        raise BadFault(f"there is no code {name}; the codes are: {', '.join(sorted(CODES))}")
    if number and code.number is Number.NONE:
        raise BadFault(f"{code.name} takes no number")
    if not number and code.number is Number.SECONDS:
        raise BadFault(f"say how many seconds: {code.spelled}")
    try:
        read = float(number or 0)
    except ValueError:
        read = -1.0
    if not 0 <= read <= 86_400_000:
        raise BadFault(f"{number} is no number of {code.number.name.lower()}")
    return code, read


def _place(at: str, code: Code) -> str:
    place = PLACES.get(at)
    if place is None:
        raise BadFault(f"there is no place {at}; the places are: {', '.join(PLACES)}")
    if not place.takes & code.sorts:
        fitting = ", ".join(name for name, known in PLACES.items() if known.takes & code.sorts)
        raise BadFault(f"{code.name} makes no sense at {at}; it does at: {fitting}")
    return at


def stored_faults(org: Org) -> list[Fault]:
    """Every fault in the order they were added, as last written."""
    return [_fault(row) for row in org.db.execute("SELECT * FROM fault ORDER BY id")]


def write_counts(org: Org, fault: Fault) -> None:
    """Keep what this fault has counted."""
    org.db.execute(
        "UPDATE fault SET seen = ?, fired = ? WHERE id = ?", (fault.seen, fault.fired, fault.id)
    )


def delete_faults(org: Org, fault_id: int | None = None) -> int:
    """Forget one fault, or all of them; how many there were."""
    done = org.db.execute("DELETE FROM fault WHERE ? IS NULL OR id = ?", (fault_id, fault_id))
    return done.rowcount


def _fault(row: sqlite3.Row) -> Fault:
    when = When(**{field.name: row[field.name] for field in fields(When)})
    code = CODES[row["code"]]
    return Fault(row["id"], row["place"], code, row["number"], when, row["seen"], row["fired"])
