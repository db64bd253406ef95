"""Many people on both sides, some of whom differ, and faults: it ends right, and only once.

Three in a hundred differ. Records were merged and leads converted, every stamp is the same, rows
of jobs are not come to, and rows of results are left out. All of it in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import stamina
from org_clock import OrgClock
from prove.memory import peak
from prove.outcome import Outcome, Size, digest
from prove.stages import be_silent
from prove.worlds import memory_folder
from sync_house import House
from walk import StepClock

from practice_org.app import open_practice_org
from practice_org.faults.store import stored_faults
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize
from practice_org.tables import insert_many
from sync.ledger.ledger import open_ledger
from sync.people.model import Person
from sync.people.sql import open_embedded

DAY = 86_400
PEOPLE = {Size.SHORT: 200_000, Size.LONG: 2_000_000}  # on each side
DRIFT = 0.03  # of them, opted out on one side only, half on each
BOTH = 5_000  # opted out on both
MOVED = 100  # merged into another record, and as many leads that were converted
MOST_MB = 512
FAULTS = (
    ("bulk.results", "MISSING_ROW"),
    ("bulk.row", "UNABLE_TO_LOCK_ROW"),
    ("bulk.row", "UNPROCESSED"),
    ("bulk.poll", "HTML_503"),
    ("bulk.query.results", "TRUNCATED"),
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Person n holds contact n. The first are out on the people side, the next in the org, the next
    on both; of `moved` the record was merged into that of another person, who is out with them.
    """

    people: int
    moved: int = MOVED

    @property
    def apart(self) -> int:
        """How many are out on one side only, of each side."""
        return int(self.people * DRIFT / 2)

    @property
    def out(self) -> int:
        """How many of the first are out in the end, beside whom a merge joins to one of them."""
        return self.apart * 2 + BOTH

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Whose record was merged into whose: the first one's, who is out, into one who is not."""
        return ((n, self.people - 1 - n) for n in range(self.moved))

    def wanted(self) -> set[int]:
        """Who is out in the end."""
        return {*range(self.out), *(winner for _, winner in self.pairs())}


def run(seed: int, size: Size) -> Outcome:
    """Two nights: the first is approved with faults on, the second finds nothing to write."""
    be_silent()
    crowd = Crowd(PEOPLE[size])
    with memory_folder() as folder, stamina.set_testing(True, attempts=8, cap=True):
        house = open_world(folder, seed, crowd)
        leads = convert_leads(house, crowd)
        with peak() as grown_mb:
            for at, code in FAULTS:
                house.fault(at, code, times=2, seed=seed)
            shown = house.night()
            first = house.night(approved=shown.run_id)
            wrong = [f"{f.name} never fired" for f in stored_faults(house.org) if not f.fired]
            house.clear_faults()
            wrong += left_behind(house, crowd, leads)
            jobs = ingest_jobs(house)
            wrong += [] if jobs else ["the first night began no job"]
            house.clock.sleep(DAY)
            second = house.night()
            grown = grown_mb()
        if any(second.writes.values()) or ingest_jobs(house) != jobs:
            wrong.append(f"the second night wrote {second.writes}")
        if grown > MOST_MB:
            wrong.append(f"memory grew by {grown:.0f} MB, more than {MOST_MB}")
        close(house)
    told = [str(night.writes) for night in (shown, first, second)]
    return Outcome(crowd.people, tuple(wrong), digest(told), {"grown_mb": round(grown)})


def convert_leads(house: House, crowd: Crowd) -> list[str]:
    """Leads of people who are out there, converted since; the contacts that they became."""
    leads = [house.lead() for _ in range(crowd.moved)]
    for number, lead in enumerate(leads):
        house.person(f"{number}", lead)
    return [house.convert(lead) for lead in leads]


def merge_contacts(house: House, crowd: Crowd, ids: list[str]) -> None:
    """Merge the records of each pair; the loser's flag, if it had one, is kept by the winner."""
    for loser, winner in crowd.pairs():
        house.merge(ids[winner], ids[loser])


def open_world(folder: Path, seed: int, crowd: Crowd) -> House:
    """The crowd on both sides, merged where it was."""
    clock = OrgClock()
    org = open_practice_org(folder / "org.sqlite", clock, seed=seed)
    seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=3)))
    step = StepClock(clock)
    with org.transaction():
        flags = (crowd.apart <= number < crowd.out for number in range(crowd.people))
        rows = ({"LastName": "Moss", "HasOptedOutOfEmail": flag} for flag in flags)
        insert_many(org, "Contact", rows)
    store = open_embedded(folder / "people.sqlite", step)
    ids = [row[0] for row in org.db.execute('SELECT "Id" FROM "Contact" ORDER BY rowid')]
    everybody = (
        Person(str(n), "", (each,), _out_there(crowd, n), step.now()) for n, each in enumerate(ids)
    )
    store.join(everybody, lambda _told, _change: None)
    house = House(open_ledger(folder / "ledger.sqlite", step), store, org, step, count())
    merge_contacts(house, crowd, ids)
    return house


def _out_there(crowd: Crowd, number: int) -> bool:
    return number < crowd.apart or crowd.apart * 2 <= number < crowd.out


def left_behind(house: House, crowd: Crowd, converted: list[str]) -> Iterator[str]:
    """What the two sides are not, and should be."""
    wanted = crowd.wanted()
    out = {int(person.person_id) for person in house.people.opted_out()}
    asked = 'SELECT "HasOptedOutOfEmail", "IsDeleted" FROM "Contact" ORDER BY rowid'
    rows = list(islice(house.org.db.execute(asked), crowd.people))
    ticked = {number for number, (flag, dead) in enumerate(rows) if flag and not dead}
    live = wanted - {loser for loser, _ in crowd.pairs()}
    for side, found, due in (("people", out, wanted), ("org", ticked, live)):
        if found != due:
            lost, made_up = len(due - found), len(found - due)
            yield f"{side}: {lost:,} opt-outs lost, {made_up:,} made up"
    left = [each for each in converted if not house.ticked(each)]
    if left:
        yield f"{len(left):,} contacts that were leads are not ticked"
    if len(rows) != crowd.people:
        yield f"{len(rows):,} records, not {crowd.people:,}"


def ingest_jobs(house: House) -> int:
    """How many jobs that write the org has been given."""
    asked = "SELECT count(*) FROM bulk_job WHERE kind = 'V2Ingest'"
    return int(house.org.db.execute(asked).fetchone()[0])


def close(house: House) -> None:
    """Let go of every file."""
    house.people.close()
    house.ledger.close()
    house.org.db.close()
