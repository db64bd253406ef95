"""The nightly: whichever side is opted out, the other is marked; a second night writes nothing."""

from __future__ import annotations

import pytest
from store_kinds import BOTH

from deployer.errors import OptoutError, TryLater
from sync.ledger.events import Selector
from sync.ledger.lease import take
from sync.night.night import Mode, Outcome

pytestmark = BOTH

DAY = 86_400


def again(house):
    """The next night: it must find nothing to do."""
    house.clock.sleep(DAY)
    summary = house.night()
    return summary.outcome, summary.writes


NOTHING = (Outcome.DONE, {"salesforce": 0, "people": 0})


def test_the_first_run_of_a_field_writes_nothing_until_a_person_has_seen_it(house):
    contact = house.contact()
    house.person("ann", contact, out=True)
    summary = house.night()
    assert (summary.outcome, summary.held["salesforce"]) == (Outcome.HELD, 1)
    assert not house.ticked(contact)
    approved = house.night(mode=Mode.ADOPT, approved=summary.run_id)
    assert (approved.outcome, house.ticked(contact)) == (Outcome.DONE, True)
    assert again(house) == NOTHING


def test_either_side_opted_out_marks_the_other(adopted):
    here, there, neither = adopted.contact(), adopted.lead(), adopted.contact()
    adopted.person("ann", here, out=True)
    adopted.person("bob", there)
    adopted.person("cleo", neither)
    adopted.tick(there)
    summary = adopted.night()
    assert summary.writes == {"salesforce": 1, "people": 1}
    assert (adopted.ticked(here), adopted.out("bob")) == (True, True)
    assert (adopted.ticked(neither), adopted.out("cleo")) == (False, False)
    assert again(adopted) == NOTHING


def test_records_ticked_at_the_very_same_moment_are_all_read(adopted):
    contacts = [adopted.contact() for _ in range(5)]
    for number, contact in enumerate(contacts):
        adopted.person(f"p{number}", contact)
        adopted.tick(contact)
    adopted.org.db.execute(
        'UPDATE "Contact" SET "SystemModstamp" = (SELECT max("SystemModstamp") FROM "Contact")'
    )
    adopted.night()
    assert [adopted.out(f"p{number}") for number in range(5)] == [True] * 5


def test_nobody_without_an_id_takes_part(adopted):
    adopted.person("ann", out=True)
    assert adopted.night().writes == {"salesforce": 0, "people": 0}


def test_a_merged_record_is_written_under_the_winner(adopted):
    loser, winner = adopted.contact(), adopted.contact()
    adopted.person("ann", loser, out=True)
    adopted.merge(winner, loser)
    adopted.night()
    assert adopted.ticked(winner)
    assert again(adopted) == NOTHING


def test_a_flag_that_a_merge_would_have_lost_counts_for_the_winner(adopted):
    loser, winner = adopted.contact(), adopted.contact()
    adopted.person("ann", winner)
    adopted.tick(loser)
    adopted.merge(winner, loser)
    assert not adopted.ticked(winner)
    adopted.night()
    assert (adopted.ticked(winner), adopted.out("ann")) == (True, True)
    assert again(adopted) == NOTHING


def test_a_converted_lead_is_written_as_its_contact(adopted):
    lead = adopted.lead()
    adopted.person("ann", lead, out=True)
    contact = adopted.convert(lead)
    adopted.night()
    assert adopted.ticked(contact)
    assert again(adopted) == NOTHING


def test_a_flag_on_the_contact_reaches_who_holds_the_lead_it_was(adopted):
    lead = adopted.lead()
    adopted.person("ann", lead)
    adopted.tick(adopted.convert(lead))
    adopted.night()
    assert adopted.out("ann")
    assert again(adopted) == NOTHING


@pytest.mark.parametrize("held", [0, 1], ids=["account", "contact"])
def test_a_person_account_counts_once_and_is_written_through_the_account(adopted, held):
    pair = adopted.person_account()
    adopted.person("ann", pair[held], out=True)
    summary = adopted.night()
    assert (adopted.ticked(pair[0]), summary.writes["salesforce"]) == (True, 1)
    assert again(adopted) == NOTHING


@pytest.mark.parametrize("held", [0, 1], ids=["account", "contact"])
def test_a_ticked_person_account_marks_who_holds_either_id(adopted, held):
    pair = adopted.person_account()
    adopted.person("ann", pair[held])
    adopted.tick(pair[0])
    adopted.night()
    assert adopted.out("ann")
    assert again(adopted) == NOTHING


def test_an_account_is_nobody_where_there_are_no_person_accounts(adopted):
    account, contact = adopted.business_account(), adopted.contact()
    adopted.person("ann", account, contact, out=True)
    summary = adopted.night()
    assert (summary.outcome, adopted.ticked(contact)) == (Outcome.DONE, True)
    assert adopted.cases() == [(account, "NOT_A_PERSON")]
    adopted.clock.sleep(DAY)
    assert not adopted.night().needs_a_person


def test_a_deleted_record_is_left_alone_until_it_lives_again(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact, out=True)
    adopted.delete(contact)
    assert adopted.night().outcome is Outcome.DONE
    assert again(adopted) == NOTHING
    adopted.undelete(contact)
    adopted.night()
    assert adopted.ticked(contact)


def test_an_undeleted_merge_loser_is_its_own_record_again(adopted):
    loser, winner = adopted.contact(), adopted.contact()
    adopted.person("ann", loser)
    adopted.merge(winner, loser)
    adopted.night()
    adopted.undelete(loser)
    adopted.people.mark([adopted.mark_of("ann")])
    adopted.night()
    assert (adopted.ticked(loser), adopted.ticked(winner)) == (True, False)


def test_an_id_that_cannot_be_found_needs_a_person_once_and_is_kept(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact, out=True)
    adopted.delete(contact)
    adopted.purge()
    first = adopted.night()
    assert (first.newly_quarantined, first.needs_a_person) == (1, True)
    adopted.clock.sleep(DAY)
    second = adopted.night()
    assert (second.newly_quarantined, second.needs_a_person) == (0, False)
    assert adopted.cases() == [(contact, "NOT_FOUND")]


def test_a_refused_record_holds_up_no_other_and_goes_through_once_it_can(adopted):
    contact, lead = adopted.contact(), adopted.lead()
    adopted.person("ann", contact, lead, out=True)
    adopted.rule("Contact", active=True)
    summary = adopted.night()
    assert (adopted.ticked(lead), summary.newly_quarantined) == (True, 1)
    adopted.rule("Contact", active=False)
    adopted.night()
    assert (adopted.ticked(contact), adopted.cases()) == (True, [])


def test_each_direction_is_held_alone(adopted):
    ids = adopted.opted_out(501)
    lead = adopted.lead()
    adopted.person("ann", lead)
    adopted.tick(lead)
    summary = adopted.night()
    assert (summary.outcome, summary.held) == (Outcome.HELD, {"salesforce": 501, "people": 0})
    assert (adopted.out("ann"), adopted.ticked(ids[0])) == (True, False)
    late = adopted.contact()
    adopted.person("late", late, out=True)
    approved = adopted.night(approved=summary.run_id)
    assert (approved.outcome, approved.writes["salesforce"]) == (Outcome.DONE, 502)
    assert again(adopted) == NOTHING


def test_a_dry_run_shows_and_writes_nothing(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact, out=True)
    summary = adopted.night(mode=Mode.DRY)
    assert (summary.planned["salesforce"], summary.sample["salesforce"]) == (1, [contact])
    assert not adopted.ticked(contact)


def test_many_go_by_bulk_and_every_row_is_accounted_for(adopted):
    ids = adopted.opted_out(2_100)
    adopted.fault("bulk.results", "MISSING_ROW", times=3)
    summary = adopted.night(approve_all=True)
    assert all(adopted.ticked(each) for each in ids)
    assert (summary.outcome, summary.unknown) == (Outcome.DONE, 0)
    assert {adopted.writes(each) for each in ids} == {1}


@pytest.mark.slow
def test_a_refused_row_that_the_bulk_results_leave_out_is_not_taken_for_done(adopted):
    adopted.opted_out(2_001)
    adopted.rule("Contact", active=True)
    adopted.fault("bulk.results", "MISSING_ROW", times=3)
    summary = adopted.night(approve_all=True)
    assert (summary.newly_quarantined, summary.writes["salesforce"]) == (2_001, 0)


def test_a_second_runner_is_told_to_wait(adopted):
    door = adopted.open_org()
    take(adopted.ledger, door.writer.org.org_id, "another")
    with pytest.raises(TryLater):
        adopted.night()


def test_a_night_that_fails_says_so_and_the_next_one_makes_it_good(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact, out=True)
    adopted.fault("describe", "API_CURRENTLY_DISABLED", after=1, times=9)
    with pytest.raises(OptoutError):
        adopted.night()
    adopted.clear_faults()
    assert (adopted.night().outcome, adopted.ticked(contact)) == (Outcome.DONE, True)


def test_the_backlog_of_pushes_is_part_of_the_night(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact)
    event = adopted.accept(Selector.PERSON, "ann")
    adopted.night()
    assert (adopted.ticked(contact), adopted.settled(event)) == (True, True)


def test_no_night_ever_writes_an_opt_in(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact, out=True)
    adopted.night()
    adopted.tick(contact, value=False)
    adopted.night()
    assert adopted.ticked(contact)
    assert adopted.opt_ins() == 0
