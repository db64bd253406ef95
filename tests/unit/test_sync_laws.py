"""Laws of the sync under every interleaving: edits of both sides, deaths, faults, drains, nights.

The oracle is what the test itself did and the org's own tables and audit, never our ledger.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
import stamina
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from org_clock import OrgClock
from sync_house import House
from walk import StepClock

from deployer.errors import OptoutError
from practice_org.app import open_practice_org
from practice_org.wire import OrgError
from sync.ledger.events import Selector
from sync.ledger.ledger import open_ledger
from sync.people.sql import open_embedded

PEOPLE = ("ann", "bob", "cleo", "dan")
RECORDS = 6  # the last two are leads
DAY = 86_400
FAULTS = (
    ("collections.update", "DROP_AFTER"),
    ("collections.update", "DROP_BEFORE"),
    ("collections.update", "HTML_503"),
    ("collections.update", "MISSING_ROW"),
    ("record.update", "UNABLE_TO_LOCK_ROW"),
    ("record.update", "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
    ("rest", "TRUNCATED"),
    ("rest", "INVALID_SESSION_ID"),
    ("query.row", "LATE_VISIBLE:30"),
)


class Interleaving(RuleBasedStateMachine):
    """Four people, six records; whatever happens, opt-outs win and nothing else is written."""

    seeded = None

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        home, clock = Path(self.folder.name), OrgClock()
        org = open_practice_org(":memory:", clock, seed=3)
        self.seeded.db.backup(org.db)
        for sobject in ("Contact", "Lead"):
            org.db.execute(f'UPDATE "{sobject}" SET "HasOptedOutOfEmail" = 0')  # noqa: S608 - ours
        step = StepClock(clock)
        ledger = open_ledger(home / "ledger.sqlite", step)
        people = open_embedded(home / "people.sqlite", step)
        self.house = House(ledger, people, org, step, count())
        self.records = [self.house.contact() for _ in range(RECORDS - 2)]
        self.records += [self.house.lead() for _ in range(2)]
        self.dead: dict[str, str] = {}  # record -> what it became, "" for deleted
        self.asked: set[str] = set()  # persons and records that somebody opted out
        self.joined: list[set[str]] = []  # whatever was one person at any time

    def teardown(self):
        try:
            self.settle()
        finally:
            self.house.people.close()
            self.house.ledger.close()
            self.house.org.db.close()
            self.folder.cleanup()

    # What happens ---------------------------------------------------------------------------

    @initialize(seed=st.integers(0, 2**32 - 1))
    def people_hold_records(self, seed):
        draw = Random(seed)  # noqa: S311 - a test's own
        for person in PEOPLE:
            ids = sorted(draw.sample(self.records, draw.randint(0, 2)))
            self.house.person(person, *ids)
            self.joined.append({person, *ids})
        self.house.adopt()

    @rule(person=st.sampled_from(PEOPLE))
    def a_person_unsubscribes(self, person):
        self.house.accept(Selector.PERSON, person)
        self.asked.add(person)

    @rule(person=st.sampled_from(PEOPLE))
    def the_people_side_marks_somebody(self, person):
        self.house.people.mark([self.house.mark_of(person)])
        self.asked.add(person)

    @rule(number=st.integers(0, RECORDS - 1))
    def somebody_ticks_the_box(self, number):
        record = self.records[number]
        if record not in self.dead:
            self.house.tick(record)
            self.asked.add(record)

    @rule(pair=st.permutations(range(RECORDS - 2)))
    def two_contacts_are_merged(self, pair):
        winner, loser = self.records[pair[0]], self.records[pair[1]]
        if winner not in self.dead and loser not in self.dead:
            with suppress(OrgError):  # a fault can befall an administrator, too
                self.house.merge(winner, loser)
                self.dead[loser] = winner
                self.joined.append({winner, loser})

    @rule(number=st.integers(RECORDS - 2, RECORDS - 1))
    def a_lead_is_converted(self, number):
        lead = self.records[number]
        if lead not in self.dead:
            with suppress(OrgError):
                contact = self.house.convert(lead)
                self.dead[lead] = contact
                self.joined.append({lead, contact})

    @rule(number=st.integers(0, RECORDS - 1))
    def a_record_is_deleted(self, number):
        record = self.records[number]
        if record not in self.dead:
            with suppress(OrgError):
                self.house.delete(record)
                self.dead[record] = ""

    @rule(number=st.integers(0, RECORDS - 1))
    def a_record_is_undeleted(self, number):
        record = self.records[number]
        if record in self.dead and record.startswith("003"):
            with suppress(OrgError):
                self.house.undelete(record)
                del self.dead[record]

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def something_goes_wrong(self, fault, times):
        self.house.fault(*fault, times=times)

    @rule(minutes=st.integers(0, 60))
    def a_drain(self, minutes):
        self.house.clock.sleep(minutes * 60)
        self.house.drain()

    @rule()
    def a_night(self):
        self.house.clock.sleep(DAY)
        try:
            self.house.night()
        except OptoutError:
            self.house.clock.sleep(600)  # the lease of a night that failed runs out

    # What must be so ------------------------------------------------------------------------

    @invariant()
    def the_runner_never_opts_anybody_in(self):
        assert self.house.opt_ins() == 0

    @invariant()
    def nobody_is_opted_out_who_was_never_joined_to_one_who_asked(self):
        allowed = self._closure(self.joined)
        out = {
            person for person in PEOPLE if self.house.is_known(person) and self.house.out(person)
        }
        ticked = {
            each for each in self.records if each not in self.dead and self.house.ticked(each)
        }
        assert out | ticked <= allowed

    def settle(self):
        """Once nothing goes wrong any more, everybody who asked is out on both sides."""
        if not self.joined:
            return
        self.house.clear_faults()
        for _ in range(2):
            self.house.clock.sleep(DAY)
            self.house.drain()
            self.house.night()
        # A person and the live records that theirs live on as; what nobody holds takes no part.
        now = [{self._last(each) or each for each in group} for group in self.joined[: len(PEOPLE)]]
        asked = {self._last(each) or each for each in self.asked}
        for each in self._closure(now, asked) & set().union(*now) - set(self.dead):
            assert self.house.out(each) if each in PEOPLE else self.house.ticked(each)
        self.house.clock.sleep(DAY)
        assert self.house.night().writes == {"salesforce": 0, "people": 0}

    def _last(self, record):
        """The live record this one lives on as, "" when there is none."""
        seen = set()
        while record in self.dead and record not in seen:
            seen.add(record)
            record = self.dead[record]
        return record if record not in self.dead else ""

    def _closure(self, groups, asked=None):
        found = set(self.asked if asked is None else asked)
        while grown := {each for group in groups if group & found for each in group} - found:
            found |= grown
        return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_opt_outs_win_under_every_interleaving(seeded):
    Interleaving.seeded = seeded
    with stamina.set_testing(True, attempts=2, cap=True):
        run_state_machine_as_test(
            Interleaving,
            settings=settings(
                max_examples=12, stateful_step_count=18, phases=(Phase.generate, Phase.shrink)
            ),
        )
