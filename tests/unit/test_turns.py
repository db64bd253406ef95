"""Turns: who writes next, among the threads of one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from deployer.errors import TryLater
from sync.database.sqlite import open_database
from sync.database.turns import Turns, turns_of

AT_ONCE = 0.0
PATIENCE_S = 30.0


def test_a_turn_is_given_once_and_again_when_it_is_back():
    turns = Turns()
    assert (turns.take(AT_ONCE), turns.take(AT_ONCE)) == (True, False)
    turns.give_back()
    assert turns.take(AT_ONCE)


def test_it_goes_to_whoever_has_waited_longest():
    turns, order = Turns(), []

    def wait(name: int) -> None:
        assert turns.take(PATIENCE_S)
        order.append(name)
        turns.give_back()

    turns.take(AT_ONCE)
    with ThreadPoolExecutor(8) as crowd:
        for name in range(8):
            crowd.submit(wait, name)
            while turns.waiting() <= name:
                pass
        turns.give_back()
    assert order == list(range(8))


def test_one_file_has_the_same_turns_however_it_is_named(tmp_path):
    (tmp_path / "sub").mkdir()
    mine = turns_of(tmp_path / "a")
    assert turns_of(tmp_path / "sub" / ".." / "a") is mine
    assert turns_of(tmp_path / "b") is not mine


def test_the_turn_is_back_after_a_commit_a_failure_and_a_lost_connection(tmp_path):
    file = tmp_path / "db"
    engine, other = open_database(file, AT_ONCE), open_database(file, AT_ONCE)
    with engine.begin() as db:
        db.execute(text("CREATE TABLE t (a)"))
        with pytest.raises(TryLater), other.begin():
            pass
    with pytest.raises(ZeroDivisionError), engine.begin():
        raise ZeroDivisionError
    with engine.connect() as db:
        db.begin()
        db.invalidate()
        db.rollback()
    with other.begin() as db:
        db.execute(text("INSERT INTO t VALUES (1)"))
    engine.dispose(), other.dispose()
