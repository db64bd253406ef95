"""The rounds of `optout sync serve` against the practice org, on a clock that a test moves."""

from __future__ import annotations

from itertools import count
from threading import Event

import pytest
from serve_house import facts_of
from walk import StepClock

from deployer.errors import TryLater
from practice_org.faults.firing import switch_off, switch_on
from practice_org.faults.store import When
from practice_org.tables import find_row, insert_row
from sync.desk import Ask, open_desk
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.lease import LEASE_S
from sync.ledger.lease import take as become_runner
from sync.ledger.quarantine import open_case
from sync.ledger.runs import recent_runs
from sync.ledger.switch import Turn, turn_switch
from sync.serve.metrics import make_meters
from sync.serve.rounds import NIGHT_AGAIN_S, NightRound, Sides, alert_round, drain_round

DAY = 86_400
FIELDS = ("HasOptedOutOfEmail",)


@pytest.fixture
def desk(practice):
    with open_desk(Ask("practice", as_json=True), StepClock(practice.clock)) as opened:
        yield opened


@pytest.fixture
def sides(desk):
    opened = Sides(desk)
    yield opened
    opened.forget()


@pytest.fixture
def words():
    numbers = count()
    return lambda: f"word-{next(numbers)}"


@pytest.fixture
def contact(practice):
    return insert_row(practice.org, "Contact", {"LastName": "Moss"})


def take(desk, contact: str) -> None:
    now = desk.clock.now()
    accept(desk.ledger, [NewEvent("s", "1", "h", now, Selector.SALESFORCE, contact, FIELDS)])


def ticked(practice, contact: str) -> bool:
    return bool(find_row(practice.org, "Contact", contact)["HasOptedOutOfEmail"])


def test_an_org_that_is_away_is_reported_and_served_once_it_is_back(
    desk, sides, words, contact, practice
):
    meters = make_meters()
    work = drain_round(sides, meters, words, Event())
    switch_on(practice.org, "any", "HTML_503", When(times=100))
    take(desk, contact)
    assert len(work()) == 1
    switch_off(practice.org)
    desk.clock.sleep(DAY)
    assert (work(), ticked(practice, contact)) == ((), True)
    assert meters.applied.labels("org")._value.get() == 1


def test_a_round_that_is_told_to_end_leaves_the_rest_to_the_next(
    desk, sides, words, contact, practice
):
    ending = Event()
    ending.set()
    take(desk, contact)
    for told, done in ((ending, False), (Event(), True)):
        drain_round(sides, make_meters(), words, told)()
        assert ticked(practice, contact) is done


def test_a_session_that_has_died_is_renewed(desk, sides, words, contact, practice):
    work = drain_round(sides, make_meters(), words, Event())
    take(desk, insert_row(practice.org, "Contact", {"LastName": "Lee"}))
    work()
    desk.clock.sleep(30 * DAY)
    accept(desk.ledger, [NewEvent("s", "2", "h", desk.clock.now(), Selector.SALESFORCE, contact,
                                  FIELDS)])  # fmt: skip
    for _ in range(2):
        work()
        desk.clock.sleep(60)
    assert ticked(practice, contact)


def test_the_night_runs_when_it_is_owed_and_once(desk, sides, words):
    night = NightRound(sides, words)
    night()
    turn_switch(desk.ledger, Turn.ON, "ann")
    night()
    assert recent_runs(desk.ledger) == []
    desk.clock.sleep(2 * DAY)
    for _ in range(3):
        night()
        desk.clock.sleep(1200)
    assert [run.kind for run in recent_runs(desk.ledger)] == ["nightly"]


@pytest.fixture
def owed(desk):
    """A night is owed."""
    turn_switch(desk.ledger, Turn.ON, "ann")
    desk.clock.sleep(2 * DAY)


@pytest.mark.usefixtures("owed")
def test_a_night_that_failed_is_put_off_for_every_runner(desk, sides, words, practice):
    switch_on(practice.org, "any", "HTML_503", When(times=100))
    with pytest.raises(TryLater):
        NightRound(sides, words)()
    switch_off(practice.org)
    another = NightRound(sides, words)
    another()
    assert recent_runs(desk.ledger) == []
    desk.clock.sleep(NIGHT_AGAIN_S + 1)
    another()
    assert [run.outcome for run in recent_runs(desk.ledger)] == ["done"]


@pytest.mark.usefixtures("owed")
def test_a_night_that_somebody_is_at_is_left_to_them_until_they_have_died(
    desk, sides, words, contact, practice
):
    take(desk, contact)
    drain_round(sides, make_meters(), words, Event())()  # the ledger knows its org now
    sides.forget()
    become_runner(desk.ledger, desk.bound().org_id, "another")
    night = NightRound(sides, words)
    switch_on(practice.org, "any", "HTML_503", When(times=100))
    assert night() == ()  # no call was made
    switch_off(practice.org)
    desk.clock.sleep(LEASE_S + 1)
    night()
    assert [run.kind for run in recent_runs(desk.ledger)] == ["nightly"]


def test_an_alert_that_could_not_be_sent_is_sent_again_and_then_no_more(desk):
    with desk.ledger.engine.begin() as db:
        open_case(db, ("org", "k", "k"), ("CODE", "no"), desk.ledger.now())
    sent, ways = [], iter([TimeoutError, None])

    def send(found):
        sent.append([alert.code for alert in found])
        if way := next(ways, None):
            raise way

    work = alert_round(desk, lambda: facts_of(desk.ledger), send)
    with pytest.raises(TimeoutError):
        work()
    work()
    work()
    assert sent == [["quarantine"], ["quarantine"], []]
