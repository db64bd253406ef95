"""What a worker writes of itself, and when it calls another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.errors import TryLater
from sync.database.views import reading
from sync.drain import Drained
from sync.ledger.claims import claim_due
from sync.ledger.events import Selector
from sync.ledger.targets import LOT, Side
from sync.ledger.workers import forget_silent, workers
from sync.spread import spread_events
from sync.worker.rounds import Log, is_much


def known(ledger) -> list[tuple[str, int, int, int]]:
    with reading(ledger.engine) as db:
        return [(each.name, each.rounds, each.people, each.org) for each in workers(db)]


@pytest.fixture
def said():
    return []


@pytest.fixture
def log(house, said):
    return Log(house.ledger, said.append)


def test_what_rounds_did_is_added_up_and_said_where_it_was_something(house, log, said):
    for done in (
        Drained(200, 150, ()),
        Drained(0, 0, (TryLater("away", hint="wait"),)),
        Drained(1, 0, ()),
    ):
        log.drained(done, 1.5)
    assert known(house.ledger) == [(log.mine.name, 3, 201, 150)]
    assert said == ["drained: 200 to people, 150 to the org, 1.5 s",
                    "drained: 1 to people, 0 to the org, 1.5 s"]  # fmt: skip


def test_a_worker_that_has_ended_is_not_missed(house, log):
    log.heard()
    log.ended()
    assert known(house.ledger) == []


def test_a_worker_that_is_silent_for_long_is_forgotten_alone(house, log):
    log.heard()
    house.clock.sleep(60)
    other = Log(house.ledger, print)
    other.mine = replace(other.mine, name="other/1")
    other.heard()
    with house.ledger.engine.begin() as db:
        forget_silent(db, house.ledger.later(-30))
    assert known(house.ledger) == [("other/1", 0, 0, 0)]


@pytest.mark.parametrize(("events", "much"), [(LOT, False), (LOT + 1, True)])
def test_more_than_a_lot_of_what_is_new_is_worth_another_worker(house, events, much):
    for number in range(events):
        house.accept(Selector.PERSON, f"p{number}")
    assert is_much(house.ledger) is much


def test_what_another_one_has_in_hand_is_not(house):
    contacts = house.opted_out(LOT + 1)
    for each in contacts:
        house.accept(Selector.SALESFORCE, each)
    while spread_events(house.ledger, house.people):
        pass
    assert is_much(house.ledger)
    for side in Side:
        while claim_due(house.ledger, side, "another", LOT):
            pass
    assert not is_much(house.ledger)
