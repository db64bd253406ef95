"""How many writes a night may do by itself."""

from __future__ import annotations

import pytest

from sync.guard import Direction, judge


@pytest.mark.parametrize(
    ("direction", "people", "goes_on"),
    [
        (Direction(writes=0, flagged=0), 0, True),
        (Direction(writes=500, flagged=0), 1_000, True),
        (Direction(writes=501, flagged=0), 1_000, False),
        (Direction(writes=2_000, flagged=0), 200_000, True),
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
        (Direction(writes=0, flagged=0, flagged_before=1_000), 1_000, True),
        (Direction(writes=1, flagged=5, flagged_before=None), 1_000, True),
    ],
)
def test_a_night_does_by_itself_only_what_is_usual(direction, people, goes_on):
    verdict = judge(direction, people)
    assert verdict.unshown is goes_on
    assert bool(verdict.reason) is not goes_on
