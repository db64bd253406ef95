"""What a resubscribe holds back, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bare_ledger import (
    CASE,
    CONTACT,
    EARLIER,
    LATER,
    LEAD,
    NOW,
    OTHER,
    claimed_one,
    event,
    on,
    rows,
)
from org_clock import START
from sqlalchemy import insert

from sync.ledger.claims import claim_due
from sync.ledger.events import accept
from sync.ledger.fences import (
    AMBIGUOUS,
    NEVER,
    Passes,
    ResubscribeState,
    Standing,
    cleared_keys,
    closed_events,
    count_held,
    fences,
    held_keys,
    note_out_again,
    passes,
    reopen_before,
    silent_versions,
)
from sync.ledger.tables import (
    AUDIT,
    RESUBSCRIBE_MEMBERS,
    RESUBSCRIBES,
    TARGETS,
)
from sync.ledger.targets import (
    Outcome,
    Side,
    TargetState,
    spread,
    tell,
)


def test_the_words_that_a_ledger_has_stored_stay_what_they_are():
    assert [each.value for each in ResubscribeState] == [
        "intent", "clearing", "cleared", "reopened", "set-back"
    ]  # fmt: skip
    assert [each.value for each in Standing] == ["live", "dead", "unseen"]
    assert (AMBIGUOUS, NEVER) == ("AMBIGUOUS_RESUBSCRIBE", "9999-12-31T00:00:00.000000Z")


@pytest.mark.parametrize(
    ("received", "occurred", "fenced", "expected"),
    [
        (1, 1, "", Passes.YES),
        (1, 1, "2", Passes.CLOSED),
        (1, 3, "2", Passes.CLOSED),
        (2, 1, "2", Passes.AMBIGUOUS),
        (3, 1, "2", Passes.AMBIGUOUS),
        (2, 2, "2", Passes.YES),
        (3, 3, "2", Passes.YES),
    ],
)
def test_a_row_is_closed_when_it_came_in_before_and_a_tie_is_an_opt_out(
    received, occurred, fenced, expected
):
    assert passes(f"{received}", f"{occurred}", fenced) is expected


def resubscribed(db, *members: dict, state: ResubscribeState = ResubscribeState.CLEARED,
                 at: str = NOW) -> int:  # fmt: skip
    made = db.scalar(
        insert(RESUBSCRIBES)
        .values(at=at, org_at=at, person_id="ann", by="bo", reason="r", fields="A",
                state=state.value, org_id="00D", owner="me", epoch=1)
        .returning(RESUBSCRIBES.c.id)
    )  # fmt: skip
    usual = {"side": "org", "person_id": "ann", "standing": "live", "opted_out": 1, "stamp": "s"}
    for member in members:
        db.execute(insert(RESUBSCRIBE_MEMBERS).values(resubscribe_id=made, **(usual | member)))
    return made


HOLD = {ResubscribeState.INTENT, ResubscribeState.CLEARING}


@pytest.mark.parametrize("state", ResubscribeState)
def test_a_resubscribe_fences_until_it_is_taken_back_and_holds_until_it_is_through(bare_db, state):
    resubscribed(bare_db, {"key": CONTACT}, state=state)
    fencing = state in {*HOLD, ResubscribeState.CLEARED}
    assert fences(bare_db, {CONTACT, LEAD}) == ({CONTACT: NOW} if fencing else {})
    assert set(bare_db.scalars(held_keys())) == ({CONTACT} if state in HOLD else set())
    assert count_held(bare_db) == int(state in HOLD)
    assert cleared_keys(bare_db) == ({CONTACT} if state is ResubscribeState.CLEARED else set())


def test_the_newest_fence_counts_and_each_has_its_own(bare_db):
    resubscribed(bare_db, {"key": CONTACT}, {"key": LEAD}, at=EARLIER)
    resubscribed(bare_db, {"key": CONTACT}, at=LATER)
    assert fences(bare_db, [CONTACT, LEAD, CONTACT]) == {CONTACT: LATER, LEAD: EARLIER}
    assert fences(bare_db, [LEAD]) == {LEAD: EARLIER}


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("opted_out", [0, 1])
@pytest.mark.parametrize("state", ResubscribeState)
def test_a_dead_id_is_silent_behind_a_fence_and_only_a_live_one_was_cleared(
    bare_db, standing, opted_out, state
):
    member = {"key": CONTACT, "standing": standing.value, "opted_out": opted_out, "stamp": "t"}
    resubscribed(bare_db, member, state=state)
    fencing = state in {*HOLD, ResubscribeState.CLEARED}
    silent = fencing and standing is Standing.DEAD and opted_out == 1
    assert silent_versions(bare_db) == ({(CONTACT, "t")} if silent else set())
    cleared = state is ResubscribeState.CLEARED and standing is Standing.LIVE
    assert cleared_keys(bare_db) == ({CONTACT} if cleared else set())


def test_who_was_cleared_and_is_opted_out_again_reopens_what_covers_them(bare_ledger):
    with bare_ledger.engine.begin() as db:
        made = [resubscribed(db, {"key": CONTACT}), resubscribed(db, {"key": LEAD}),
                resubscribed(db, {"key": CONTACT}, state=ResubscribeState.INTENT),
                resubscribed(db, {"key": CONTACT})]  # fmt: skip
        note_out_again(db, [CONTACT, OTHER], LATER)
    again = "one of those it covered was found opted out again"
    assert rows(bare_ledger, RESUBSCRIBES.c.state, RESUBSCRIBES.c.detail) == [
        ("reopened", again), ("cleared", ""), ("intent", ""), ("reopened", again)
    ]  # fmt: skip
    assert rows(bare_ledger, AUDIT.c.at, AUDIT.c.by, AUDIT.c.action, AUDIT.c.detail) == [
        (LATER, "optout", "resubscribe reopened", f"{number}: {again}")
        for number in (made[0], made[3])
    ]


@pytest.mark.parametrize(
    ("received", "meant", "closed"),
    [
        (EARLIER, [CONTACT], True),
        (EARLIER, [CONTACT, LEAD], True),
        (EARLIER, [CONTACT, OTHER], False),
        (NOW, [CONTACT], False),
        (LATER, [CONTACT], False),
    ],
)
def test_an_event_is_closed_whole_when_all_it_means_are_fenced_later(
    bare_db, received, meant, closed
):
    resubscribed(bare_db, {"key": CONTACT}, {"key": LEAD})
    assert closed_events(bare_db, {7: (received, meant)}) == ({7} if closed else set())


@pytest.mark.parametrize(
    ("person", "fence", "state"),
    [
        (LEAD, LATER, "cleared"),  # it covered whom the event means, and came after it
        (LEAD, NOW, "reopened"),  # it covered them, and the event came after it
        (OTHER, LATER, "reopened"),  # it covered somebody else
    ],
)
def test_a_fence_falls_before_an_event_that_it_has_not_closed(bare_ledger, person, fence, state):
    (one,) = (each.id for each in accept(bare_ledger, [event("1", START)]))
    with bare_ledger.engine.begin() as db:
        resubscribed(db, {"key": CONTACT}, {"key": LEAD}, at=fence)
        reopen_before(db, (one, person), {CONTACT}, LATER)
    assert rows(bare_ledger, RESUBSCRIBES.c.state) == [(state,)]
    assert [at for (at,) in rows(bare_ledger, AUDIT.c.at)] == [LATER] * (state == "reopened")


@pytest.mark.parametrize(
    ("occurred_min", "fence", "state", "expected"),
    [
        (0, LATER, "open", ("fenced", "", NOW)),
        (0, LATER, "waiting", ("fenced", "", NOW)),
        (0, LATER, "done", ("done", "", NOW)),
        (0, NOW, "open", ("open", "", NOW)),
        (-5, NOW, "open", ("quarantined", AMBIGUOUS, NEVER)),
        (-5, NOW, "waiting", ("waiting", "", NOW)),
        (-5, EARLIER, "open", ("open", "", NOW)),
    ],
)
def test_a_new_target_is_put_behind_the_fence(bare_ledger, occurred_min, fence, state, expected):
    with bare_ledger.engine.begin() as db:
        resubscribed(db, {"key": CONTACT}, at=fence)
    at = START + timedelta(minutes=occurred_min)
    (one,) = (each.id for each in accept(bare_ledger, [event("1", at)]))
    spread(
        bare_ledger, {one: [on(Side.ORG, CONTACT, state=TargetState(state)), on(Side.ORG, OTHER)]}
    )
    found = rows(bare_ledger, TARGETS.c.state, TARGETS.c.code, TARGETS.c.next_at)
    assert found == [expected, ("open", "", NOW)]
    doubt = [("org", CONTACT, "ann", AMBIGUOUS, NOW)] if expected[1] else []
    assert [(*row[:4], row[5]) for row in rows(bare_ledger, *CASE)] == doubt
    assert all("before it" in row[4] for row in rows(bare_ledger, *CASE))
    assert all(
        bool(row[0]) is bool(row[1]) for row in rows(bare_ledger, TARGETS.c.code, TARGETS.c.detail)
    )


def test_what_a_resubscribe_works_on_is_not_claimed(bare_ledger):
    target = claimed_one(bare_ledger)
    tell(bare_ledger, "me", [(target, Outcome(TargetState.OPEN))])
    with bare_ledger.engine.begin() as db:
        resubscribed(db, {"key": CONTACT}, state=ResubscribeState.CLEARING, at=EARLIER)
    assert not claim_due(bare_ledger, Side.ORG, "me", 10)
