"""Resubscribe: what it covers, and what it leaves alone."""

from __future__ import annotations

import pytest
from resubscribe_house import actions, ask, both, is_clear, opt_out
from store_kinds import BOTH

from deployer.errors import UsageError
from sync.ledger.events import Selector
from sync.ledger.fences import ResubscribeState

pytestmark = BOTH

DAY = 86_400
CLEARED = ResubscribeState.CLEARED


def test_two_people_who_share_a_record_are_covered_together(house, ann):
    own = house.lead()
    house.person("bob", ann, own)
    house.clock.sleep(DAY)
    house.adopt()
    house.clock.sleep(60)
    shown = []
    assert ask(house, agree=shown.append).state is CLEARED
    assert set(shown[0].members) == {"ann", "bob", ann, own}
    assert (both(house, ann), both(house, own, "bob")) == ((False, False), (False, False))


def test_a_tombstone_that_nobody_touched_since_asserts_nothing(house, ann):
    loser = house.contact()
    house.tick(loser)
    house.person("bob", loser)
    house.merge(ann, loser)
    assert ask(house).state is CLEARED
    assert (house.out("bob"), both(house, ann)) == (False, (False, False))
    house.clock.sleep(DAY)
    assert house.adopt().writes == {"salesforce": 0, "people": 0}


def test_a_ticked_record_that_is_merged_in_afterwards_opts_out(house, ann):
    assert ask(house).state is CLEARED
    loser = house.contact()
    house.tick(loser)
    house.merge(ann, loser, HasOptedOutOfEmail=ann)
    house.clock.sleep(DAY)
    house.adopt()
    assert both(house, ann) == (True, True)


@pytest.mark.parametrize("once_resubscribed", [False, True])
def test_an_earlier_opt_out_of_somebody_else_that_is_merged_in_opts_out_without_a_night(
    house, ann, once_resubscribed
):
    bob = house.contact()
    house.person("bob", bob)
    if once_resubscribed:
        opt_out(house, "bob", bob)
        assert ask(house, "bob").state is CLEARED
        house.clock.sleep(60)
    house.accept(Selector.PERSON, "bob")
    assert ask(house).state is CLEARED
    house.merge(ann, bob)
    house.drain()
    assert [both(house, ann, each) for each in ("ann", "bob")] == [(True, True)] * 2
    assert actions(house)[-1] == "resubscribe reopened"
    house.clock.sleep(DAY)
    assert house.adopt().writes == {"salesforce": 0, "people": 0}


def test_what_is_merged_into_somebody_who_is_being_resubscribed_waits_and_then_opts_out(house, ann):
    bob = house.contact()
    house.person("bob", bob)
    house.accept(Selector.PERSON, "bob")

    def before_the_org(asked):
        if is_clear(asked):
            house.answer = answer
            house.merge(ann, bob)
            house.drain()
        return answer(asked)

    answer, house.answer = house.answer, before_the_org
    ask(house)
    house.clock.sleep(DAY)
    house.drain()
    assert [both(house, ann, each) for each in ("ann", "bob")] == [(True, True)] * 2


def test_a_conversion_that_the_org_did_not_show_yet_opts_out_by_itself(house):
    lead = house.lead()
    opt_out(house, "ann", lead)
    contact = house.convert(lead)
    house.fault("query.row", "LATE_VISIBLE:90")
    assert ask(house).state is CLEARED
    house.clear_faults()
    house.adopt()
    assert both(house, contact) == (True, True)
    assert house.night().writes == {"salesforce": 0, "people": 0}


def test_a_merged_record_that_lives_again_is_somebody_else(house, ann):
    loser = house.contact()
    house.person("bob", loser)
    house.merge(ann, loser)
    house.clock.sleep(DAY)
    house.adopt()
    house.undelete(loser)
    house.tick(loser)
    assert ask(house).state is CLEARED
    assert (house.ticked(loser), house.out("bob")) == (True, True)


def test_a_person_account_is_cleared_through_its_account(house):
    account, contact = house.person_account()
    house.person("ann", contact)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    house.clock.sleep(60)
    assert ask(house).state is CLEARED
    assert both(house, account) == (False, False)
    house.clock.sleep(DAY)
    assert house.adopt().writes == {"salesforce": 0, "people": 0}


def test_a_person_without_an_id_is_cleared_and_no_later_id_opts_them_out(house):
    house.person("ann")
    house.accept(Selector.PERSON, "ann")
    house.drain()
    assert ask(house).state is CLEARED
    contact = house.contact()
    house.person("ann", contact)
    house.drain()
    house.adopt()
    assert both(house, contact) == (False, False)


def test_who_is_not_opted_out_is_left_alone(house):
    house.person("ann", house.contact())
    assert ask(house).state is None
    assert "resubscribe" not in actions(house)


def test_somebody_unknown_is_a_wrong_word(house):
    with pytest.raises(UsageError):
        ask(house, "nobody")


def test_an_address_of_two_people_who_share_nothing_names_nobody(house):
    for person in ("ann", "bob"):
        house.person(person, house.contact(), out=True, email="both@example.com")
    with pytest.raises(UsageError, match="share no record"):
        ask(house, "both@example.com")
