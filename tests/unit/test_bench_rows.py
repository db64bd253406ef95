"""What the benchmark says of its figures: ratios round by round, goals, and who has not done it."""

import pytest
from benches.rounds import rounds
from benches.row import Side, Verdict, row_beside, row_within, unexplained

TITLE = ("b", "forty layouts")


def side(*figures, name="sf", note=""):
    return Side(name, "1.0", figures, note)


OURS = side(2, 4, 6, name="optout")


@pytest.mark.parametrize(
    ("peers", "ratio", "low", "high"),
    [
        # Each round against its own, so that a machine that slows down slows both.
        ([side(1, 4, 3)], 2.0, 1.0, 2.0),
        # The best of them is the one to beat.
        ([side(1, 4, 3), side(20, 40, 60)], 2.0, 1.0, 2.0),
        # Another number of rounds: medians.
        ([side(8, 8)], 0.5, 0.5, 0.5),
        # Who has not done it is not the best.
        ([side(note="fails"), side(20, 40, 60)], 0.1, 0.1, 0.1),
    ],
)  # fmt: skip
def test_ours_is_held_against_the_best_peer_round_by_round(peers, ratio, low, high):
    row = row_beside(TITLE, OURS, peers, 1.0, "s")
    assert (row.ratio, row.low, row.high) == (ratio, low, high)


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        (2.0, Verdict.OK),
        (1.9, Verdict.MISS),
        (1.0, Verdict.MISS),  # exactly twice
        (0.9, Verdict.FAIL),
    ],
)
def test_only_a_miss_by_more_than_twice_fails(goal, verdict):
    assert row_beside(TITLE, side(2), [side(1)], goal, "s").verdict is verdict


def test_a_miss_that_is_explained_fails_no_more():
    missed, met = (
        row_beside(TITLE, side(9), [side(1)], 1.0, "s"),
        row_within(TITLE, side(1), 1, "s"),
    )
    for told, left in [("b fifty layouts", [missed]), ("b forty layouts", []), ("b * layouts", [])]:
        assert unexplained([met, missed], {told: "slow"}) == left
    assert unexplained([met, missed], {}) == [missed]


@pytest.mark.parametrize(
    ("ours", "limit", "verdict"),
    [
        (299, 300, Verdict.OK), (301, 300, Verdict.MISS), (601, 300, Verdict.FAIL),
        (0, 0, Verdict.OK), (1, 0, Verdict.FAIL),
    ],
)  # fmt: skip
def test_a_promise_is_a_limit(ours, limit, verdict):
    assert row_within(TITLE, side(ours), limit, "MB").verdict is verdict


def test_nothing_to_compare_is_an_error_and_no_success():
    for ours, peers in [(side(), [side(1)]), (side(1), []), (side(1), [side(note="fails")])]:
        with pytest.raises(ValueError, match="b forty layouts: nothing to compare"):
            row_beside(TITLE, ours, peers, 1.0, "s")


def test_a_row_for_machines_has_medians_and_every_peer():
    peers = [side(4, 4, 2, note="31 of 40 ended right"), Side("cci", "4.10", (), "does not end")]
    told = row_beside(TITLE, OURS, peers, 0.2, "s").document()
    kept = {key: told[key] for key in ("row", "ours", "ratio", "goal", "met", "unit", "runs")}
    assert kept == {
        "row": "b forty layouts", "ours": 4, "ratio": 1.0, "goal": 0.2, "met": False, "unit": "s",
        "runs": 3,
    }  # fmt: skip
    assert [(each["name"], each["version"], each["value"]) for each in told["peers"]] == [
        ("sf", "1.0", 4), ("cci", "4.10", None),
    ]  # fmt: skip
    assert told["command"] == "ci/bench --row b"


def test_a_row_for_a_person_names_who_has_not_done_it():
    peers = [side(4, 4, 2), Side("cci", "4.10", (), "does not end")]
    assert row_beside(TITLE, OURS, peers, 1.0, "s").line() == (
        "b forty layouts: optout 1.0 4 s beside sf 1.0 4 s, cci 4.10 - (does not end): "
        "1x (0.5-3), goal 1x  ok"
    )


def test_another_side_goes_first_in_every_round():
    went = []
    given = rounds({name: lambda name=name: went.append(name) or name for name in "abc"}, 4)
    assert "".join(went) == "abc" + "abc" + "bca" + "cab" + "abc"
    assert given == {name: [name] * 4 for name in "abc"}
