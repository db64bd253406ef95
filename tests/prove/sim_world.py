"""The world of the sync's laws as the simulator has it: a copy for each seed, and no Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from org_clock import OrgClock
from org_copy import copy_of
from prove.fault_house import FaultHouse
from prove.model import small_org
from prove.sim_moves import AT_NIGHT
from serve_house import Desk, make_desk, said
from sync_resubscribing import NightsAndResubscribes, PushesAndResubscribes, TickingClock
from sync_stores import Stores, kept, open_stores
from sync_world import HeardHouse

from practice_org.faults.firing import standing_faults
from practice_org.org import Org
from sync.drain import Drained, drain
from sync.ledger.events import Selector
from sync.org_records import OrgDoor

BY_WEB = 3
# One schedule in so many has drains that are processes of their own, and log in each time.
ANEW = 5
_NAMES = {
    Selector.PERSON: "person_id", Selector.EMAIL: "email", Selector.SALESFORCE: "salesforce_id",
}  # fmt: skip


class SimHouse(HeardHouse, FaultHouse):
    """A house that logs in by itself; every third unsubscribe comes as a sender delivers it.

    When it `stays`, its drains are the server's, which keeps a login until something goes wrong.
    """

    desk: Desk | None = None
    stays: bool = False
    door: OrgDoor | None = None

    def drain(self) -> Drained:
        try:
            drained = drain(self.ledger, self.people, self._door, f"claim-{next(self.numbers)}")
        except BaseException:  # it died: who comes after it logs in
            self.door = None
            raise
        if drained.problems or not self.stays:
            self.door = None
        return drained

    def _door(self) -> OrgDoor:
        self.door = self.door or self.open_org()
        return self.door

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
    """What every schedule begins from: a sync that was adopted, and its org."""

    stores: Stores
    org: Org

    def copy(self) -> SimHouse:
        """A house that begins where the template ended; one at a time."""
        clock = OrgClock()
        clock.move(hours=1)
        step = TickingClock(clock)
        return SimHouse(
            *self.stores.anew(step), copy_of(self.org, clock, seed=3), step, count(1_000)
        )


def make_template(folder: Path) -> Template:
    """Nobody is there yet, and the first run has been approved."""
    clock = TickingClock(OrgClock())
    house = SimHouse(*open_stores(folder, clock), small_org(), clock, count())
    house.heard = []
    house.adopt()
    return Template(kept(house.ledger, house.people), house.org)


class Simulated:
    """What a schedule adds to the machines of the laws."""

    template: Template
    stays: bool
    turn: int  # the number of this schedule among its kind

    def __init__(self):
        self.fired: set[str] = set()
        super().__init__()

    def open_house(self) -> SimHouse:
        house = self.template.copy()
        house.stays = self.stays
        return house

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

    def last_move(self):
        """What every schedule of this kind ends with."""

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

    def a_night_goes_wrong(self, fault, when):
        """A night meets a fault that no drain can meet."""
        self.something_goes_wrong(fault, when)
        self.a_night()

    def last_move(self):
        """Chance would leave one of these faults out of twenty thousand schedules now and then."""
        self.all_is_well_again()
        self.a_night_goes_wrong(AT_NIGHT[self.turn % len(AT_NIGHT)], {"times": 1})
