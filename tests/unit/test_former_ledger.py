"""An empty ledger beside an older one that has something to apply is not begun."""

from __future__ import annotations

import shutil

import pytest
from walk import StepClock

from deployer.errors import UsageError
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.former import find_former, note_place, refuse_anew, refuse_empty
from sync.ledger.ledger import open_ledger


class Places:
    """Where an org's ledger usually is, with one opt-out in it, and another place."""

    def __init__(self, folder, clock) -> None:
        self.usual = folder / "home" / "sync" / "acme" / "ledger.sqlite"
        self.other = folder / "elsewhere" / "acme.sqlite"
        self.clock = StepClock(clock)
        self.other.parent.mkdir()

    def fill(self, file, key="one"):
        ledger = open_ledger(file, self.clock)
        at = self.clock.now()
        accept(ledger, [NewEvent("t", key, key, at, Selector.PERSON, key, (EMAIL_OPT_OUT,))])
        ledger.close()


@pytest.fixture
def places(tmp_path, clock):
    return Places(tmp_path, clock)


def test_a_ledger_set_up_elsewhere_does_not_leave_the_usual_one_behind(places):
    places.fill(places.usual)
    with pytest.raises(UsageError, match="has 1 opt-outs that are not applied") as refused:
        refuse_anew(places.other, places.usual)
    assert f"optout sync restore {places.usual} --by NAME" in refused.value.hint
    assert not places.other.exists()


def test_a_ledger_that_is_empty_is_as_one_that_is_not_there(places):
    places.fill(places.usual)
    open_ledger(places.other, places.clock).close()
    with pytest.raises(UsageError, match="not applied"):
        refuse_anew(places.other, places.usual)


def test_the_place_it_was_last_is_remembered(places):
    places.fill(places.other)
    note_place(places.other, places.usual)
    with pytest.raises(UsageError, match=r"acme\.sqlite"):
        refuse_anew(places.usual, places.usual)
    note_place(places.usual, places.usual)
    refuse_anew(places.usual, places.usual)


@pytest.mark.parametrize("name", ["ledger.sqlite.old", "ledger-monday.sqlite", "copy"])
def test_one_that_was_moved_aside_is_found(places, name):
    places.fill(places.usual)
    places.usual.rename(places.usual.with_name(name))
    assert find_former(places.usual, places.usual).file.name == name


def test_another_orgs_ledger_in_the_same_folder_is_none_of_ours(places):
    places.fill(places.other.with_name("globex.sqlite"))
    refuse_anew(places.other, places.usual)


def test_a_ledger_in_use_is_opened_whatever_lies_beside_it(places):
    places.fill(places.usual)
    places.fill(places.other)
    refuse_anew(places.other, places.usual)


def test_what_is_no_ledger_or_has_nothing_open_stops_nobody(places):
    places.usual.parent.mkdir(parents=True)
    places.usual.with_name("notes").write_text("x")
    places.usual.with_name("broken").write_bytes(b"SQLite format 3\0 and no more")
    open_ledger(places.usual, places.clock).close()
    refuse_anew(places.other, places.usual)


def test_of_several_the_one_with_most_to_apply_is_named(places):
    places.fill(places.usual)
    copy = places.usual.with_name("copy")
    shutil.copy(places.usual, copy)
    places.fill(copy, "two")
    assert find_former(places.other, places.usual).file == copy


def test_a_ledger_that_was_last_in_a_database_is_not_begun_anew_in_a_file(places, database):
    open_ledger(database, places.clock).close()
    note_place(database, places.usual)
    with pytest.raises(UsageError, match="was last in postgresql://") as refused:
        refuse_anew(places.usual, places.usual)
    assert "OPTOUT_SYNC_LEDGER_URL" in refused.value.hint
    note_place(places.usual, places.usual)
    refuse_anew(places.usual, places.usual)


def test_an_empty_database_does_not_leave_a_file_behind(places, database):
    places.fill(places.usual)
    ledger = open_ledger(database, places.clock)
    with pytest.raises(UsageError, match="has 1 opt-outs that are not applied"):
        refuse_empty(ledger, database, places.usual)
    places.fill(database)
    refuse_empty(ledger, database, places.usual)
    ledger.close()
