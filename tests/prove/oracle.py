"""What must be so at the end, told by the test's own notes and by the org's tables and audit.

Never by our ledger: of it is asked only that it opens.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from sync_house import RUNNER, House

from practice_org.tables import find_rows

# As rows and as CSV say it.
_TRUE = (True, "true")


@dataclass(frozen=True, slots=True)
class Sown:
    """What a scene put into the world.

    `records` are the live records of each person; `out` who is opted out on one side at least
    before anything runs; `asking` who may be opted out while it runs; `covered` whom a resubscribe
    covers, all of them or nobody.
    """

    records: dict[str, list[str]]
    out: list[str]
    asking: list[str]
    covered: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Whose opt-out was acknowledged, and whose resubscribe was, with no opt-out after it."""

    out: Collection[str]
    resubscribed: Collection[str] = ()


def verdict(house: House, sown: Sown, acked: Acknowledged) -> list[str]:
    """Each sentence says what is wrong; empty when nothing is."""
    must, may = {*sown.out, *acked.out}, {*sown.out, *sown.asking}
    wrong = [f"{each} asked, and {what}" for each in sorted(must)
             for what in _not_out(house, sown, each)]  # fmt: skip
    wrong += [f"{each} never asked, and is opted out" for each in sorted(sown.records.keys() - may)
              if _is_out(house, sown, each)]  # fmt: skip
    allowed = {record for each in may for record in sown.records.get(each, [])}
    clear = {record for each in sown.covered for record in sown.records[each]}
    return [*wrong, *_halves(house, sown, acked), *_wrong_writes(house, allowed, clear),
            *_unsound(house)]  # fmt: skip


def _halves(house: House, sown: Sown, acked: Acknowledged) -> list[str]:
    """A resubscribe is whole, or it is not; one that was confirmed stands."""
    out = [each for each in sown.covered if _is_out(house, sown, each)]
    told = [f"{each} was resubscribed, and is opted out" for each in out
            if each in acked.resubscribed]  # fmt: skip
    halves = [what for each in sown.covered for what in _not_out(house, sown, each)]
    return told + (halves if out else [])


def _not_out(house: House, sown: Sown, person: str) -> list[str]:
    found = (
        [] if house.is_known(person) and house.out(person) else ["is not out on the people side"]
    )
    return found + [
        f"{r} is not ticked" for r in sown.records.get(person, []) if not house.ticked(r)
    ]


def _is_out(house: House, sown: Sown, person: str) -> bool:
    known = house.is_known(person) and house.out(person)
    return known or any(house.ticked(each) for each in sown.records[person])


def _wrong_writes(house: House, allowed: set[str], clear: set[str]) -> list[str]:
    """The runner ticks boxes of those who asked, each once, and clears those of a resubscribe."""
    told = changes(house)
    bad = [f"the runner wrote {c.field} = {c.after} into {c.record}" for c in told
           if "OptedOut" not in c.field or not (_ticks(c) or c.record in clear)]  # fmt: skip
    bad += [f"the runner ticked {c.record}, which nobody asked for" for c in told
            if c.record not in allowed and _ticks(c)]  # fmt: skip
    real = Counter((c.record, c.field) for c in told if _ticks(c) and c.before not in _TRUE)
    return bad + [f"{r} was changed {n} times" for (r, _), n in sorted(real.items()) if n > 1]


def _ticks(change: Change) -> bool:
    return change.after in _TRUE


@dataclass(frozen=True, slots=True)
class Change:
    """One value that the runner wrote; `before` None when nobody had written one."""

    record: str
    field: str
    before: object
    after: object


def changes(house: House) -> list[Change]:
    """What the runner wrote into records of persons, by the org's audit."""
    runner = find_rows(house.org, "User", Username=RUNNER)[0]["Id"]
    rows = house.org.db.execute(
        "SELECT * FROM audit WHERE subject IN ('Contact', 'Lead', 'Account') ORDER BY number"
    )
    now: dict[tuple[str, str], object] = {}
    told = []
    for row in rows:
        for name, value in json.loads(row["changes"]).items():
            place = row["record_id"], name
            if row["user_id"] == runner:
                told.append(Change(*place, now.get(place), value))
            now[place] = value
    return told


def _unsound(house: House) -> list[str]:
    if house.ledger.engine.dialect.name != "sqlite":
        return []  # a server's files are its own to look at
    with house.ledger.engine.connect() as db:
        said = db.exec_driver_sql("PRAGMA integrity_check").scalar()
    return [] if said == "ok" else [f"the ledger is broken: {said}"]
