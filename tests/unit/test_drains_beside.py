"""Drains side by side: one that is told to end, and one that another waits for."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import func, select
from store_kinds import BOTH

from sync.drain import drain
from sync.ledger.claims import claim_due
from sync.ledger.events import Selector
from sync.ledger.ledger import Ledger
from sync.ledger.tables import TARGETS
from sync.ledger.targets import Outcome, Side, TargetState, tell
from sync.pushing import OTHERS_S, wait_for_others
from sync.spread import spread_events

pytestmark = BOTH

BOTH, MANY = 2, 50


class Napping:
    """The house's clock; somebody else works while its owner sleeps."""

    def __init__(self, clock, meanwhile) -> None:
        self._clock, self._meanwhile = clock, meanwhile
        self.now, self.monotonic_s = clock.now, clock.monotonic_s

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        self._meanwhile()


def beside(house, meanwhile=lambda: None) -> Ledger:
    return Ledger(house.ledger.engine, Napping(house.clock, meanwhile))


def claimed(house) -> int:
    with house.ledger.engine.begin() as db:
        return db.scalar(select(func.count()).where(TARGETS.c.claim.is_not(None)))


@pytest.mark.parametrize("lots", range(6))
def test_a_drain_told_to_end_finishes_its_lot_and_keeps_nothing_for_itself(house, lots):
    contacts = [house.contact() for _ in range(3)]
    events = [house.accept(Selector.SALESFORCE, each) for each in contacts]
    asked = count()
    drain(house.ledger, house.people, house.open_org, "w", lambda: next(asked) < lots)
    assert claimed(house) == 0
    house.drain()
    assert all(house.settled(event) for event in events)


class Streaming:
    """A people store at which one more event arrives each time it is asked."""

    def __init__(self, house) -> None:
        self._house, self._people, self.arrived = house, house.people, 0

    def __getattr__(self, name):
        if name == "holders" and self.arrived < MANY:
            self.arrived += 1
            self._house.accept(Selector.SALESFORCE, self._house.contact())
        return getattr(self._people, name)


def test_a_steady_stream_does_not_hold_up_what_came_first(house):
    first = house.accept(Selector.SALESFORCE, house.contact())
    house.people = Streaming(house)
    house.drain()
    assert house.settled(first)
    assert house.people.arrived < MANY


def in_other_hands(house) -> tuple[int, list]:
    """An event whose targets another drain has claimed, and those."""
    event = house.accept(Selector.SALESFORCE, house.contact())
    spread_events(house.ledger, house.people)
    targets = [t for side in Side for t in claim_due(house.ledger, side, "other", 10)]
    assert len(targets) == BOTH
    return event, targets


def test_what_another_drain_has_in_its_hands_is_waited_for(house):
    event, targets = in_other_hands(house)
    done = [(target, Outcome(TargetState.DONE)) for target in targets]
    ledger = beside(house, lambda: tell(house.ledger, "other", done))
    assert wait_for_others(ledger, {event})
    assert house.settled(event)


def test_what_another_drain_does_not_finish_is_not_waited_for_long(house):
    event, _ = in_other_hands(house)
    begun = house.clock.monotonic_s()
    assert wait_for_others(beside(house), {event})
    assert house.clock.monotonic_s() - begun <= OTHERS_S + 1


def test_nobody_waits_for_what_others_do_for_others(house):
    in_other_hands(house)
    mine = house.accept(Selector.SALESFORCE, house.contact())
    assert not wait_for_others(beside(house), {mine})
