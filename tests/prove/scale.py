"""Many people on both sides, some of whom differ, and faults: it ends right, and only once."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import stamina
from org_clock import OrgClock
from prove.outcome import Outcome, Size, digest
from prove.stages import be_silent
from prove.worlds import memory_folder
from sync_house import House
from walk import StepClock

from practice_org.app import open_practice_org
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize
from practice_org.tables import insert_many
from sync.ledger.ledger import open_ledger
from sync.people.model import Person
from sync.people.sql import open_embedded

DAY = 86_400
PEOPLE = {Size.SHORT: 200_000, Size.LONG: 2_000_000}  # on each side
APART = 3_000  # opted out on one side only, of each side
BOTH = 5_000  # opted out on both
FAULTS = (
    ("bulk.results", "MISSING_ROW"),
    ("bulk.row", "UNABLE_TO_LOCK_ROW"),
    ("bulk.poll", "HTML_503"),
    ("bulk.query.results", "TRUNCATED"),
)


def run(seed: int, size: Size) -> Outcome:
    """Two nights: the first is approved with faults on, the second finds nothing to write."""
    be_silent()
    people = PEOPLE[size]
    with memory_folder() as folder, stamina.set_testing(True, attempts=8, cap=True):
        house = open_world(folder, seed, people)
        for at, code in FAULTS:
            house.fault(at, code, times=2, seed=seed)
        shown = house.night()
        first = house.night(approved=shown.run_id)
        house.clear_faults()
        wrong = list(left_behind(house, people))
        jobs = ingest_jobs(house)
        wrong += [] if jobs else ["the first night began no job"]
        house.clock.sleep(DAY)
        second = house.night()
        if any(second.writes.values()) or ingest_jobs(house) != jobs:
            wrong.append(f"the second night wrote {second.writes}")
        close(house)
    told = [str(night.writes) for night in (shown, first, second)]
    return Outcome(people, tuple(wrong), digest(told))


def open_world(folder: Path, seed: int, people: int) -> House:
    """Person n holds contact n; the first of them are opted out here, there, and on both sides."""
    clock = OrgClock()
    org = open_practice_org(folder / "org.sqlite", clock, seed=seed)
    seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=3)))
    step = StepClock(clock)
    with org.transaction():
        flags = (APART <= number < APART * 2 + BOTH for number in range(people))
        rows = ({"LastName": "Moss", "HasOptedOutOfEmail": flag} for flag in flags)
        insert_many(org, "Contact", rows)
    store = open_embedded(folder / "people.sqlite", step)
    ids = [row[0] for row in org.db.execute('SELECT "Id" FROM "Contact" ORDER BY rowid')]
    everybody = (
        Person(str(n), "", (each,), n < APART or APART * 2 <= n < APART * 2 + BOTH, step.now())
        for n, each in enumerate(ids)
    )
    store.join(everybody, lambda _told, _change: None)
    return House(open_ledger(folder / "ledger.sqlite", step), store, org, step, count())


def left_behind(house: House, people: int) -> list[str]:
    """What the two sides are not, and should be."""
    wanted = set(range(APART * 2 + BOTH))
    out = {int(person.person_id) for person in house.people.opted_out()}
    rows = house.org.db.execute('SELECT "HasOptedOutOfEmail" FROM "Contact" ORDER BY rowid')
    flags = [bool(flag) for (flag,) in rows]
    ticked = {number for number, flag in enumerate(flags) if flag}
    wrong = [
        f"{side}: {len(wanted - found):,} opt-outs lost, {len(found - wanted):,} made up"
        for side, found in (("people", out), ("org", ticked))
        if found != wanted
    ]
    return [*wrong, *([f"{len(flags):,} records, not {people:,}"] if len(flags) != people else [])]


def ingest_jobs(house: House) -> int:
    """How many jobs that write the org has been given."""
    asked = "SELECT count(*) FROM bulk_job WHERE kind = 'V2Ingest'"
    return int(house.org.db.execute(asked).fetchone()[0])


def close(house: House) -> None:
    """Let go of every file."""
    house.people.close()
    house.ledger.close()
    house.org.db.close()
