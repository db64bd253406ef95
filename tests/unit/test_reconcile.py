"""Two opted-out sets and what joins them, as rows and as laws."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.reconcile import Reached, Sides


def reconciled(people, flagged=(), aliases=(), gone=()):
    """What one run would write: (persons to mark, records to tick)."""
    everybody = [Reached(name, tuple(ids), out) for name, (ids, out) in people.items()]

    def holders(ids):
        return [person for person in everybody if set(person.salesforce_ids) & set(ids)]

    sides = Sides(Path(":memory:"))
    sides.add_people(person for person in everybody if person.out)
    sides.add_flagged(flagged)
    sides.add_aliases(aliases)
    sides.add_gone(gone)
    sides.close_over(holders)
    found = set(sides.to_people()), set(sides.to_org())
    sides.close()
    return found


OUT, IN = True, False
LIVE, DEAD = True, False


@pytest.mark.parametrize(
    ("people", "flagged", "aliases", "gone", "expected"),
    [
        pytest.param({}, [], [], [], (set(), set()), id="nobody"),
        pytest.param({"p": (["a"], IN)}, [], [], [], (set(), set()), id="neither side"),
        pytest.param({"p": (["a"], OUT)}, [], [], [], (set(), {"a"}), id="people side only"),
        pytest.param({"p": (["a"], IN)}, [("a", LIVE)], [], [], ({"p"}, set()), id="org only"),
        pytest.param({"p": (["a"], OUT)}, [("a", LIVE)], [], [], (set(), set()), id="both"),
        pytest.param({"p": ([], OUT)}, [], [], [], (set(), set()), id="no id takes no part"),
        pytest.param({}, [("a", LIVE)], [], [], (set(), set()), id="nobody we know"),
        pytest.param(
            {"p": (["a", "b"], IN)}, [("a", LIVE)], [], [], ({"p"}, {"b"}), id="one person, two ids"
        ),
        pytest.param(
            {"p": (["a"], OUT), "q": (["a", "b"], IN)}, [], [], [], ({"q"}, {"a", "b"}),
            id="two persons share a record",
        ),
        pytest.param(
            {"p": (["lost"], OUT)}, [], [("lost", "won")], [], (set(), {"won"}),
            id="a merge loser is written under the winner's id",
        ),
        pytest.param(
            {"p": (["won"], IN)}, [("lost", DEAD)], [("lost", "won")], [], ({"p"}, {"won"}),
            id="a flagged loser counts for the winner",
        ),
        pytest.param(
            {"p": (["lost"], IN)}, [("won", LIVE)], [("lost", "won")], [], ({"p"}, set()),
            id="who holds only the loser's id is reached from the winner",
        ),
        pytest.param(
            {"p": (["003"], OUT)}, [("003", LIVE)], [("003", "001")], [], (set(), set()),
            id="a person account counts once",
        ),
        pytest.param(
            {"p": (["a", "b"], OUT)}, [], [], ["a"], (set(), {"b"}), id="gone is not written to"
        ),
        pytest.param(
            {"p": (["dead"], IN)}, [("dead", DEAD)], [], ["dead"], ({"p"}, set()),
            id="a flag on a deleted record still counts",
        ),
    ],
)  # fmt: skip
def test_either_side_opted_out_marks_the_other(people, flagged, aliases, gone, expected):
    assert reconciled(people, flagged, aliases, gone) == expected


RECORDS = [f"r{n}" for n in range(6)]
PEOPLE = st.dictionaries(
    st.sampled_from([f"p{n}" for n in range(5)]),
    st.tuples(st.lists(st.sampled_from(RECORDS), max_size=3, unique=True), st.booleans()),
)
FLAGGED = st.sets(st.sampled_from(RECORDS))


@settings(max_examples=25)
@given(PEOPLE, FLAGGED)
def test_what_is_reached_is_what_a_walk_over_the_graph_reaches(people, flagged):
    reached_people = {name for name, (_, out) in people.items() if out}
    reached_records = set(flagged)
    for _ in range(len(people) + len(RECORDS)):
        reached_people |= {p for p, (ids, _) in people.items() if reached_records & set(ids)}
        reached_records |= {i for p in reached_people for i in people[p][0]}
    expected = (
        {name for name in reached_people if not people[name][1]},
        reached_records - flagged,
    )
    assert reconciled(people, [(each, LIVE) for each in flagged]) == expected


@settings(max_examples=25)
@given(PEOPLE, FLAGGED)
def test_a_second_run_writes_nothing(people, flagged):
    to_people, to_org = reconciled(people, [(each, LIVE) for each in flagged])
    after = {name: (ids, out or name in to_people) for name, (ids, out) in people.items()}
    assert reconciled(after, [(each, LIVE) for each in flagged | to_org]) == (set(), set())


def test_records_that_lock_one_account_are_sent_together():
    sides = Sides(Path(":memory:"))
    sides.add_people([Reached("p", ("003a", "003b", "003c", "003d", "00Qe"), OUT)])
    sides.add_parents([("003a", "y"), ("003b", "x"), ("003d", "y"), ("003d", "y")])
    assert list(sides.to_org()) == ["003c", "003b", "003a", "003d", "00Qe"]
    sides.close()
