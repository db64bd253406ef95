"""Resubscribe, against whatever comes between: pushes, nights, late events, stale runners.

A late opt-out may opt out again.
"""

from __future__ import annotations

import pytest
from resubscribe_house import actions, ask, both, is_clear, late
from store_kinds import BOTH

from deployer.errors import TryLater
from deployer.salesforce.bulk import close_job, create_ingest_job, upload, write_uploads
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.claims import CLAIM_S, claim_due
from sync.ledger.events import Selector
from sync.ledger.fences import AMBIGUOUS, ResubscribeState
from sync.ledger.handed_over import note_handed_over
from sync.ledger.lease import LEASE_S, take
from sync.ledger.quarantine import cases
from sync.ledger.retrying import retry_cases
from sync.ledger.runs import NewJob, note_job
from sync.ledger.targets import Side
from sync.people.model import Person
from sync.spread import spread_events

pytestmark = BOTH

DAY = 86_400
CLEARED = ResubscribeState.CLEARED


def test_both_sides_are_cleared_and_the_next_nights_write_nothing(house, ann):
    house.adopt()
    assert ask(house).state is CLEARED
    assert both(house, ann) == (False, False)
    for _ in range(2):
        house.clock.sleep(DAY)
        assert house.night().writes == {"salesforce": 0, "people": 0}
    assert both(house, ann) == (False, False)


def test_somebody_handed_over_is_not_cleared_before_the_people_side_shows_it(house, ann):
    house.people.clear("ann", house.clock.now(), "by hand", "Bo")
    with house.ledger.engine.begin() as db:
        note_handed_over(db, ["ann"], house.ledger.now())
    with pytest.raises(TryLater, match="handed over"):
        ask(house)
    assert house.ticked(ann)


def test_what_was_received_before_asserts_nothing_any_more(house, ann):
    house.rule("Contact", active=True)
    house.tick(ann, False)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert house.cases() == [(ann, "FIELD_CUSTOM_VALIDATION_EXCEPTION")]
    assert ask(house).state is CLEARED
    house.rule("Contact", active=False)
    house.clock.sleep(DAY)
    house.drain()
    assert (both(house, ann), house.cases(), house.settled(event)) == ((False, False), [], True)


def test_what_was_received_before_and_not_looked_at_yet_is_closed_too(house, ann):
    event = house.accept(Selector.PERSON, "ann")
    assert ask(house).state is CLEARED
    house.drain()
    assert (both(house, ann), house.settled(event)) == ((False, False), True)


def test_it_is_closed_for_the_records_that_the_person_gets_later_too(house):
    house.person("bob")
    event = house.accept(Selector.PERSON, "bob")
    assert ask(house, "bob").state is CLEARED
    contact = house.contact()
    house.people.add(Person("bob", salesforce_ids=(contact,)))
    house.drain()
    assert (both(house, contact, "bob"), house.settled(event)) == ((False, False), True)


def test_a_record_that_an_earlier_unsubscribe_names_itself_is_opted_out_all_the_same(house):
    house.person("bob")
    contact = house.contact()
    house.accept(Selector.PERSON, "bob")
    house.accept(Selector.SALESFORCE, contact)
    assert ask(house, "bob").state is CLEARED
    house.people.add(Person("bob", salesforce_ids=(contact,)))
    house.drain()
    assert house.ticked(contact)


def test_an_unsubscribe_received_afterwards_opts_out_on_both_sides(house, ann):
    assert ask(house).state is CLEARED
    house.clock.sleep(1)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    assert both(house, ann) == (True, True)


def test_one_received_in_the_very_moment_of_it_opts_out(house, ann):
    assert ask(house, agree=lambda _: house.accept(Selector.PERSON, "ann")).state is CLEARED
    house.drain()
    assert both(house, ann) == (True, True)


def test_one_that_comes_late_and_happened_before_is_left_to_a_person(house, ann):
    before = house.clock.now()
    assert ask(house).state is CLEARED
    event = late(house, "ann", before)
    house.clock.sleep(DAY)
    house.drain()
    house.adopt()
    assert (both(house, ann), house.settled(event)) == ((False, False), False)
    assert house.cases() == [("ann", AMBIGUOUS), (ann, AMBIGUOUS)]


def test_what_is_ambiguous_is_applied_once_a_person_retries_it(house, ann):
    before = house.clock.now()
    ask(house)
    late(house, "ann", before)
    house.drain()
    with house.ledger.engine.begin() as db:
        assert retry_cases(db, cases(db), house.ledger.now()) == 2
    house.drain()
    assert (both(house, ann), house.cases()) == ((True, True), [])


def test_an_opt_out_that_a_drain_has_in_its_hands_makes_it_wait(house, ann):
    house.accept(Selector.PERSON, "ann")
    spread_events(house.ledger, house.people)
    claim_due(house.ledger, Side.ORG, "another drain", 10)
    with pytest.raises(TryLater, match="on its way"):
        ask(house)
    assert both(house, ann) == (True, True)


def test_a_drain_that_slept_past_its_claim_may_opt_out_again_and_that_is_audited(house, ann):
    house.tick(ann, False)
    house.accept(Selector.PERSON, "ann")
    slept = []

    def asleep(asked):
        if asked.method == "PATCH" and not slept:
            slept.append(house.clock.sleep(CLAIM_S))
            assert ask(house).state is CLEARED
        return answer(asked)

    answer, house.answer = house.answer, asleep
    house.drain()
    assert (both(house, ann), "late-opt-out" in actions(house)) == ((False, True), True)
    house.adopt()
    assert both(house, ann) == (True, True)
    assert actions(house)[-1] == "resubscribe reopened"


def test_no_drain_touches_somebody_while_they_are_resubscribed(house, ann):
    """An unsubscribe comes in between the two sides, and a drain at once."""

    def before_the_org(asked):
        if is_clear(asked):
            house.answer = answer
            house.clock.sleep(1)
            house.accept(Selector.PERSON, "ann")
            house.drain()
            assert both(house, ann) == (False, True)
        return answer(asked)

    answer, house.answer = house.answer, before_the_org
    assert ask(house).state is CLEARED
    house.drain()
    assert both(house, ann) == (True, True)


def test_a_night_that_is_under_way_makes_it_wait(house, ann):
    take(house.ledger, house.open_org().writer.org.org_id, "a night")
    with pytest.raises(TryLater):
        ask(house)
    assert both(house, ann) == (True, True)


def test_a_bulk_job_that_a_dead_night_left_behind_makes_it_wait(house, ann, tmp_path):
    house.org.set_setting("bulk_seconds", "600")
    writer = house.open_org().writer
    (file,) = write_uploads(tmp_path, ["Id", EMAIL_OPT_OUT], [[ann, "true"]])

    def left_behind(_):
        job_id = create_ingest_job(writer, "Contact", "update")
        with house.ledger.engine.begin() as db:
            note_job(db, NewJob(job_id, "a night", "ingest", "tick"), house.ledger.now())
        upload(writer, job_id, file)
        close_job(writer, job_id)

    with pytest.raises(TryLater, match="bulk job"):
        ask(house, agree=left_behind)
    assert both(house, ann) == (True, True)


def test_a_night_that_read_before_and_writes_after_is_stopped(house, ann):
    """It slept past its lease after it read; meanwhile the person was resubscribed."""
    house.adopt()
    house.tick(ann, False)

    class Slow:
        """Falls asleep before it says how many people there are, which is after both were read."""

        def __getattr__(self, name):
            return getattr(people, name)

        def count(self):
            house.people = people
            house.clock.sleep(LEASE_S)
            assert ask(house).state is CLEARED
            return people.count()

    people, house.people = house.people, Slow()
    with pytest.raises(TryLater, match="taken"):
        house.night()
    assert both(house, ann) == (False, False)
