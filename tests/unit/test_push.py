"""Push: an accepted opt-out reaches both sides, whatever stands in between."""

from __future__ import annotations

import pytest
from store_kinds import BOTH
from sync_house import Away

from sync.ledger.claims import claim_due
from sync.ledger.events import Selector
from sync.ledger.targets import Side
from sync.ledger.waiting import waiting
from sync.spread import look_at_waiting

pytestmark = BOTH

DAY, BOX, OTHER = 86_400, "HasOptedOutOfEmail", "DoNotCall"


def test_an_unsubscribe_reaches_the_person_and_every_record_they_hold(house):
    contact, lead = house.contact(), house.lead()
    house.person("ann", contact, lead)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert [house.ticked(contact), house.ticked(lead), house.out("ann")] == [True] * 3
    assert house.settled(event)


def test_an_address_selects_people_and_never_records(house):
    mine, other = house.contact(Email="a@example.com"), house.contact(Email="A@Example.com")
    house.person("ann", mine, email="A@example.com")
    house.accept(Selector.EMAIL, "a@EXAMPLE.com ")
    house.drain()
    assert (house.ticked(mine), house.ticked(other)) == (True, False)


@pytest.mark.parametrize(
    ("selector", "selected"), [(Selector.PERSON, "new"), (Selector.EMAIL, "new@example.com")]
)
def test_somebody_unknown_is_kept_and_waits_for_an_id(house, selector, selected):
    event = house.accept(selector, selected)
    house.drain()
    (person,) = house.people.opted_out()
    assert not house.settled(event)
    contact = house.contact()
    house.person(person.person_id, contact)
    house.drain()
    assert (house.ticked(contact), house.settled(event)) == (True, True)


def test_of_many_who_wait_everybody_is_looked_at_in_turn(house):
    for name in ("ann", "bob", "cy"):
        house.accept(Selector.PERSON, name)
    house.drain()
    house.person("cy", house.contact())
    for _ in range(2):
        house.clock.sleep(1)
        look_at_waiting(house.ledger, house.people, most=2)
    assert {target.key for target in waiting(house.ledger, 10)} == {"ann", "bob"}


def test_somebody_unknown_who_comes_twice_at_once_is_one_person(house):
    events = [house.accept(Selector.EMAIL, each) for each in ("n@example.com", " N@Example.com")]
    house.drain()
    (person,) = house.people.opted_out()
    house.person(person.person_id, house.contact())
    house.drain()
    assert [house.settled(event) for event in events] == [True, True]


def test_a_record_that_nobody_held_becomes_a_person(house):
    contact = house.contact()
    house.accept(Selector.SALESFORCE, contact)
    house.drain()
    assert house.ticked(contact)
    assert [person.salesforce_ids for person in house.people.opted_out()] == [(contact,)]


def test_two_people_who_share_a_record_are_both_opted_out(house):
    shared, own = house.contact(), house.lead()
    house.person("ann", shared)
    house.person("bob", shared, own)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.out("bob"), house.ticked(shared), house.ticked(own)) == (True, True, True)


def test_people_joined_over_several_records_are_all_opted_out(house):
    first, second = house.contact(), house.contact()
    house.person("ann", first)
    house.person("bob", first, second)
    house.person("cleo", second)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.out("cleo"), house.ticked(second)) == (True, True)


def test_the_org_is_served_while_the_people_store_is_away(house):
    contact = house.contact()
    house.person("ann", contact)
    house.people = Away(house.people)
    event = house.accept(Selector.SALESFORCE, contact)
    house.drain()
    assert (house.ticked(contact), house.settled(event)) == (True, False)
    house.people.away = False
    house.drain()
    assert (house.out("ann"), house.settled(event), house.writes(contact)) == (True, True, 1)


def test_the_people_side_is_served_while_the_org_is_away(house):
    contact = house.contact()
    house.person("ann", contact)
    house.fault("any", "HTML_503", times=100)
    event = house.accept(Selector.PERSON, "ann")
    drained = house.drain()
    assert (house.out("ann"), house.ticked(contact), len(drained.problems)) == (True, False, 1)
    house.clear_faults()
    house.clock.sleep(DAY)
    house.drain()
    assert (house.ticked(contact), house.settled(event)) == (True, True)


def test_a_merged_record_is_followed_to_the_winner_and_its_holders(house):
    loser, winner = house.contact(), house.contact()
    house.person("ann", loser)
    house.person("bob", winner)
    house.merge(winner, loser)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert [house.ticked(winner), house.out("bob"), house.settled(event)] == [True] * 3


def test_who_holds_only_a_merged_id_is_reached_from_the_winner(house):
    loser, winner = house.contact(), house.contact()
    house.person("ann", loser)
    house.person("bob", winner)
    house.merge(winner, loser)
    house.accept(Selector.SALESFORCE, loser)
    house.drain()
    house.person("cleo", loser)
    house.tick(winner, value=False)
    house.accept(Selector.PERSON, "bob")
    house.drain()
    assert house.out("cleo")


def test_a_converted_lead_is_followed_to_its_contact(house):
    lead = house.lead()
    house.person("ann", lead)
    contact = house.convert(lead)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(contact), house.settled(event)) == (True, True)


def test_a_chain_of_conversion_merge_and_person_account_is_followed_to_its_end(house):
    lead = house.lead(Company=None)
    house.person("ann", lead)
    contact = house.convert(lead)
    account = house.account_of(contact)
    winner, _ = house.person_account()
    house.merge(winner, account)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(winner), house.settled(event)) == (True, True)


@pytest.mark.parametrize("side", ["Account", "Contact"])
def test_a_person_account_is_written_through_the_account(house, side):
    account, contact = house.person_account()
    house.person("ann", account if side == "Account" else contact)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(account), house.settled(event)) == (True, True)


def test_an_account_is_nobody_where_there_are_no_person_accounts(house):
    account, contact = house.business_account(), house.contact()
    house.person("ann", account, contact)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(contact), house.settled(event)) == (True, False)
    assert house.cases() == [(account, "NOT_A_PERSON")]


def test_a_record_that_two_events_want_two_boxes_of_is_done_when_both_are_ticked(house):
    contact = house.contact()
    house.person("ann", contact)
    house.tick(contact)
    house.rule("Contact", active=True)
    events = [house.accept(Selector.PERSON, "ann", fields=(box,)) for box in (OTHER, BOX)]
    house.drain()
    assert [house.settled(event) for event in events] == [False, False]


def test_a_deleted_record_with_nothing_in_its_place_holds_nothing_up(house):
    contact, lead = house.contact(), house.lead()
    house.person("ann", contact, lead)
    house.delete(contact)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(lead), house.settled(event), house.cases()) == (True, True, [])


def test_an_id_that_the_org_does_not_show_is_never_settled(house):
    contact, lead = house.contact(), house.lead()
    house.person("ann", contact, lead)
    house.delete(contact)
    house.purge()
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(lead), house.settled(event)) == (True, False)
    assert house.cases() == [(contact, "NOT_FOUND")]


def test_a_refused_row_holds_up_no_other_and_goes_through_once_it_can(house):
    contact, lead = house.contact(), house.lead()
    house.person("ann", contact, lead)
    house.rule("Contact", active=True)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(lead), house.settled(event)) == (True, False)
    assert house.cases() == [(contact, "FIELD_CUSTOM_VALIDATION_EXCEPTION")]
    house.rule("Contact", active=False)
    house.clock.sleep(DAY)
    house.drain()
    assert (house.ticked(contact), house.settled(event), house.cases()) == (True, True, [])


def test_a_locked_row_is_tried_again_soon_and_needs_nobody(house):
    contact = house.contact()
    house.person("ann", contact)
    house.fault("record.update", "UNABLE_TO_LOCK_ROW", times=3)
    event = house.accept(Selector.PERSON, "ann")
    for _ in range(4):
        house.drain()
        house.clock.sleep(60)
        assert house.cases() == []
    assert (house.ticked(contact), house.settled(event)) == (True, True)


@pytest.mark.parametrize(
    "code",
    [
        "DROP_AFTER", "HTML_200_AFTER", "TRUNCATED", "EMPTY_BODY", "UNKNOWN_EXCEPTION_AFTER",
        "DROP_BEFORE", "HTML_200", "HTML_503",
    ],
)  # fmt: skip
def test_a_write_whose_answer_is_lost_is_read_back_and_done_once(house, code):
    contact = house.contact()
    house.person("ann", contact)
    house.fault("collections.update", code, times=1)
    event = house.accept(Selector.PERSON, "ann")
    for _ in range(2):
        house.drain()
        house.clock.sleep(60)
    assert (house.settled(event), house.writes(contact)) == (True, 1)


def test_a_row_the_answer_leaves_out_is_read_back(house):
    contacts = [house.contact() for _ in range(5)]
    house.person("ann", *contacts)
    house.fault("collections.update", "MISSING_ROW", times=1)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert all(house.ticked(each) for each in contacts)
    assert (house.settled(event), [house.writes(each) for each in contacts]) == (True, [1] * 5)


def test_the_same_event_again_writes_nothing(house):
    contact = house.contact()
    house.person("ann", contact)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    house.drain()
    assert house.writes(contact) == 1


def test_what_one_drain_holds_no_other_takes_until_it_is_overdue(house):
    house.person("ann", house.contact(), house.lead())
    house.accept(Selector.PERSON, "ann")
    house.fault("any", "HTML_503", times=100)
    house.drain()
    house.clock.sleep(60)
    assert len(claim_due(house.ledger, Side.ORG, "one", 1)) == 2
    assert claim_due(house.ledger, Side.ORG, "two", 200) == []
    house.clock.sleep(121)
    assert len(claim_due(house.ledger, Side.ORG, "two", 200)) == 2


def test_a_user_who_may_not_write_the_field_loses_nothing(house):
    contact = house.contact()
    house.person("ann", contact)
    house.fault("record.update", "INVALID_FIELD_FOR_INSERT_UPDATE", times=1)
    event = house.accept(Selector.PERSON, "ann")
    (problem,) = house.drain().problems
    assert (problem.org_code, house.cases()) == ("INVALID_FIELD_FOR_INSERT_UPDATE", [])
    house.clock.sleep(DAY)
    house.drain()
    assert (house.ticked(contact), house.settled(event)) == (True, True)
