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
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.fences import AMBIGUOUS, ResubscribeState
from sync.ledger.lease import LEASE_S, take
from sync.ledger.logbook import read_audit
from sync.ledger.quarantine import cases
from sync.ledger.retrying import retry_cases
from sync.ledger.targets import CLAIM_S, Side, claim_due
from sync.resubscribe.component import Sources
from sync.resubscribe.walk import Asked, resubscribe
from sync.spread import spread_events

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


def late(house, person, at):
    """An unsubscribe that happened then, and is collected now."""
    event = NewEvent("test", "late", "", at, Selector.PERSON, person, (EMAIL_OPT_OUT,))
    return accept(house.ledger, [event])[0].id


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


# Against pushes --------------------------------------------------------------------------------


def test_what_was_received_before_asserts_nothing_any_more(house, ask, ann):
    house.rule("Contact", active=True)
    house.tick(ann, False)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert house.cases() == [(ann, "FIELD_CUSTOM_VALIDATION_EXCEPTION")]
    assert ask().state is CLEARED
    house.rule("Contact", active=False)
    house.clock.sleep(DAY)
    house.drain()
    assert (both(house, ann), house.cases(), house.settled(event)) == ((False, False), [], True)


def test_what_was_received_before_and_not_looked_at_yet_is_closed_too(house, ask, ann):
    event = house.accept(Selector.PERSON, "ann")
    assert ask().state is CLEARED
    house.drain()
    assert (both(house, ann), house.settled(event)) == ((False, False), True)


def test_an_unsubscribe_received_afterwards_opts_out_on_both_sides(house, ask, ann):
    assert ask().state is CLEARED
    house.clock.sleep(1)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    assert both(house, ann) == (True, True)


def test_one_received_in_the_very_moment_of_it_opts_out(house, ask, ann):
    assert ask(agree=lambda _: house.accept(Selector.PERSON, "ann")).state is CLEARED
    house.drain()
    assert both(house, ann) == (True, True)


def test_one_that_comes_late_and_happened_before_is_left_to_a_person(house, ask, ann):
    before = house.clock.now()
    assert ask().state is CLEARED
    event = late(house, "ann", before)
    for _ in range(2):
        house.clock.sleep(DAY)
        house.drain()
        house.night()
    assert (both(house, ann), house.settled(event)) == ((False, False), False)
    assert house.cases() == [("ann", AMBIGUOUS), (ann, AMBIGUOUS)]


def test_what_is_ambiguous_is_applied_once_a_person_retries_it(house, ask, ann):
    before = house.clock.now()
    ask()
    late(house, "ann", before)
    house.drain()
    with house.ledger.engine.begin() as db:
        assert retry_cases(db, cases(db), house.ledger.now()) == 2
    house.drain()
    assert (both(house, ann), house.cases()) == ((True, True), [])


def test_an_opt_out_that_a_drain_has_in_its_hands_makes_it_wait(house, ask, ann):
    house.accept(Selector.PERSON, "ann")
    spread_events(house.ledger, house.people)
    claim_due(house.ledger, Side.ORG, "another drain", 10)
    with pytest.raises(TryLater, match="on its way"):
        ask()
    assert both(house, ann) == (True, True)


def test_a_drain_that_slept_past_its_claim_may_opt_out_again_and_that_is_audited(house, ask, ann):
    house.tick(ann, False)
    house.accept(Selector.PERSON, "ann")
    slept = []

    def asleep(asked):
        if asked.method == "PATCH" and not slept:
            slept.append(house.clock.sleep(CLAIM_S))
            assert ask().state is CLEARED
        return answer(asked)

    answer, house.answer = house.answer, asleep
    house.drain()
    assert (both(house, ann), "late-opt-out" in actions(house)) == ((False, True), True)
    house.night()
    assert both(house, ann) == (True, True)


def test_no_drain_touches_somebody_while_they_are_resubscribed(house, ask, ann):
    """An unsubscribe comes in between the two sides, and a drain at once."""

    def before_the_org(asked):
        if asked.method == "PATCH" and "/sobjects/Contact/" in asked.path:
            house.answer = answer
            house.clock.sleep(1)
            house.accept(Selector.PERSON, "ann")
            house.drain()
            assert both(house, ann) == (False, True)
        return answer(asked)

    answer, house.answer = house.answer, before_the_org
    assert ask().state is CLEARED
    house.drain()
    assert both(house, ann) == (True, True)


# Against nights --------------------------------------------------------------------------------


def test_a_night_that_is_under_way_makes_it_wait(house, ask, ann):
    take(house.ledger, house.open_org().writer.org.org_id, "a night")
    with pytest.raises(TryLater):
        ask()
    assert both(house, ann) == (True, True)


def test_a_night_that_read_before_and_writes_after_is_stopped(house, ask, ann):
    """It slept past its lease after it read; meanwhile the person was resubscribed."""
    house.tick(ann, False)

    class Slow:
        """Falls asleep before it says how many people there are, which is after both were read."""

        def __getattr__(self, name):
            return getattr(people, name)

        def count(self):
            house.people = people
            house.clock.sleep(LEASE_S)
            assert ask().state is CLEARED
            return people.count()

    people, house.people = house.people, Slow()
    with pytest.raises(TryLater, match="taken"):
        house.night()
    assert both(house, ann) == (False, False)


# What it covers --------------------------------------------------------------------------------


def test_two_people_who_share_a_record_are_covered_together(house, ask, ann):
    own = house.lead()
    house.person("bob", ann, own)
    house.clock.sleep(DAY)
    house.night()
    house.clock.sleep(60)
    shown = []
    assert ask(agree=shown.append).state is CLEARED
    assert set(shown[0].members) == {"ann", "bob", ann, own}
    assert (both(house, ann), both(house, own, "bob")) == ((False, False), (False, False))


def test_a_tombstone_that_nobody_touched_since_asserts_nothing(house, ask, ann):
    loser = house.contact()
    house.tick(loser)
    house.person("bob", loser)
    house.merge(ann, loser)
    assert ask().state is CLEARED
    assert (house.out("bob"), both(house, ann)) == (False, (False, False))
    for _ in range(2):
        house.clock.sleep(DAY)
        assert house.night().writes == {"salesforce": 0, "people": 0}


def test_a_ticked_record_that_is_merged_in_afterwards_opts_out(house, ask, ann):
    assert ask().state is CLEARED
    loser = house.contact()
    house.tick(loser)
    house.merge(ann, loser, HasOptedOutOfEmail=ann)
    house.clock.sleep(DAY)
    house.night()
    assert both(house, ann) == (True, True)


def test_a_merged_record_that_lives_again_is_somebody_else(house, ask, ann):
    loser = house.contact()
    house.person("bob", loser)
    house.merge(ann, loser)
    house.clock.sleep(DAY)
    house.night()
    house.undelete(loser)
    house.tick(loser)
    assert ask().state is CLEARED
    assert (house.ticked(loser), house.out("bob")) == (True, True)


def test_a_person_account_is_cleared_through_its_account(house, ask):
    account, contact = house.person_account()
    house.person("ann", contact)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    house.clock.sleep(60)
    assert ask().state is CLEARED
    assert both(house, account) == (False, False)
    house.clock.sleep(DAY)
    assert house.night().writes == {"salesforce": 0, "people": 0}


def test_a_person_without_an_id_is_cleared_and_no_later_id_opts_them_out(house, ask):
    house.person("ann")
    house.accept(Selector.PERSON, "ann")
    house.drain()
    assert ask().state is CLEARED
    contact = house.contact()
    house.person("ann", contact)
    house.drain()
    house.night()
    assert both(house, contact) == (False, False)


def test_who_is_not_opted_out_is_left_alone(house, ask):
    house.person("ann", house.contact())
    assert ask().state is None
    assert "resubscribe" not in actions(house)


def test_somebody_unknown_is_a_wrong_word(ask):
    with pytest.raises(UsageError):
        ask("nobody")


def test_an_address_of_two_people_who_share_nothing_names_nobody(house, ask):
    for person in ("ann", "bob"):
        house.person(person, house.contact(), out=True, email="both@example.com")
    with pytest.raises(UsageError, match="share no record"):
        ask("both@example.com")


# What keeps the person opted out ------------------------------------------------------------------


def test_a_side_that_refuses_for_good_sets_the_other_back(house, ask, ann):
    house.rule("Contact", active=True)
    ended = ask()
    assert (ended.state, ended.problem.org_code) == (SET_BACK, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    house.drain()
    assert both(house, ann) == (True, True)
    assert [e.action.value for e in house.people.history("ann")][-2:] == [
        "resubscribed", "unsubscribed",
    ]  # fmt: skip


def test_a_record_changed_in_the_second_of_the_reading_counts_as_opted_out(house, ask, ann):
    house.clock.sleep(60)
    with pytest.raises(TryLater, match="very second"):
        ask(agree=lambda _: house.tick(ann))
    assert both(house, ann) == (True, True)


@pytest.mark.parametrize("number", [1, 2])
def test_whoever_ticks_the_box_meanwhile_wins(house, ask, ann, number):
    """Before the first and after the last write to the record, as its readers see it."""
    seen = []

    def meddle(asked):
        seen.append("/sobjects/Contact/" in asked.path and asked.method == "PATCH")
        if number == 1 and not house.out("ann") and not any(seen):
            house.clock.sleep(1)
            house.tick(ann)
        answered = answer(asked)
        if number == 2 and seen[-1]:
            house.clock.sleep(1)
            house.tick(ann)
        return answered

    answer, house.answer = house.answer, meddle
    assert ask().state is REOPENED
    house.answer = answer
    house.drain()
    assert both(house, ann) == (True, True)


def test_a_lost_reply_is_looked_up(house, ask, ann):
    house.fault("record.update", "DROP_AFTER", times=1)
    assert ask().state is CLEARED
    assert both(house, ann) == (False, False)


class Killed(BaseException):
    """Nobody is there to catch it."""


@pytest.mark.parametrize("heal", ["drain", "night", "ask"])
def test_killed_between_the_two_sides_the_person_stays_out(house, ask, ann, heal):
    def killed(asked):
        if "/sobjects/Contact/" in asked.path and asked.method == "PATCH":
            raise Killed
        return answer(asked)

    answer, house.answer = house.answer, killed
    with pytest.raises(Killed):
        ask()
    house.answer = answer
    assert both(house, ann) == (False, True)
    house.clock.sleep(LEASE_S)
    if heal == "ask":
        assert ask().state is CLEARED
    else:
        getattr(house, heal)()
    assert both(house, ann) == ((False, False) if heal == "ask" else (True, True))


def test_a_late_clear_never_stays(house, ask, ann):
    """Its runner slept past its lease just before it cleared the box."""

    def asleep(asked):
        if "/sobjects/Contact/" in asked.path and asked.method == "PATCH":
            house.answer = answer
            house.clock.sleep(LEASE_S)
            house.drain()
            assert both(house, ann) == (True, True)
        return answer(asked)

    answer, house.answer = house.answer, asleep
    assert ask().state is SET_BACK
    house.drain()
    assert both(house, ann) == (True, True)
