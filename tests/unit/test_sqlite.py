"""The one way a database file of ours is opened."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from deployer.errors import TryLater
from sync.database.sqlite import Journal, journal, open_database
from sync.database.views import reading


@pytest.fixture
def engine(tmp_path):
    opened = open_database(tmp_path / "state" / "ledger.sqlite")
    with opened.begin() as db:
        db.execute(text("CREATE TABLE t (x INTEGER)"))
    yield opened
    opened.dispose()


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 40, 1), Journal.ROLLBACK),
        ((3, 51, 2), Journal.ROLLBACK),
        ((3, 51, 3), Journal.WAL),
        ((3, 52, 0), Journal.WAL),
        ((4, 0, 0), Journal.WAL),
    ],
)
def test_only_a_library_with_a_sound_log_gets_one(version, expected):
    assert journal(version) is expected


def test_every_commit_is_synced_in_the_journal_that_fits_the_library(engine):
    with engine.connect() as db:
        levels = {Journal.WAL: 2, Journal.ROLLBACK: 3}  # FULL, EXTRA
        assert db.scalar(text("PRAGMA synchronous")) == levels[journal()]
        assert db.scalar(text("PRAGMA journal_mode")) == journal().value


def test_file_and_folder_are_for_their_owner_only(engine):
    file = Path(engine.url.database)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)]
    assert modes == [0o600, 0o700]


def test_a_writer_holds_off_another_from_its_first_statement(engine):
    second = open_database(Path(engine.url.database), busy_wait_s=0.01)
    with engine.begin(), second.connect() as late, pytest.raises(TryLater):
        late.begin()
    second.dispose()


def test_a_reader_sees_what_was_committed(engine):
    with engine.begin() as db:
        db.execute(text("INSERT INTO t VALUES (1)"))
    with reading(engine) as db:
        assert db.scalar(text("SELECT count(*) FROM t")) == 1


def test_what_fails_inside_leaves_nothing(engine):
    with pytest.raises(ZeroDivisionError):
        _insert_and_fail(engine)
    with engine.connect() as db:
        assert db.scalar(text("SELECT count(*) FROM t")) == 0


def _insert_and_fail(engine):
    with engine.begin() as db:
        db.execute(text("INSERT INTO t VALUES (1)"))
        raise ZeroDivisionError
