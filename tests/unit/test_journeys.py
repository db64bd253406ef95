"""Wherever a record's opt-out travels before the runner looks, it arrives: merges, conversions."""

from __future__ import annotations

import pytest

from sync.ledger.events import Selector
from sync.night.night import Outcome

DAY = 86_400
NOTHING = (Outcome.DONE, {"salesforce": 0, "people": 0})


def merged(house, old):
    new = house.contact()
    house.merge(new, old)
    return new


def merged_again(house, old):
    return merged(house, merged(house, old))


def converted(house, old):
    return house.convert(old)


def converted_into_a_contact_there_is(house, old):
    return house.convert(old, merged_account(house))


def merged_account(house):
    """A contact with an account of its own."""
    return house.convert(house.lead())


def converted_and_merged(house, old):
    return merged(house, house.convert(old))


def converted_into_a_contact_that_is_merged_twice(house, old):
    return merged_again(house, house.convert(old, merged_account(house)))


def converted_into_a_person_account(house, old):
    return house.account_of(house.convert(old))


def merged_with_another_lead_and_converted(house, old):
    other = house.lead()
    house.merge(other, old)
    return house.convert(other)


JOURNEYS = [
    ("contact", merged),
    ("contact", merged_again),
    ("lead", converted),
    ("lead", converted_into_a_contact_there_is),
    ("lead", converted_and_merged),
    ("lead", converted_into_a_contact_that_is_merged_twice),
    ("person lead", converted_into_a_person_account),
    ("lead", merged_with_another_lead_and_converted),
]


def along(journeys):
    names = [travel.__name__ for _, travel in journeys]
    return pytest.mark.parametrize(("kind", "travel"), journeys, ids=names)


every_journey = along(JOURNEYS)
long_journeys = along([each for each in JOURNEYS if each[1] not in (merged, converted)])


def born(house, kind):
    return {
        "contact": house.contact,
        "lead": house.lead,
        "person lead": lambda: house.lead(Company=None),
    }[kind]()


def again(house):
    house.clock.sleep(DAY)
    summary = house.night()
    return summary.outcome, summary.writes


@every_journey
def test_a_push_follows_the_record_to_its_end(house, kind, travel):
    old = born(house, kind)
    house.person("ann", old)
    new = travel(house, old)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(new), house.settled(event)) == (True, True)


@every_journey
def test_a_push_that_was_accepted_before_the_journey_follows_it_too(house, kind, travel):
    old = born(house, kind)
    house.person("ann", old)
    event = house.accept(Selector.PERSON, "ann")
    new = travel(house, old)
    house.drain()
    assert (house.ticked(new), house.settled(event)) == (True, True)


@long_journeys
def test_a_night_writes_who_is_out_into_what_the_record_has_become(adopted, kind, travel):
    old = born(adopted, kind)
    adopted.person("ann", old, out=True)
    new = travel(adopted, old)
    adopted.night()
    assert adopted.ticked(new)


@long_journeys
def test_a_tick_at_the_end_opts_out_who_holds_the_beginning(adopted, kind, travel):
    old = born(adopted, kind)
    adopted.person("ann", old)
    adopted.tick(travel(adopted, old))
    adopted.night()
    assert adopted.out("ann")


@long_journeys
def test_a_tick_that_the_journey_left_behind_is_not_lost(adopted, kind, travel):
    old = born(adopted, kind)
    adopted.tick(old)
    new = travel(adopted, old)
    adopted.tick(new, value=False)
    adopted.person("ann", new)
    adopted.night()
    assert (adopted.ticked(new), adopted.out("ann")) == (True, True)
    assert again(adopted) == NOTHING
