"""The end of a soak: what was put off is drained, and what became of everybody is looked up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from prove.soak_house import Soaked
from prove.soak_load import Load
from prove.soak_resubscribes import FIELDS, Resubscribes, open_writer
from sync_house import RUNNER

from deployer.clock import SystemClock
from sync.drain import drain
from sync.ledger.ledger import open_ledger
from sync.org_records import open_door

# Longer than anything is put off for.
DAYS = 3
_USERS = 'SELECT "Id", "Username" FROM "User"'
_AUDIT = "SELECT record_id, user_id, changes FROM audit ORDER BY number"


class Ahead(SystemClock):
    """The machine's clock as it will be."""

    def __init__(self, days: int) -> None:
        self.ahead = timedelta(days=days)

    def now(self):
        return super().now() + self.ahead


def drain_the_rest(house: Soaked) -> None:
    """What a server does on the days after."""
    with open_writer() as writer:
        for days in range(1, DAYS + 1):
            clock = Ahead(days)
            ledger = open_ledger(house.store.ledger, clock)
            people = house.store.open_people(clock)
            drain(ledger, people, lambda: open_door(writer), f"end-{days}")
            people.close()
            ledger.close()


def look(house: Soaked, load: Load, again: Resubscribes) -> Iterator[str]:
    """What is wrong, by the org's own tables and audit and by the people's."""
    names = {record: number for number, record in enumerate(load.records)}
    ticked = {
        names[record]
        for (record,) in house.rows('SELECT "Id" FROM "Contact" WHERE "HasOptedOutOfEmail"')
        if record in names
    }
    people = house.store.open_people(SystemClock())
    out = {int(each.person_id.partition("-")[2]) for each in people.opted_out()}
    people.close()
    wanted = load.acked - again.cleared
    for side, found in (("in the org", ticked), ("on the people side", out)):
        yield from _differences(side, wanted - found, found - wanted)
    yield from _writes(house, {load.records[number] for number in again.cleared})
    if house.open_events():
        yield f"{house.open_events()} events are not settled"


def _differences(side: str, lost: set[int], made_up: set[int]) -> Iterator[str]:
    if lost:
        yield f"{len(lost)} acknowledged opt-outs are lost {side}: {sorted(lost)[:5]}"
    if made_up:
        yield f"{len(made_up)} are opted out {side} who should not be: {sorted(made_up)[:5]}"


def _writes(house: Soaked, cleared: set[str]) -> Iterator[str]:
    """The runner clears whom a resubscribe has cleared, and ticks nobody twice."""
    (runner,) = [each for each, name in house.rows(_USERS) if name == RUNNER]
    told = [
        (record, json.loads(changes).get(FIELDS[0]))
        for record, user, changes in house.rows(_AUDIT)
        if user == runner
    ]
    opted_in = {record for record, value in told if value in (False, 0, "false")}
    if opted_in - cleared:
        yield f"{len(opted_in - cleared)} were opted in by the runner"
    real, now = Counter(), {}
    for record, value in told:
        real[record] += value not in (False, 0, "false") and now.get(record) != value
        now[record] = value
    often = [record for record, times in real.items() if times > 1 and record not in cleared]
    if often:
        yield f"{len(often)} were ticked more than once: {often[:5]}"
