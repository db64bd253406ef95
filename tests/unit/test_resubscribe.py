"""Resubscribe: the one operation that clears, against everything that may come between.

A late opt-out may opt out again; a late clear never stays.
"""

from __future__ import annotations

from dataclasses import replace
from email.utils import format_datetime

import pytest

from deployer.errors import TryLater, UsageError
from practice_org.app import handle
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.events import Selector
from sync.ledger.fences import ResubscribeState
from sync.ledger.logbook import read_audit
from sync.resubscribe.component import Sources
from sync.resubscribe.walk import Asked, resubscribe

DAY = 86_400
CLEARED, REOPENED, SET_BACK = (
    ResubscribeState.CLEARED, ResubscribeState.REOPENED, ResubscribeState.SET_BACK,
)  # fmt: skip


@pytest.fixture
def house(adopted):
    """A house whose org tells its time, as every real one does, and some time after adoption."""

    def dated(asked):
        answered = handle(adopted.org, asked)
        date = format_datetime(adopted.clock.now(), usegmt=True)
        return replace(answered, headers={**answered.headers, "Date": date})

    adopted.answer = dated
    adopted.clock.sleep(60)
    return adopted


@pytest.fixture
def ask(house):
    """Resubscribe somebody; the clock goes on a minute first."""

    def run(who="ann", agree=lambda _: None):
        house.clock.sleep(60)
        sources = Sources(house.ledger, house.people, house.open_org(), (EMAIL_OPT_OUT,))
        asked = Asked(who, "Ada", "asked in writing", agree)
        return resubscribe(sources, asked, f"word-{next(house.numbers)}")

    return run


@pytest.fixture
def ann(house):
    """Ann, opted out on both sides; the id of her record."""
    contact = house.contact()
    house.person("ann", contact)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    house.clock.sleep(60)
    return contact


def both(house, record, person="ann"):
    return house.out(person), house.ticked(record)


def actions(house):
    with house.ledger.engine.begin() as db:
        return [decision.action for decision in read_audit(db)]


def test_both_sides_are_cleared_and_the_next_nights_write_nothing(house, ask, ann):
    assert ask().state is CLEARED
    assert both(house, ann) == (False, False)
    for _ in range(2):
        house.clock.sleep(DAY)
        assert house.night().writes == {"salesforce": 0, "people": 0}
    assert both(house, ann) == (False, False)
