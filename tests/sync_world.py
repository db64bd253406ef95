"""A world for the machines of the sync's laws: what people, administrators and faults do to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from org_clock import OrgClock
from org_copy import copy_of
from sync_house import Away, House
from sync_oracle import Oracle
from sync_stores import Stores
from walk import StepClock

from practice_org.wire import OrgError, Request, Response
from sync.ledger.events import Selector
from sync.people.model import Person

PEOPLE = ("ann", "bob", "cleo", "dan")
ADDRESSES = ("one@example.com", "two@example.com")
NOBODYS = "three@example.com"
CONTACTS, LEADS = 4, 2
FAULTS = (
    ("collections.update", "DROP_AFTER"),
    ("collections.update", "DROP_BEFORE"),
    ("collections.update", "HTML_503"),
    ("collections.update", "MISSING_ROW"),
    ("collections.update", "MISSING_ROW"),
    ("record.update", "UNABLE_TO_LOCK_ROW"),
    ("record.update", "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
    ("rest", "TRUNCATED"),
    ("rest", "INVALID_SESSION_ID"),
    ("query.row", "LATE_VISIBLE:30"),
)
persons = st.sampled_from(PEOPLE)
numbers = st.integers(0, 11)


class Killed(BaseException):
    """The runner died there and then; nothing of ours may catch this."""


@dataclass(frozen=True, slots=True)
class Death:
    """The runner dies at a request of this method ("" for any), before the org hears it or after.

    `after` so many others.
    """

    method: str
    after: int
    is_heard: bool


class HeardHouse(House):
    """A house whose every request is written down, and whose runner may die at one."""

    heard: list[str]
    death: Death | None = None

    def answer(self, asked: Request) -> Response:
        dies = self._dies_now(asked.method)
        if dies and not dies.is_heard:
            raise Killed
        said = super().answer(asked)
        self.heard.append(f"{asked.method} {asked.path} {asked.query} {asked.body!r} {said.status}")
        if dies:
            raise Killed
        return said

    def _dies_now(self, method: str) -> Death | None:
        death = self.death
        if death is None or not method.startswith(death.method):
            return None
        self.death = replace(death, after=death.after - 1) if death.after else None
        return None if death.after else death


class World(RuleBasedStateMachine):
    """Four people, six records or more; whatever happens, opt-outs win and nothing else is written.

    `seeded` is the org to copy, `stores` are new; `traces` gets what each example asked of the org.
    """

    seeded = None
    stores: Stores
    traces: list[list[str]]
    clock = StepClock

    def __init__(self):
        super().__init__()
        self.house = self.open_house()
        self.store = self.house.people
        self.house.heard = []
        records = [self.house.contact() for _ in range(CONTACTS)]
        records += [self.house.lead() for _ in range(LEADS)]
        self.oracle = Oracle(self.house, self.store, records)

    def open_house(self) -> HeardHouse:
        """A house of this example's own."""
        clock = OrgClock()
        org = copy_of(self.seeded, clock, seed=3)
        for sobject in ("Contact", "Lead"):
            org.db.execute(f'UPDATE "{sobject}" SET "HasOptedOutOfEmail" = 0')  # noqa: S608 - ours
        step = self.clock(clock)
        return HeardHouse(*self.stores.anew(step), org, step, count())

    def teardown(self):
        try:
            if self.oracle.joined:
                self.house.clear_faults()
                self.settle()
        finally:
            self.traces.append(self.house.heard)
            self.store.close()
            self.house.ledger.close()
            self.house.org.db.close()

    def settle(self):
        """Nothing goes wrong any more: what is owed is done."""
        raise NotImplementedError

    # Who is opted out by whom -----------------------------------------------------------------

    @initialize(seed=st.integers(0, 2**32 - 1))
    def people_hold_records(self, seed):
        draw = Random(seed)  # noqa: S311 - a test's own
        people = []
        for person in PEOPLE:
            ids = sorted(draw.sample(self.oracle.records, draw.choice((0, 0, 1, 2))))
            people.append(Person(person, draw.choice(ADDRESSES), tuple(ids)))
            self.oracle.joined.append({person, *ids})
        self.store.add(*people)

    @rule(person=persons)
    def a_person_unsubscribes(self, person):
        self.house.accept(Selector.PERSON, person)
        self.oracle.owe({person})

    @rule(address=st.sampled_from((*ADDRESSES, NOBODYS)))
    def an_address_unsubscribes(self, address):
        self.house.accept(Selector.EMAIL, address.upper())
        self.oracle.addressed.add(address)

    @rule(number=numbers)
    def a_record_is_named(self, number):
        record = self._record(number)
        self.house.accept(Selector.SALESFORCE, record)
        self.oracle.owe({record})

    @rule(person=persons)
    def the_people_side_marks_somebody(self, person):
        self.store.mark([self.house.mark_of(person)])
        self.oracle.asked.add(person)
        self.oracle.stays.add(person)

    @rule(person=persons)
    def somebody_clears_a_person_by_hand(self, person):
        if self.house.out(person):
            self.oracle.clears(person)
            self.store.clear(person, self.house.clock.now(), "asked by phone", "ada")

    @rule(number=numbers, value=st.sampled_from((True, True, False)))
    def somebody_edits_the_box(self, number, value):
        record = self._record(number)
        if record not in self.oracle.dead:
            self.oracle.undone(record)
            self.house.tick(record, value=value)
            self.oracle.asked |= {record} if value else set()

    # Who is joined to whom --------------------------------------------------------------------

    @rule(person=persons, address=st.sampled_from(ADDRESSES))
    def a_person_gets_another_address(self, person, address):
        self.store.add(Person(person, address))

    @rule(person=persons, number=numbers)
    def a_person_gets_another_record(self, person, number):
        self.oracle.hold(person, self._record(number))

    @precondition(lambda self: self.oracle.waiting)
    @rule(number=numbers)
    def who_waited_gets_a_record(self, number):
        self.oracle.hold(min(self.oracle.waiting), self._record(number))

    @rule(winner=numbers, loser=numbers)
    def two_contacts_are_merged(self, winner, loser):
        live = self.oracle.live_contacts()
        winner, loser = live[winner % len(live)], live[loser % len(live)]
        if winner != loser:
            with suppress(OrgError):  # a fault can befall an administrator, too
                self.house.merge(winner, loser)
                self.oracle.dies(loser, winner)

    @rule(lead=numbers, contact=numbers, into=st.booleans())
    def a_lead_is_converted(self, lead, contact, into):
        leads = [each for each in self.oracle.records if each.startswith("00Q")]
        lead, live = leads[lead % len(leads)], self.oracle.live_contacts()
        if lead not in self.oracle.dead:
            with suppress(OrgError):
                contact = self.house.convert(lead, live[contact % len(live)] if into else "")
                self.oracle.records += [contact] if not into else []
                self.oracle.dies(lead, contact)

    @rule(number=numbers)
    def a_record_is_deleted(self, number):
        record = self._record(number)
        if record not in self.oracle.dead and self.oracle.live_contacts() != [record]:
            with suppress(OrgError):
                self.house.delete(record)
                self.oracle.dies(record, "")

    @precondition(lambda self: self.oracle.binned())
    @rule(number=numbers)
    def a_record_is_undeleted(self, number):
        binned = self.oracle.binned()
        with suppress(OrgError):
            self.house.undelete(binned[number % len(binned)])
            self.oracle.lives_again(binned[number % len(binned)])

    # What the runner does, and what befalls it ------------------------------------------------

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def something_goes_wrong(self, fault, times):
        self.house.fault(*fault, times=times)

    @rule(minutes=st.sampled_from((0, 1, 10)))
    def a_drain(self, minutes):
        self.house.clock.sleep(minutes * 60)
        self.house.drain()
        self.oracle.looked_up()

    @rule()
    def a_drain_while_the_people_side_is_away(self):
        self.house.people = Away(self.store)
        self.house.drain()
        self.house.people = self.store
        self.oracle.fresh.clear()

    @rule(is_heard=st.booleans())
    def a_drain_dies_as_it_writes(self, is_heard):
        self.house.death = Death("PATCH", 0, is_heard)
        with suppress(Killed):
            self.house.drain()
        self.house.death = None
        self.oracle.looked_up()

    # What must be so --------------------------------------------------------------------------

    @invariant()
    def nobody_but_a_person_opts_anybody_in(self):
        assert self.house.opt_ins() == 0
        assert self.oracle.stays <= self.oracle.out()

    @invariant()
    def nobody_is_opted_out_who_was_never_joined_to_one_who_asked(self):
        assert self.oracle.over_reached() == set()

    def _record(self, number: int) -> str:
        return self.oracle.records[number % len(self.oracle.records)]
