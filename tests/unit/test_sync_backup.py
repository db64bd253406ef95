"""A copy of the ledger holds what was accepted, and can be put back."""

from __future__ import annotations

import shutil
import stat
from contextlib import closing

import pytest
from store_kinds import BOTH
from walk import StepClock

from deployer.errors import BadInput, UsageError
from sync.database.sqlite import library
from sync.database.views import reading
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.backlog import read_backlog
from sync.ledger.backup import restore_backup, write_backup
from sync.ledger.binding import bind_people
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import open_ledger
from sync.ledger.logbook import read_audit

pytestmark = BOTH


@pytest.fixture
def ledger(tmp_path, clock, ledger_at):
    opened = open_ledger(ledger_at or tmp_path / "own" / "ledger.sqlite", StepClock(clock))
    yield opened
    opened.close()


def collect(ledger, key):
    at = ledger.clock.now()
    accept(ledger, [NewEvent("t", key, key, at, Selector.PERSON, key, (EMAIL_OPT_OUT,))])


def put_back(ledger, file):
    return restore_backup(ledger, file, "Ann", file.parent / "own")


def unspread(ledger):
    with reading(ledger.engine) as db:
        return read_backlog(db).unspread


def test_a_copy_is_private_and_restores_what_was_accepted_before_it(ledger, tmp_path):
    collect(ledger, "one")
    write_backup(ledger, tmp_path / "copy")
    collect(ledger, "two")
    kept = put_back(ledger, tmp_path / "copy")
    assert unspread(ledger) == 1
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    with reading(ledger.engine) as db:
        assert [(each.by, each.action) for each in read_audit(db)] == [("Ann", "restore")]
    put_back(ledger, kept)
    assert unspread(ledger) == 2


def test_a_ledger_that_was_left_in_a_hurry_is_restored_with_its_newest_rows(ledger, tmp_path):
    old = open_ledger(tmp_path / "old" / "ledger.sqlite", ledger.clock)
    collect(old, "one")  # in the journal beside the file, and not in the file
    put_back(ledger, tmp_path / "old" / "ledger.sqlite")
    assert unspread(ledger) == 1
    old.close()


def test_a_copy_is_taken_while_another_writes(ledger, tmp_path):
    collect(ledger, "one")
    with ledger.engine.begin():
        write_backup(ledger, tmp_path / "copy")
    shutil.copy(tmp_path / "copy", tmp_path / "elsewhere.sqlite")
    copy = open_ledger(tmp_path / "elsewhere.sqlite", ledger.clock)
    assert unspread(copy) == 1
    copy.close()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\0" * 4096])
def test_what_is_no_ledger_is_not_restored(ledger, tmp_path, content):
    collect(ledger, "one")
    (tmp_path / "copy").write_bytes(content)
    with pytest.raises(BadInput):
        put_back(ledger, tmp_path / "copy")
    assert unspread(ledger) == 1


def test_the_copy_of_another_people_store_is_not_restored(ledger, tmp_path, clock):
    other = open_ledger(tmp_path / "other.sqlite", StepClock(clock))
    bind_people(other, "people-b")
    write_backup(other, tmp_path / "copy")
    other.close()
    bind_people(ledger, "people-a")
    with pytest.raises(UsageError, match="people-b"):
        put_back(ledger, tmp_path / "copy")


def test_the_ledger_is_no_place_for_its_own_copy(tmp_path, clock):
    file = tmp_path / "ledger.sqlite"
    ledger = open_ledger(file, StepClock(clock))
    with pytest.raises(UsageError):
        write_backup(ledger, file)
    ledger.close()


def test_a_copy_that_cannot_be_written_leaves_nothing(ledger, tmp_path):
    with pytest.raises(OSError, match="not-there"):
        write_backup(ledger, tmp_path / "not-there" / "copy")
    assert {path.name for path in tmp_path.iterdir()} <= {"own"}


def test_a_copy_goes_into_the_other_kind_and_what_comes_next_is_numbered_behind_it(
    ledger, tmp_path, database
):
    collect(ledger, "one")
    write_backup(ledger, tmp_path / "copy")
    other = open_ledger(database, ledger.clock)
    put_back(other, tmp_path / "copy")
    collect(other, "two")
    assert unspread(other) == 2
    write_backup(other, tmp_path / "and-back")
    put_back(ledger, tmp_path / "and-back")
    assert unspread(ledger) == 2
    other.close()


def test_a_copy_from_before_a_table_was_thought_of_is_restored(ledger, tmp_path):
    collect(ledger, "one")
    write_backup(ledger, tmp_path / "copy")
    with closing(library().connect(tmp_path / "copy")) as older:
        older.execute("DROP TABLE handed_over")
    put_back(ledger, tmp_path / "copy")
    assert unspread(ledger) == 1
