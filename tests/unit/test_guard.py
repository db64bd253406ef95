"""How many writes a night may do by itself."""

from __future__ import annotations

import pytest

from sync.guard import Direction, Verdict, judge


@pytest.mark.parametrize(
    ("direction", "people", "goes_on"),
    [
        (Direction(writes=0, flagged=0), 0, True),
        (Direction(writes=500, flagged=0), 1_000, True),
        (Direction(writes=501, flagged=0), 1_000, False),
        (Direction(writes=500, flagged=0), 50_199, True),
        (Direction(writes=501, flagged=0), 50_099, False),
        (Direction(writes=2_000, flagged=0), 200_000, True),
        (Direction(writes=2_001, flagged=0), 200_099, False),
        (Direction(writes=2_001, flagged=0), 200_000, False),
        # What a person was shown needs no guard; what came in since does.
        (Direction(writes=6_000, flagged=0, shown=6_000), 1_000, True),
        (Direction(writes=6_500, flagged=0, shown=6_000), 1_000, True),
        (Direction(writes=6_501, flagged=0, shown=6_000), 1_000, False),
        # A side that lost a fifth and fifty of its opt-outs may have been restored or emptied.
        (Direction(writes=1, flagged=200, flagged_before=250), 1_000, False),
        (Direction(writes=1, flagged=201, flagged_before=250), 1_000, True),
        (Direction(writes=1, flagged=0, flagged_before=49), 1_000, True),
        (Direction(writes=1, flagged=951, flagged_before=1_000), 1_000, True),
        (Direction(writes=1, flagged=900, flagged_before=1_000), 1_000, True),
        (Direction(writes=1, flagged=801, flagged_before=1_000), 1_000, True),
        (Direction(writes=1, flagged=800, flagged_before=1_000), 1_000, False),
        (Direction(writes=0, flagged=0, flagged_before=1_000), 1_000, True),
        (Direction(writes=1, flagged=5, flagged_before=None), 1_000, True),
    ],
)
def test_a_night_does_by_itself_only_what_is_usual(direction, people, goes_on):
    verdict = judge(direction, people)
    assert verdict.unshown is goes_on
    assert bool(verdict.reason) is not goes_on


def test_a_side_that_never_had_an_opt_out_has_lost_none():
    first = Direction(writes=1, flagged=0)
    assert (first.flagged_before, first.shown) == (None, 0)
    assert judge(first, 1_000) == Verdict(unshown=True, reason="")


@pytest.mark.parametrize(
    ("direction", "people", "said"),
    [
        (Direction(writes=2_501, flagged=0, shown=1), 200_050,
         "2,500 writes are more than the 2,000 a night"),
        (Direction(writes=1, flagged=2_000, flagged_before=3_500), 1_000,
         "holds 2,000 opt-outs, 1,500 fewer"),
    ],
)  # fmt: skip
def test_a_night_that_is_held_says_by_how_many(direction, people, said):
    assert said in judge(direction, people).reason
