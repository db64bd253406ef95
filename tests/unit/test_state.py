"""State is private, durable and in one place."""

import threading
from pathlib import Path

import pytest

from deployer import state
from deployer.errors import TryLater


def test_home_is_where_the_environment_says():
    assert state.home({"OPTOUT_HOME": "/somewhere/else"}) == Path("/somewhere/else")


def test_without_the_variable_home_is_the_platforms_data_folder():
    assert state.home({}).name == "optout"


def test_a_written_file_is_readable_by_its_owner_only(tmp_path):
    state.write_private(tmp_path / "deep" / "a", b"x")
    assert (tmp_path / "deep" / "a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700


def test_missing_parents_are_private_too(tmp_path):
    state.make_private_dir(tmp_path / "a" / "b" / "c")
    modes = [p.stat().st_mode & 0o777 for p in (tmp_path / "a", tmp_path / "a" / "b")]
    assert modes == [0o700, 0o700]


def test_a_folder_that_was_open_to_others_is_closed(tmp_path):
    (tmp_path / "a").mkdir(mode=0o755)
    assert state.make_private_dir(tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_writing_replaces_the_content_and_leaves_no_draft(tmp_path):
    state.write_private(tmp_path / "a", b"old")
    state.write_private(tmp_path / "a", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"new")]


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="directory"):
        state.write_private(tmp_path / "a", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_held_lock_is_refused_at_once(tmp_path):
    with (
        state.lock(tmp_path / "l"),
        pytest.raises(TryLater, match="another optout"),
        state.lock(tmp_path / "l"),
    ):
        pass


def test_a_lock_that_was_let_go_can_be_taken_again(tmp_path):
    for _ in range(2):
        with state.lock(tmp_path / "l"):
            assert (tmp_path / "l").exists()


def test_hash_is_sha256_in_hexadecimal():
    assert state.hash_of(b"").startswith("e3b0c44298fc1c14")


def test_a_shared_hold_is_shared_and_waited_for(tmp_path):
    order = []

    def alone():
        with state.wait_to_hold(tmp_path / "l", state.Hold.ALONE):
            order.append("alone")

    waiting = threading.Thread(target=alone)
    shared = [state.wait_to_hold(tmp_path / "l", state.Hold.SHARED) for _ in range(2)]
    with shared[0], shared[1]:
        waiting.start()
        order.append("shared")
    waiting.join(60)
    assert order == ["shared", "alone"]
