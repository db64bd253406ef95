"""What is to be reached: written down once, claimed by one, told, and settled."""

from __future__ import annotations

from itertools import count

import pytest
from bare_ledger import (
    CASE,
    CONTACT,
    LATER,
    LEAD,
    NOW,
    OTHER,
    accepted,
    claimed_one,
    on,
    rows,
)
from sqlalchemy import event, update

from sync.ledger.claims import CLAIM_S, claim_due
from sync.ledger.ledger import UNBELIEVABLE_S, open_ledger
from sync.ledger.tables import AUDIT, EVENTS, QUARANTINE, TARGETS
from sync.ledger.targets import (
    LOT,
    Outcome,
    Side,
    Target,
    TargetState,
    Want,
    settle,
    spread,
    tell,
    want_more,
)


def test_the_words_that_a_ledger_has_stored_stay_what_they_are():
    assert [each.value for each in Side] == ["people", "org"]
    assert [each.value for each in TargetState] == [
        "open", "quarantined", "waiting", "handed-over", "done", "moved", "gone", "fenced"
    ]  # fmt: skip
    assert (CLAIM_S, LOT) == (120.0, 200)  # two minutes for what one call takes
    assert Want(Side.ORG, "k", "p").state is TargetState.OPEN
    assert Outcome(TargetState.DONE) == Outcome(TargetState.DONE, "", "", 0.0)


def test_what_is_claimed_says_all_that_its_event_did(bare_ledger):
    (number,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {number: [on(Side.ORG, CONTACT)]})
    (target,) = claim_due(bare_ledger, Side.ORG, "me", 10)
    assert target == Target(
        id=target.id, event_id=number, side=Side.ORG, key=CONTACT, person_id="ann",
        fields=("A", "B__c"), attempts=0, code="", occurred_at=NOW, source="newsletter",
        reason="asked",
    )  # fmt: skip


def test_a_want_is_written_down_once_however_often_and_beside_others_of_its_name(bare_ledger):
    one, two = accepted(bare_ledger, "1", "2")
    wants = [on(Side.ORG, CONTACT), on(Side.ORG, CONTACT), on(Side.PEOPLE, CONTACT)]
    spread(bare_ledger, {one: wants, two: wants[:1]})
    spread(bare_ledger, {one: wants})
    want_more(bare_ledger, {two: [*wants[:1], on(Side.ORG, LEAD)]})
    want_more(bare_ledger, {})
    assert rows(bare_ledger, TARGETS.c.event_id, TARGETS.c.side, TARGETS.c.key) == [
        (one, "org", CONTACT), (one, "people", CONTACT), (two, "org", CONTACT), (two, "org", LEAD),
    ]  # fmt: skip


def test_an_event_is_spread_until_nothing_is_left_to_reach(bare_ledger):
    one, two = accepted(bare_ledger, "1", "2")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT)], two: []})
    assert rows(bare_ledger, EVENTS.c.state, EVENTS.c.settled_at) == [
        ("spread", None),
        ("settled", NOW),
    ]


def test_an_event_that_was_not_spread_is_not_settled(bare_ledger, bare_clock):
    one, two = accepted(bare_ledger, "1", "2")
    spread(bare_ledger, {two: []})
    bare_clock.sleep(300)
    with bare_ledger.engine.begin() as db:
        settle(db, [one, two], LATER)
    assert rows(bare_ledger, EVENTS.c.state, EVENTS.c.settled_at) == [
        ("accepted", None),
        ("settled", NOW),
    ]


@pytest.mark.parametrize("state", TargetState)
def test_an_event_is_settled_when_all_its_targets_ask_for_nothing_more(bare_ledger, state):
    (one,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT, state=state)]})
    left = {"open", "quarantined", "waiting", "handed-over"}
    assert rows(bare_ledger, EVENTS.c.state) == [("spread" if state.value in left else "settled",)]


@pytest.mark.parametrize("state", TargetState)
def test_only_what_is_open_or_quarantined_is_due(bare_ledger, state):
    (one,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT, state=state)]})
    assert bool(claim_due(bare_ledger, Side.ORG, "me", 10)) is (
        state.value in {"open", "quarantined"}
    )


def test_a_claim_is_nobody_elses_until_it_runs_out(bare_ledger, bare_clock):
    (one,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT)]})
    assert not claim_due(bare_ledger, Side.PEOPLE, "other", 10)
    assert claim_due(bare_ledger, Side.ORG, "me", 10)
    assert rows(bare_ledger, TARGETS.c.claim) == [("me",)]
    bare_clock.sleep(CLAIM_S - 0.001)
    assert not claim_due(bare_ledger, Side.ORG, "you", 10)
    bare_clock.sleep(0.001)
    assert claim_due(bare_ledger, Side.ORG, "you", 10)


def test_what_is_put_off_is_claimed_when_its_time_has_come(bare_ledger, bare_clock):
    target = claimed_one(bare_ledger)
    tell(bare_ledger, "me", [(target, Outcome(TargetState.OPEN, "BUSY", "wait", 300.0))])
    bare_clock.sleep(299)
    assert not claim_due(bare_ledger, Side.ORG, "me", 10)
    bare_clock.sleep(1)
    assert claim_due(bare_ledger, Side.ORG, "me", 10)


def test_what_was_lost_to_another_before_it_was_read_is_not_taken(
    bare_ledger, bare_clock, tmp_path
):
    """Its process slept past the claim, after the commit."""
    (one,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT)]})
    other, begun, taken = open_ledger(tmp_path / "ledger.sqlite", bare_clock), count(), []

    def sleep(_connection) -> None:
        if next(begun) == 1:
            bare_clock.sleep(CLAIM_S)
            taken.extend(claim_due(other, Side.ORG, "you", 10))

    event.listen(bare_ledger.engine, "begin", sleep)
    assert claim_due(bare_ledger, Side.ORG, "me", 10) == []
    assert [each.key for each in taken] == [CONTACT]
    other.close()


@pytest.mark.parametrize(
    ("persons", "limit", "taken"),
    [
        ("abc", 2, 2),
        ("aab", 2, 2),
        ("aaab", 3, 3),
        ("aaabb", 4, 3),
        ("aabb", 4, 4),
        ("aaaa", 1, 2),  # more than twice the limit of one person is not looked at
        ("abab", 3, 2),
        ("ab", 1, 1),
    ],
)
def test_whole_persons_are_claimed_the_oldest_first(bare_ledger, persons, limit, taken):
    (one,) = accepted(bare_ledger, "1")
    wants = [on(Side.ORG, f"{at}", person) for at, person in enumerate(persons)]
    spread(bare_ledger, {one: wants})
    claimed = claim_due(bare_ledger, Side.ORG, "me", limit)
    first = [want.key for want in sorted(wants, key=lambda want: persons.index(want.person_id))]
    assert [each.key for each in claimed] == sorted(first[:taken])
    rest = claim_due(bare_ledger, Side.ORG, "you", 10)
    assert {each.key for each in rest} == {want.key for want in wants} - set(first[:taken])


COLUMNS = (TARGETS.c.state, TARGETS.c.code, TARGETS.c.detail, TARGETS.c.attempts,
           TARGETS.c.next_at, TARGETS.c.claim, TARGETS.c.claimed_until)  # fmt: skip


def test_what_became_of_a_target_is_kept_and_its_claim_is_over(bare_ledger):
    target = claimed_one(bare_ledger)
    tell(bare_ledger, "me", [(target, Outcome(TargetState.OPEN, "BUSY", "wait", 300.0))])
    assert rows(bare_ledger, *COLUMNS) == [("open", "BUSY", "wait", 1, LATER, None, None)]
    assert rows(bare_ledger, EVENTS.c.state) == [("spread",)]


def test_attempts_are_counted_as_long_as_they_come_to_the_same(bare_ledger):
    target = claimed_one(bare_ledger)
    counted = []
    for code in ("BUSY", "BUSY", "OTHER", "BUSY"):
        tell(bare_ledger, "me", [(target, Outcome(TargetState.OPEN, code))])
        (target,) = claim_due(bare_ledger, Side.ORG, "me", 10)
        counted.append((target.code, target.attempts))
    assert counted == [("BUSY", 1), ("BUSY", 2), ("OTHER", 1), ("BUSY", 1)]


def test_a_lost_claim_keeps_what_its_new_holder_says(bare_ledger, bare_clock):
    target = claimed_one(bare_ledger)
    bare_clock.sleep(CLAIM_S)
    claim_due(bare_ledger, Side.ORG, "you", 10)
    tell(bare_ledger, "me", [(target, Outcome(TargetState.QUARANTINED, "NO", "why"))])
    assert rows(bare_ledger, TARGETS.c.state, TARGETS.c.claim) == [("open", "you")]
    tell(bare_ledger, "me", [(target, Outcome(TargetState.DONE))])
    assert (rows(bare_ledger, AUDIT.c.action), rows(bare_ledger, QUARANTINE.c.key)) == ([], [])
    tell(bare_ledger, "you", [(target, Outcome(TargetState.DONE))])
    assert rows(bare_ledger, TARGETS.c.state) == [("done",)]
    assert rows(bare_ledger, EVENTS.c.state) == [("settled",)]


def test_what_was_done_after_a_resubscribe_had_closed_it_is_in_the_log(bare_ledger):
    target, other = claimed_one(bare_ledger), claimed_one(bare_ledger, key=OTHER)
    with bare_ledger.engine.begin() as db:
        closed = update(TARGETS).where(TARGETS.c.id == target.id)
        db.execute(closed.values(state=TargetState.FENCED.value, claim=None))
    tell(bare_ledger, "me", [(each, Outcome(TargetState.DONE)) for each in (target, other)])
    assert rows(bare_ledger, AUDIT.c.at, AUDIT.c.by, AUDIT.c.action, AUDIT.c.detail) == [
        (NOW, "optout", "late-opt-out",
         f"org {CONTACT}: written after a resubscribe had closed it")
    ]  # fmt: skip
    assert dict(rows(bare_ledger, TARGETS.c.key, TARGETS.c.state)) == {
        CONTACT: "fenced",
        OTHER: "done",
    }


def test_what_was_refused_late_is_no_late_opt_out(bare_ledger):
    target = claimed_one(bare_ledger)
    with bare_ledger.engine.begin() as db:
        db.execute(update(TARGETS).values(state=TargetState.FENCED.value, claim=None))
    tell(bare_ledger, "me", [(target, Outcome(TargetState.GONE))])
    assert rows(bare_ledger, AUDIT.c.action) == []


@pytest.mark.parametrize("state", TargetState)
def test_a_case_is_open_from_the_refusal_to_what_ends_it(bare_ledger, state):
    target = claimed_one(bare_ledger)
    tell(bare_ledger, "me", [(target, Outcome(TargetState.QUARANTINED, "NO", "why"))])
    assert rows(bare_ledger, *CASE) == [("org", CONTACT, "ann", "NO", "why", NOW)]
    (target,) = claim_due(bare_ledger, Side.ORG, "me", 10)
    tell(bare_ledger, "me", [(target, Outcome(state, "NO", "why"))])
    assert bool(rows(bare_ledger, *CASE)) is (state.value not in {"done", "moved", "gone"})


def test_a_case_of_the_other_side_stays_open(bare_ledger):
    pair = [claimed_one(bare_ledger, side) for side in Side]
    no = Outcome(TargetState.QUARANTINED, "NO")
    tell(bare_ledger, "me", [(each, no) for each in pair])
    again = [each for side in Side for each in claim_due(bare_ledger, side, "me", 10)]
    tell(bare_ledger, "me", [(again[0], Outcome(TargetState.DONE))])
    assert [row[0] for row in rows(bare_ledger, *CASE)] == [again[1].side.value]


def test_an_event_that_is_settled_stays_so_when_it_is_spread_again(bare_ledger, bare_clock):
    (one,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {one: []})
    bare_clock.sleep(300)
    spread(bare_ledger, {one: []})
    assert rows(bare_ledger, EVENTS.c.state, EVENTS.c.settled_at) == [("settled", NOW)]


def test_only_the_events_that_are_meant_are_settled(bare_ledger):
    one, two = accepted(bare_ledger, "1", "2")
    with bare_ledger.engine.begin() as db:
        db.execute(update(EVENTS).values(state="spread"))
        settle(db, [one], LATER)
    assert rows(bare_ledger, EVENTS.c.id, EVENTS.c.state) == [(one, "settled"), (two, "spread")]


def test_only_the_targets_that_are_told_of_are_changed_and_their_event_settled(bare_ledger):
    one, two = accepted(bare_ledger, "1", "2")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT)], two: [on(Side.ORG, OTHER)]})
    first, _ = claim_due(bare_ledger, Side.ORG, "me", 10)
    tell(bare_ledger, "me", [(first, Outcome(TargetState.DONE))])
    assert rows(bare_ledger, TARGETS.c.state, TARGETS.c.claim) == [("done", None), ("open", "me")]
    assert rows(bare_ledger, EVENTS.c.settled_at) == [(NOW,), (None,)]


def test_a_new_target_has_no_attempt_no_code_and_no_detail(bare_ledger):
    (one,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT)]})
    assert rows(bare_ledger, *COLUMNS) == [("open", "", "", 0, NOW, None, None)]


@pytest.mark.parametrize(("later_s", "is_free"), [(-1, False), (0, False), (1, True)])
def test_a_claim_that_a_wrong_clock_made_holds_nothing(bare_ledger, later_s, is_free):
    (one,) = accepted(bare_ledger, "1")
    spread(bare_ledger, {one: [on(Side.ORG, CONTACT)]})
    until = bare_ledger.later(UNBELIEVABLE_S + later_s)
    with bare_ledger.engine.begin() as db:
        db.execute(update(TARGETS).values(claim="you", claimed_until=until))
    assert bool(claim_due(bare_ledger, Side.ORG, "me", 10)) is is_free


def test_the_oldest_comes_first_whether_it_was_refused_before_or_not(bare_ledger):
    (one,) = accepted(bare_ledger, "1")
    refused = on(Side.ORG, "0", "a", TargetState.QUARANTINED)
    spread(bare_ledger, {one: [refused, *(on(Side.ORG, f"{at}", f"p{at}") for at in range(1, 5))]})
    assert [each.key for each in claim_due(bare_ledger, Side.ORG, "me", 1)] == ["0"]
