"""A direction that is held holds up nothing else, and an approval covers what was shown."""

from __future__ import annotations

import pytest
from store_kinds import BOTH

from sync.ledger.events import Selector
from sync.night.night import Outcome
from sync.people.model import Person

pytestmark = BOTH

MANY = 60
DAY = 86_400


@pytest.fixture
def agreed(house):
    """Sixty people, opted out on both sides, and a night that saw them; their contacts."""
    contacts = [house.contact(HasOptedOutOfEmail=True) for _ in range(MANY)]
    join(house, "p", contacts)
    house.adopt()
    house.clock.sleep(DAY)
    house.night()
    return contacts


def join(house, word, contacts):
    """Everybody opted out on the people side, with one contact each."""
    out = {"unsubscribed": True, "unsubscribed_at": house.clock.now()}
    house.people.join(
        (Person(f"{word}{n}", "", (each,), **out) for n, each in enumerate(contacts)),
        lambda _told, _change: None,
    )


def test_people_that_lost_their_opt_outs_are_held_and_the_org_and_pushes_go_on(house, agreed):
    for number in range(MANY):
        house.people.clear(f"p{number}", house.clock.now(), "a bad restore", "ada")
    here, pushed = house.contact(), house.contact()
    house.person("ann", here, out=True)
    summary = house.night()
    assert (summary.outcome, summary.held) == (Outcome.HELD, {"salesforce": 0, "people": MANY})
    assert (house.ticked(here), house.out("p0")) == (True, False)
    house.person("bob", pushed)
    house.accept(Selector.PERSON, "bob")
    house.drain()
    assert (house.out("bob"), house.ticked(pushed)) == (True, True)
    assert house.night(approved=summary.run_id).writes == {"salesforce": 0, "people": MANY}


def test_an_approval_plans_anew_and_writes_no_more_than_it_showed(house, agreed):
    for contact in agreed:
        house.tick(contact, value=False)
    shown = house.night()
    house.tick(agreed[0])  # somebody has done one of them meanwhile
    late = [house.contact() for _ in range(501)]
    join(house, "late", late)
    approved = house.night(approved=shown.run_id)
    assert shown.held["salesforce"] == MANY
    assert (approved.writes["salesforce"], approved.held["salesforce"]) == (MANY - 1, 501)
    assert (all(map(house.ticked, agreed)), any(map(house.ticked, late))) == (True, False)
