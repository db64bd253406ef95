"""Resubscribe: what keeps a person opted out. A late clear never stays."""

from __future__ import annotations

import pytest
from resubscribe_house import ask, both, is_clear
from store_kinds import BOTH

from deployer.errors import TryLater
from sync.ledger.backlog import read_backlog
from sync.ledger.events import Selector
from sync.ledger.fences import ResubscribeState
from sync.ledger.lease import LEASE_S

pytestmark = BOTH

CLEARED, REOPENED, SET_BACK = (
    ResubscribeState.CLEARED, ResubscribeState.REOPENED, ResubscribeState.SET_BACK,
)  # fmt: skip


def test_a_side_that_refuses_for_good_sets_the_other_back(house, ann):
    house.rule("Contact", active=True)
    ended = ask(house)
    assert (ended.state, ended.problem.org_code) == (SET_BACK, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    house.drain()
    assert both(house, ann) == (True, True)
    assert [e.action.value for e in house.people.history("ann")][-2:] == [
        "resubscribed", "unsubscribed",
    ]  # fmt: skip


def test_a_record_changed_in_the_second_of_the_reading_counts_as_opted_out(house, ann):
    house.clock.sleep(60)
    with pytest.raises(TryLater, match="very second"):
        ask(house, agree=lambda _: house.tick(ann))
    assert both(house, ann) == (True, True)


@pytest.mark.parametrize("number", [1, 2])
def test_whoever_ticks_the_box_meanwhile_wins(house, ann, number):
    """Before the first and after the last write to the record, as its readers see it."""
    seen = []

    def meddle(asked):
        seen.append(is_clear(asked))
        if number == 1 and not house.out("ann") and not any(seen):
            house.clock.sleep(1)
            house.tick(ann)
        answered = answer(asked)
        if number == 2 and seen[-1]:
            house.clock.sleep(1)
            house.tick(ann)
        return answered

    answer, house.answer = house.answer, meddle
    assert ask(house).state is REOPENED
    house.answer = answer
    house.drain()
    assert both(house, ann) == (True, True)


def test_a_lost_reply_is_looked_up(house, ann):
    house.fault("record.update", "DROP_AFTER", times=1)
    assert ask(house).state is CLEARED
    assert both(house, ann) == (False, False)


class Killed(BaseException):
    """Nobody is there to catch it."""


def die_between_the_sides(house) -> None:
    """Ann is cleared, her record is not; the lease has yet to run out."""

    def killed(asked):
        if is_clear(asked):
            raise Killed
        return answer(asked)

    answer, house.answer = house.answer, killed
    with pytest.raises(Killed):
        ask(house)
    house.answer = answer


@pytest.mark.parametrize("heal", ["drain", "adopt", "ask"])
def test_killed_between_the_two_sides_the_person_stays_out(house, ann, heal):
    die_between_the_sides(house)
    with house.ledger.engine.begin() as db:
        assert (both(house, ann), read_backlog(db).resubscribing) == ((False, True), 1)
    house.clock.sleep(LEASE_S)
    if heal == "ask":
        assert ask(house).state is CLEARED
    else:
        getattr(house, heal)()
    assert both(house, ann) == ((False, False) if heal == "ask" else (True, True))


@pytest.mark.parametrize(("seconds_a_call", "is_out"), [(1, False), (0, True)])
def test_what_it_took_back_itself_opts_out_in_a_tie_alone(house, ann, seconds_a_call, is_out):
    """Where the clock stands still nobody can say which of the two came first."""

    def slow(asked):
        house.clock.sleep(seconds_a_call)
        return answer(asked)

    die_between_the_sides(house)
    house.clock.sleep(LEASE_S)
    answer, house.answer = house.answer, slow
    assert ask(house).state is CLEARED
    house.drain()
    assert both(house, ann) == (is_out, is_out)


def test_a_record_that_was_not_shown_yet_is_opted_out_when_the_person_stays_out(house):
    """Its own opt-out was still to be tried again when the resubscribe closed it, and died."""
    record = house.contact()
    house.person("ann", record)
    house.rule("Contact", active=True)
    house.accept(Selector.PERSON, "ann")
    house.drain()
    house.rule("Contact", active=False)
    house.fault("query.row", "LATE_VISIBLE:600")
    looks = []

    def killed(asked):
        looks.append("IsDeleted" in asked.query.get("q", ""))
        if sum(looks) == 3:
            raise Killed
        return answer(asked)

    answer, house.answer = house.answer, killed
    with pytest.raises(Killed):
        ask(house)
    house.answer = answer
    house.clear_faults()
    house.clock.sleep(LEASE_S)
    house.drain()
    assert both(house, record) == (True, True)


def test_a_person_without_a_record_is_never_cleared_late(house):
    """Its runner slept past its lease just before it cleared the person."""
    house.person("ann", out=True)

    class Slow:
        """Falls asleep when Ann alone is looked at for the second time, before she is cleared."""

        reads = 0

        def __getattr__(self, name):
            return getattr(people, name)

        def find(self, person_ids):
            found, self.reads = people.find(person_ids), self.reads + 1
            if self.reads == 4:
                house.people = people
                house.clock.sleep(LEASE_S)
                house.drain()
            return found

    people, house.people = house.people, Slow()
    assert ask(house).state is SET_BACK
    assert "resubscribed" not in [e.action.value for e in people.history("ann")]


def test_a_late_clear_never_stays(house, ann):
    """Its runner slept past its lease just before it cleared the box."""

    def asleep(asked):
        if is_clear(asked):
            house.answer = answer
            house.clock.sleep(LEASE_S)
            house.drain()
            assert both(house, ann) == (True, True)
        return answer(asked)

    answer, house.answer = house.answer, asleep
    assert ask(house).state is SET_BACK
    house.drain()
    assert both(house, ann) == (True, True)
