"""The nightly suite: what one side lost, or has too much of, is seen."""

from __future__ import annotations

import pytest
from prove.nightly import Crowd, close, convert_leads, left_behind, open_world

CROWD = Crowd(people=6_000, moved=3)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Not synced yet; with the contacts that leads have become."""
    house = open_world(tmp_path_factory.mktemp("nightly"), 1, CROWD)
    yield house, convert_leads(house, CROWD)
    close(house)


def test_three_in_a_hundred_differ_and_whoever_is_joined_to_one_of_them_is_out_too():
    wanted = CROWD.wanted()
    assert (CROWD.apart * 2, CROWD.out) == (180, 5_180)
    assert wanted == {*range(5_180), 5_997, 5_998, 5_999}


def test_before_any_night_both_sides_lack_what_only_the_other_has(world):
    house, converted = world
    # Half of those apart, and on the people side the three whom a merge joined to one of them.
    assert list(left_behind(house, CROWD, converted)) == [
        "people: 93 opt-outs lost, 0 made up",
        "org: 90 opt-outs lost, 0 made up",
        "3 contacts that were leads are not ticked",
    ]


def test_an_opt_out_that_nobody_asked_for_is_seen(world):
    house, converted = world
    unasked = house.org.db.execute(
        'SELECT "Id" FROM "Contact" WHERE NOT "HasOptedOutOfEmail" ORDER BY rowid DESC LIMIT 1 '
        "OFFSET 500"
    ).fetchone()[0]
    house.tick(unasked)
    said = list(left_behind(house, CROWD, converted))
    house.tick(unasked, value=False)
    assert "org: 90 opt-outs lost, 1 made up" in said
