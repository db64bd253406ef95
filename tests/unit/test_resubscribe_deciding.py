"""What a resubscribe decides from what was read, and what its fence lets through: rows of data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.ledger.fences import Passes, Standing, passes
from sync.ledger.resubscribes import Member
from sync.ledger.targets import Side
from sync.resubscribe.deciding import Verdict, decide, decide_all, ties

EARLIER, T, LATER = (f"2026-11-24T09:00:0{second}.000000Z" for second in range(3))
RECORD = Member(Side.ORG, "003", "ann", Standing.LIVE, opted_out=True, stamp=EARLIER)
PERSON = Member(Side.PEOPLE, "ann", "ann", Standing.LIVE, opted_out=True, stamp="then")
FREE = replace(RECORD, opted_out=False)
DEAD = replace(RECORD, standing=Standing.DEAD)


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        (RECORD, RECORD, Verdict.CLEAR),
        (PERSON, PERSON, Verdict.CLEAR),
        (FREE, FREE, Verdict.KEEP),
        (DEAD, DEAD, Verdict.KEEP),
        (replace(RECORD, standing=Standing.UNSEEN), replace(RECORD, standing=Standing.UNSEEN),
         Verdict.KEEP),
        (FREE, RECORD, Verdict.CHANGED),  # ticked meanwhile
        (RECORD, FREE, Verdict.CHANGED),
        (RECORD, replace(RECORD, stamp=T), Verdict.CHANGED),  # ticked again, or anything else
        (DEAD, replace(DEAD, stamp=T), Verdict.CHANGED),
        (RECORD, replace(DEAD, stamp=T), Verdict.CHANGED),  # merged or deleted meanwhile
        (PERSON, replace(PERSON, stamp="since then"), Verdict.CHANGED),
        (RECORD, None, Verdict.CHANGED),
        (None, RECORD, Verdict.CHANGED),  # joined to it meanwhile
        (None, None, Verdict.CHANGED),
    ],
)  # fmt: skip
def test_only_what_nobody_changed_between_two_readings_is_cleared(before, now, verdict):
    assert decide(before, now) is verdict


def test_every_member_that_either_reading_knows_is_decided_on():
    verdicts = decide_all({"003": RECORD}, {"003": RECORD, "ann": PERSON})
    assert verdicts == {Verdict.CLEAR: ["003"], Verdict.KEEP: [], Verdict.CHANGED: ["ann"]}


@pytest.mark.parametrize(
    ("member", "tied"),
    [
        (RECORD, False),
        (replace(RECORD, stamp=T), True),
        (replace(RECORD, stamp=LATER), True),
        (replace(DEAD, stamp=T), True),
        (replace(FREE, stamp=T), False),
        (PERSON, False),
    ],
)
def test_a_record_changed_in_the_second_of_the_reading_is_a_tie(member, tied):
    assert bool(ties([member], T)) is tied


@pytest.mark.parametrize(
    ("received", "occurred", "passed"),
    [
        (EARLIER, EARLIER, Passes.CLOSED),
        (EARLIER, LATER, Passes.CLOSED),  # a sender whose clock is ahead
        (T, T, Passes.YES),  # ties are opt-outs
        (LATER, T, Passes.YES),
        (LATER, LATER, Passes.YES),
        (T, EARLIER, Passes.AMBIGUOUS),
        (LATER, EARLIER, Passes.AMBIGUOUS),
    ],
)
def test_a_fence_closes_what_was_received_before_it(received, occurred, passed):
    assert passes(received, occurred, T) is passed


def test_where_no_fence_is_everything_passes():
    assert passes(EARLIER, EARLIER, "") is Passes.YES
