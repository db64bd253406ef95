"""The power-cut suite itself: it sees what it must see."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prove.powercut import WAYS, Way, early_answers, look, record
from prove.recorder import Op
from prove.torn import Disk

pytestmark = pytest.mark.slow

SHIPPED = WAYS[0]
NAMED = (Op("create", "a", 0), Op("names", ""))


def draw_from(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - repeatable on purpose


def lost(way: Way, tmp_path, cuts: int = 25) -> list[str]:
    draw = draw_from(7)
    ops = record(tmp_path / "live", way, draw)
    chosen = draw.choices(range(len(ops) + 1), k=cuts)
    return [each for cut in chosen for each in look(ops, cut, tmp_path / "live", draw)]


def test_what_is_opened_as_it_ships_loses_nothing(tmp_path):
    assert lost(SHIPPED, tmp_path) == []


@pytest.mark.parametrize("way", [way for way in WAYS if way.loses], ids=lambda way: way.name)
def test_ways_that_are_known_to_lose_are_seen_to_lose(way, tmp_path):
    assert any("is gone" in each for each in lost(way, tmp_path))


def test_every_answer_leaves_after_its_commit_is_synced(tmp_path):
    ops = record(tmp_path / "live", SHIPPED, draw_from(7))
    assert [op.name for op in ops if op.kind == "ack"]
    assert list(early_answers(ops)) == []


def test_an_answer_before_the_sync_is_seen():
    ops = [*NAMED, Op("write", "a", 0, 0, b"x"), Op("ack", "msg_1"), Op("sync", "a", 0)]
    assert list(early_answers(ops)) == ["msg_1 was answered before write a was synced"]


def test_the_same_seed_tells_the_disk_the_same(tmp_path):
    told = [record(tmp_path / name, SHIPPED, draw_from(3)) for name in ("first", "second")]
    first, second = ([(op.kind, op.name) for op in ops] for ops in told)
    assert first == second


@given(st.binary(min_size=1, max_size=2000), st.binary(max_size=2000), st.integers())
def test_what_was_synced_outlives_a_cut(sure, later, seed):
    disk = Disk()
    at = len(sure)
    for op in (*NAMED, Op("write", "a", 0, 0, sure), Op("sync", "a", 0)):
        disk.tell(op)
    disk.tell(Op("write", "a", 0, at, later))
    assert disk.after_a_cut(draw_from(seed))["a"].startswith(sure)


@given(st.integers())
def test_a_name_that_was_not_synced_may_go_or_come_back(seed):
    disk = Disk()
    for op in (*NAMED, Op("delete", "a", 0)):
        disk.tell(op)
    assert set(disk.after_a_cut(draw_from(seed))) <= {"a"}
    disk.tell(Op("names", ""))
    assert disk.after_a_cut(draw_from(seed)) == {}
