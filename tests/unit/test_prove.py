"""The suites of ci/prove: a broken one says so, and a failure can be seen again."""

from __future__ import annotations

import pytest
from prove import kill
from prove.kill import Case, run_case
from prove.oracle import Acknowledged, Sown, verdict
from prove.outcome import Outcome, Size, digest
from prove.scenes import Scene, drain
from prove.stages import Place
from prove.suites import told
from prove.worlds import memory_folder, sow_all

from sync.ledger.events import Selector

pytestmark = pytest.mark.slow

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


def test_what_was_measured_stands_behind_the_line():
    outcome = Outcome(5, figures={"ack_p99_ms": 12.5, "files": 9})
    assert told("soak", (1, Size.SHORT), outcome, 2.04) == [
        "soak ok n=5 seed=1 secs=2.0 ack_p99_ms=12.5 files=9"
    ]


def test_the_digest_of_a_run_depends_on_the_order_of_what_happened():
    assert digest(["a", "b"]) == digest(iter(["a", "b"])) != digest(["b", "a"])


def pushed(house, place):
    """Ann asks, and is told that it is taken once it is."""
    house.accept(Selector.PERSON, "ann")
    place.note("acked", ["ann"])
    house.drain()


def lost(_house, place):
    """She is told so, and it is not."""
    place.note("acked", ["ann"])


def sow(house):
    contact = house.contact()
    house.person("ann", contact)
    return Sown({"ann": [contact]}, [], ["ann"])


PUSHED, LOST = Scene("pushed", sow, pushed, drain), Scene("lost", sow, lost, drain)


@pytest.fixture(scope="module")
def root():
    """The worlds of both scenes."""
    with memory_folder() as folder:
        sow_all(folder, [PUSHED, LOST])
        yield folder


@pytest.fixture(scope="module")
def first(root):
    """What the push passes when nobody kills it."""
    return run_case(root, Case(PUSHED))


def test_a_run_lists_the_points_it_passes_by_what_happens_there_and_who_does_it(first):
    assert first.wrong == ()
    assert {
        "commit.before sync.ledger.events.accept",
        "commit.after sync.ledger.events.accept",
        "org.before PATCH composite/sobjects",
        "org.after PATCH composite/sobjects",
    } <= set(first.act)


def test_the_same_scene_passes_the_same_points_and_ends_at_the_one_it_is_killed_at(root, first):
    at = first.act.index("commit.after sync.ledger.events.accept")
    killed = run_case(root, Case(PUSHED, at))
    assert (killed.act, killed.wrong) == (first.act[: at + 1], ())
    assert killed.recovery


def test_an_acknowledged_opt_out_that_is_lost_and_a_kill_that_never_comes_are_found_out(root):
    (contact,) = Place(root / "lost").noted("sown")[0][0]["ann"]
    assert run_case(root, Case(LOST, 10_000)).wrong == (
        "the act never came to point 10000",
        "ann asked, and is not out on the people side",
        f"ann asked, and {contact} is not ticked",
    )


def test_a_suite_that_finds_no_point_fails():
    assert not kill.run(1, Size.SHORT, []).ok


WRONG = {
    "one that nobody asked for": (False, True),
    "one that was asked for, on one side only": (True, False),
}


@pytest.mark.parametrize(("asked", "marked"), WRONG.values(), ids=WRONG)
def test_an_opt_out_is_wrong_if_it_is(house, asked, marked):
    contact = house.contact()
    house.person("ann", contact, out=marked)
    sown = Sown({"ann": [contact]}, ["ann"] if asked else [], [])
    house.tick(contact)
    assert verdict(house, sown, Acknowledged(()))
