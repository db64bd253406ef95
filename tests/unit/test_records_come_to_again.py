"""An event comes to a record that it has been to: what it says now reaches whatever lives there."""

from __future__ import annotations

import pytest

from sync.ledger.events import Selector

BOTH = "office@example.com"  # the address of ann, and of bob, who holds no record at first


@pytest.fixture
def told(house):
    """Opts out both of them, once somebody holds these records."""

    def tell(*records):
        house.person("ann", *records, email=BOTH)
        house.person("bob", email=BOTH)
        house.accept(Selector.EMAIL, BOTH)
        house.drain()

    return tell


def test_a_record_that_was_gone_and_lives_is_ticked_once_somebody_who_waited_holds_it(house, told):
    shared = house.contact()
    house.delete(shared)
    told(shared)
    house.undelete(shared)
    house.person("bob", shared)
    house.drain()
    assert house.ticked(shared)


def test_two_who_waited_and_hold_one_record_in_the_end_are_reached_by_it(house, told):
    shared = house.contact()
    told()
    for person in ("ann", "bob"):
        house.person(person, shared)
        house.drain()
    assert (house.ticked(shared), house.out("ann"), house.out("bob")) == (True, True, True)


def test_a_tick_that_a_merge_has_lost_is_set_once_somebody_who_waited_holds_it(house, told):
    shared, other = house.contact(), house.contact()
    told(shared)
    house.merge(other, shared)
    assert not house.ticked(other)
    house.person("bob", shared)
    house.drain()
    assert house.ticked(other)


def test_a_box_that_was_cleared_is_ticked_once_somebody_who_waited_holds_what_became_it(
    house, told
):
    shared, other = house.lead(), house.contact()
    told(shared, other)
    house.convert(shared, other)
    house.tick(other, value=False)
    house.person("bob", shared)
    house.drain()
    assert house.ticked(other)


def test_a_record_that_was_gone_and_lives_is_ticked_once_another_is_merged_into_it(house, told):
    late, gone = house.contact(), house.contact()
    house.delete(gone)
    house.fault("collections.update", "UNABLE_TO_LOCK_ROW", times=1)
    told(late, gone)
    assert not house.ticked(late)
    house.clear_faults()
    house.undelete(gone)
    house.merge(gone, late)
    house.clock.sleep(86_400)
    house.drain()
    assert house.ticked(gone)


def test_records_that_were_merged_into_one_another_by_turns_are_ticked_where_they_live(house, told):
    first, second = house.contact(), house.contact()
    house.merge(first, second)
    house.fault("collections.update", "UNABLE_TO_LOCK_ROW", times=1)
    told(first, second)
    house.clear_faults()
    house.undelete(second)
    house.merge(second, first)
    house.clock.sleep(86_400)
    house.drain()
    assert house.ticked(second)


def test_of_two_purged_records_that_each_became_the_other_no_drain_goes_on_for_ever(house, told):
    first, second = house.contact(), house.contact()
    told(first)
    house.merge(first, second)
    house.accept(Selector.SALESFORCE, second)
    house.drain()
    house.undelete(second)
    house.merge(second, first)
    house.drain()
    house.accept(Selector.PERSON, "ann")
    house.drain()
    house.delete(second)
    house.purge()
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert house.settled(event)
