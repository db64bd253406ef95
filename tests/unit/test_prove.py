"""The suites of ci/prove: a broken one says so, and a failure can be seen again."""

from __future__ import annotations

import pytest
from prove.outcome import Outcome, Size, digest
from prove.suites import told

BROKEN = [
    (Outcome(0), ["kill FAIL n=0 seed=7 secs=1.0", "  it has run no case"]),
    (Outcome(3, ("x: lost",)), ["kill FAIL n=3 seed=7 secs=1.0", "  x: lost"]),
]


@pytest.mark.parametrize(("outcome", "lines"), BROKEN, ids=["no case", "a failure"])
def test_a_suite_without_cases_or_with_a_failure_fails_and_says_how_to_see_it_again(outcome, lines):
    assert told("kill", (7, Size.SHORT), outcome, 1.0) == [
        *lines,
        "  again: ci/prove kill --seed 7",
    ]


def test_a_long_run_is_seen_again_as_a_long_run():
    assert told("kill", (7, Size.LONG), Outcome(0), 1.0)[-1] == (
        "  again: ci/prove kill --seed 7 --long"
    )


def test_a_suite_that_is_right_has_one_line():
    assert told("kill", (1, Size.SHORT), Outcome(5), 2.04) == ["kill ok n=5 seed=1 secs=2.0"]


def test_the_digest_of_a_run_depends_on_the_order_of_what_happened():
    assert digest(["a", "b"]) == digest(iter(["a", "b"])) != digest(["b", "a"])
