"""When a fault fires: laws of every, after, times and seed, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice_org.app import open_practice_org
from practice_org.faults.catalogue import CODES
from practice_org.faults.firing import end_request, fault_at, standing_faults, switch_off, switch_on
from practice_org.faults.places import PLACES
from practice_org.faults.store import BadFault, When

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = st.builds(
    When,
    every=st.integers(1, 9),
    after=st.integers(0, 9),
    times=st.none() | st.integers(1, 5),
    seed=st.none() | st.integers(-5, 5),
)


@pytest.fixture(scope="module")
def memory():
    return open_practice_org(":memory:", lambda: NOON)


def shots(org, rule, count, restart_at=-1):
    """Which of the first occurrences a rule's fault befalls."""
    switch_off(org)
    switch_on(org, "bulk.row", "UNPROCESSED", rule)
    fired = []
    for number in range(count):
        if number == restart_at:
            end_request(org)
            org.cache.clear()
        fired.append(fault_at(org, "bulk.row") is not None)
    return fired


@given(RULES)
def test_the_first_ones_pass(memory, rule):
    assert not any(shots(memory, rule, 40)[: rule.after])


@given(RULES)
def test_it_fires_no_oftener_than_asked(memory, rule):
    assert sum(shots(memory, rule, 200)) <= (rule.times or 200)


@given(st.integers(1, 9), st.integers(0, 9))
def test_without_a_seed_it_is_each_nth(memory, every, after):
    fired = shots(memory, When(every=every, after=after), 60)
    assert [n for n, hit in enumerate(fired, 1) if hit] == [*range(after + every, 61, every)]


@given(RULES, st.integers(0, 40))
def test_a_restart_changes_nothing(memory, rule, restart_at):
    assert shots(memory, rule, 40, restart_at) == shots(memory, rule, 40)


@given(RULES)
def test_the_same_seed_draws_the_same(memory, rule):
    assert shots(memory, rule, 40) == shots(memory, rule, 40)


def test_a_seed_draws_about_one_in_n_and_not_each_nth(memory):
    fired = shots(memory, When(every=7, seed=3), 7000)
    assert 900 < sum(fired) < 1100
    assert fired != shots(memory, When(every=7), 7000)


def test_another_seed_draws_otherwise(memory):
    draws = {tuple(shots(memory, When(every=3, seed=seed), 60)) for seed in range(20)}
    assert len(draws) == 20


def test_a_fault_does_not_disturb_what_the_org_draws_itself():
    plain, faulty = (open_practice_org(":memory:", lambda: NOON, seed=4) for _ in range(2))
    shots(faulty, When(every=3, seed=9), 50)
    assert plain.rng.random() == faulty.rng.random()


def test_the_first_of_two_that_are_due_fires_and_both_have_seen_it(memory):
    switch_off(memory)
    switch_on(memory, "bulk.row", "UNPROCESSED", When(every=2))
    switch_on(memory, "bulk.row", "ENTITY_IS_LOCKED")
    fired = [fault_at(memory, "bulk.row").name for _ in range(4)]
    assert fired == ["ENTITY_IS_LOCKED", "UNPROCESSED"] * 2
    assert [(f.seen, f.fired) for f in standing_faults(memory)] == [(4, 2), (4, 2)]


@given(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(CODES)))
def test_a_code_is_taken_where_it_makes_sense_and_named_where_not(memory, place, code):
    typed = f"{code}:1" if CODES[code].number.value else code
    if PLACES[place].takes & CODES[code].sorts:
        assert switch_on(memory, place, typed).place == place
    else:
        with pytest.raises(BadFault, match=f"{code} makes no sense at {place}; it does at: [a-z]"):
            switch_on(memory, place, typed)


def test_every_code_makes_sense_somewhere():
    assert [
        c.name for c in CODES.values() if not any(c.sorts & p.takes for p in PLACES.values())
    ] == []


def test_counts_and_faults_outlive_the_org(tmp_path):
    first = open_practice_org(tmp_path / "org.sqlite", lambda: NOON)
    shots(first, When(every=3, times=2, seed=1), 7)
    end_request(first)
    first.db.close()
    again = open_practice_org(tmp_path / "org.sqlite", lambda: NOON)
    assert standing_faults(again) == standing_faults(first)
    again.db.close()
