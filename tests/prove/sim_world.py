"""The world of the sync's laws as the simulator has it: a copy for each seed, and no Hypothesis."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from org_clock import OrgClock
from prove.fault_house import FaultHouse
from prove.model import small_org
from serve_house import Desk, make_desk, said
from sync_resubscribing import NightsAndResubscribes, PushesAndResubscribes, TickingClock
from sync_world import HeardHouse

from practice_org.app import open_practice_org
from practice_org.faults.firing import standing_faults
from sync.ledger.events import Selector
from sync.ledger.ledger import open_ledger
from sync.people.sql import open_embedded

BY_WEB = 3
_NAMES = {
    Selector.PERSON: "person_id", Selector.EMAIL: "email", Selector.SALESFORCE: "salesforce_id",
}  # fmt: skip


class SimHouse(HeardHouse, FaultHouse):
    """A house that logs in by itself; every third unsubscribe comes as a sender delivers it."""

    desk: Desk | None = None

    def accept(self, selector: Selector, selected: str, fields: tuple[str, ...] = ()) -> int:
        number = next(self.numbers)
        if number % BY_WEB:
            return super().accept(selector, selected, fields)
        self.desk = self.desk or make_desk(self.ledger, lambda: None)
        body = said(self.clock.now(), number, **{_NAMES[selector]: selected})
        for duplicate in (False, True):
            (answer,) = self.desk.post(body, number=number)
            assert (answer.status, answer.said["duplicate"]) == (202, duplicate)
        return -1


@dataclass(frozen=True, slots=True)
class Template:
    """What every schedule begins from: a sync that was adopted, its files' content, and its org.

    Engines are used again, since a new one has to learn every statement anew.
    """

    house: SimHouse
    files: dict[Path, bytes]

    def copy(self) -> SimHouse:
        """A house that begins where the template ended; one at a time."""
        for file, content in self.files.items():
            file.write_bytes(content)
            shutil.rmtree(file.parent / "runs", ignore_errors=True)
        clock = OrgClock()
        clock.move(hours=1)
        org = open_practice_org(":memory:", clock, seed=3)
        self.house.org.db.backup(org.db)
        step = TickingClock(clock)
        ledger, people = (
            replace(each, clock=step) for each in (self.house.ledger, self.house.people)
        )
        return SimHouse(ledger, people, org, step, count(1_000))


def make_template(folder: Path) -> Template:
    """Nobody is there yet, and the first run has been approved."""
    clock = TickingClock(OrgClock())
    ledger = open_ledger(folder / "ledger.sqlite", clock)
    people = open_embedded(folder / "people.sqlite", clock)
    house = SimHouse(ledger, people, small_org(), clock, count())
    house.heard = []
    house.adopt()
    people.close()
    ledger.close()
    return Template(house, {file: file.read_bytes() for file in folder.glob("*.sqlite")})


class Simulated:
    """What a schedule adds to the machines of the laws."""

    template: Template

    def __init__(self):
        self.fired: set[str] = set()
        super().__init__()

    def open_house(self, home: Path) -> SimHouse:
        del home
        return self.template.copy()

    def look(self):
        """Every law that may never be broken."""
        self.nobody_but_a_person_opts_anybody_in()
        self.nobody_is_opted_out_who_was_never_joined_to_one_who_asked()

    def something_goes_wrong(self, fault, when):
        self.house.fault(*fault, **when)

    def a_push_goes_wrong(self, number, fault, when):
        """A record is named, and the very drain that brings it there meets a fault."""
        self.a_record_is_named(number)
        self.something_goes_wrong(fault, when)
        self.a_drain(0)

    def all_is_well_again(self):
        """What was switched on is over; what fired is noted."""
        self.note_faults()
        self.house.clear_faults()

    def note_faults(self):
        standing = standing_faults(self.house.org)
        self.fired |= {f"{each.spelled} at {each.place}" for each in standing if each.fired}

    def settle(self):
        super().settle()
        self.look()

    def teardown(self):
        self.note_faults()
        super().teardown()


class DrainsAlone(Simulated, PushesAndResubscribes):
    """No night ever: what was accepted has arrived after drains."""


class NightAtLast(Simulated, NightsAndResubscribes):
    """One night after the last fault; nothing is left for a second one."""
