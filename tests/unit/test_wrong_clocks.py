"""A clock that was years ahead for a while: nothing waits until then once it is right again."""

from __future__ import annotations

import pytest
from resubscribe_house import ask, is_clear, opt_out
from sync_world import Killed

from sync.ledger.claims import claim_due
from sync.ledger.events import Selector
from sync.ledger.lease import Busy, is_held, release, take
from sync.ledger.targets import Side

DAY = 86_400
YEARS = 3_650 * DAY
ORG = "00D000000000001AAA"


def test_what_was_put_off_by_a_clock_that_was_years_ahead_is_tried_once_it_is_right(house):
    contact = house.contact()
    house.person("ann", contact)
    house.clock.sleep(YEARS)
    house.fault("any", "HTML_503")
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    house.clear_faults()
    house.clock.sleep(-YEARS)
    house.drain()
    assert (house.out("ann"), house.ticked(contact), house.settled(event)) == (True, True, True)


def test_what_was_claimed_by_a_clock_that_was_years_ahead_comes_free_once_it_is_right(house):
    contact = house.contact()
    house.person("ann", contact)
    house.accept(Selector.PERSON, "ann")
    house.clock.sleep(YEARS)
    house.fault("any", "HTML_503")
    house.drain()
    house.clear_faults()
    house.clock.sleep(DAY)
    assert claim_due(house.ledger, Side.ORG, "one that died", 10)
    house.clock.sleep(-YEARS)
    house.drain()
    assert house.ticked(contact)


@pytest.mark.parametrize(("back_s", "is_free"), [(DAY, False), (YEARS, True)], ids=["day", "years"])
def test_a_lease_that_only_a_wrong_clock_can_have_taken_for_so_long_holds_nobody_up(
    house, back_s, is_free
):
    stale = take(house.ledger, ORG, "one that died")
    house.clock.sleep(-back_s)
    assert is_held(house.ledger, ORG) is not is_free
    if not is_free:
        with pytest.raises(Busy):
            take(house.ledger, ORG, "another")
        return
    mine = take(house.ledger, ORG, "another")
    release(house.ledger, stale)  # fenced off
    assert (mine.epoch, is_held(house.ledger, ORG)) == (stale.epoch + 1, True)


def test_a_resubscribe_that_died_under_a_wrong_clock_is_taken_back_once_it_is_right(house):
    contact = house.contact()
    opt_out(house, "ann", contact)
    house.clock.sleep(YEARS)
    answer = house.answer

    def dying(asked):
        said = answer(asked)
        if is_clear(asked):
            raise Killed
        return said

    house.answer = dying
    with pytest.raises(Killed):
        ask(house)
    house.answer = answer
    house.clock.sleep(-YEARS)
    house.drain()
    assert (house.out("ann"), house.ticked(contact)) == (True, True)
