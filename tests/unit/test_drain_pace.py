"""A drain keeps to the pace that an org asks for, and knows the org's fault from a record's."""

from __future__ import annotations

import pytest

from sync.ledger.events import Selector


def pushed(house, count):
    ids = [house.contact() for _ in range(count)]
    for number, each in enumerate(ids):
        house.person(f"p{number}", each)
        house.accept(Selector.PERSON, f"p{number}")
    return ids


def test_no_call_is_made_until_the_org_has_rested(house):
    (first,) = pushed(house, 1)
    house.fault("collections.update", "REQUEST_LIMIT_EXCEEDED", times=1)
    assert [p.org_code for p in house.drain().problems] == ["REQUEST_LIMIT_EXCEEDED"]
    second = house.contact()
    house.accept(Selector.SALESFORCE, second)
    (resting,) = house.drain().problems
    assert "fewer calls" in resting.message
    assert not house.ticked(second)
    house.clock.sleep(3_600)
    assert house.drain().problems == ()
    assert (house.ticked(first), house.ticked(second)) == (True, True)


def test_rights_that_are_gone_stop_the_drain_and_make_no_cases(house):
    ids = pushed(house, 12)
    house.fault("record.update", "INSUFFICIENT_ACCESS_OR_READONLY")
    (problem,) = house.drain().problems
    assert (problem.org_code, house.cases()) == ("INSUFFICIENT_ACCESS_OR_READONLY", [])
    house.clear_faults()
    house.clock.sleep(600)
    house.drain()
    assert all(house.ticked(each) for each in ids)


def test_a_few_records_without_rights_are_cases_of_their_own(house):
    hidden, *others = pushed(house, 12)
    house.fault("record.update", "INSUFFICIENT_ACCESS_OR_READONLY", only=hidden)
    assert house.drain().problems == ()
    assert house.cases() == [(hidden, "INSUFFICIENT_ACCESS_OR_READONLY")]
    assert all(house.ticked(each) for each in others)


@pytest.mark.parametrize("outages", [6])
def test_an_outage_uses_up_no_attempt_of_a_record(house, outages):
    (contact,) = pushed(house, 1)
    house.fault("collections.update", "CONCURRENT_REQUESTS", times=outages)
    for _ in range(outages):
        house.drain()
        house.clock.sleep(600)
    house.fault("record.update", "UNABLE_TO_LOCK_ROW", times=1)
    house.drain()
    assert house.cases() == []
    house.clock.sleep(600)
    house.drain()
    assert house.ticked(contact)
