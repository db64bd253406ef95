"""A store moves whole, and there are never two of it that can be written."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from walk import StepClock

from deployer.errors import OptoutError, OrgSaidNo, UsageError
from sync.database.copying import LOT
from sync.database.places import open_place
from sync.database.postgresql import Room
from sync.database.views import reading
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.claims import claim_due
from sync.ledger.events import NewEvent, Selector, accept, accepted_events
from sync.ledger.lease import Busy, take
from sync.ledger.ledger import open_ledger
from sync.ledger.logbook import read_audit
from sync.ledger.tables import METADATA
from sync.ledger.targets import Side, Want, spread
from sync.ledger.trouble import ledger_told
from sync.ledger.workers import Worker, note_heard
from sync.moving import ledger_moving, move, people_moving
from sync.people.model import Person
from sync.people.sql import open_embedded, open_own

pytestmark = pytest.mark.slow


class Stores:
    """A ledger with one opt-out and a people store, and a database that they may move into."""

    def __init__(self, folder, database, clock) -> None:
        self.file, self.people_file = folder / "ledger.sqlite", folder / "people.sqlite"
        self.database, self.clock = database, StepClock(clock)
        self.old = open_ledger(self.file, self.clock)
        self.people = open_embedded(self.people_file, self.clock)
        self.identity = self.people.identity()
        self.people.add(Person("ann", "ann@example.com", ("003000000000001AAA",)))
        self.collect(self.old, "one")
        self.there = open_place(database, Room.LEDGER)
        self.people_there = open_place(database, Room.PEOPLE)

    def close(self):
        for engine in (self.old.engine, self.people.engine, self.there, self.people_there):
            engine.dispose()

    def collect(self, ledger, key):
        at = self.clock.now()
        said = NewEvent("t", key, key, at, Selector.PERSON, key, (EMAIL_OPT_OUT,))
        return accept(ledger, [said])[0].id

    def move(self):
        people = people_moving(self.people.engine, self.people_there)
        return move(ledger_moving(self.old.engine, self.there), [people], self.old, "Ann")

    @contextmanager
    def opened_there(self):
        ledger = open_ledger(self.database, self.clock)
        people = open_own(open_place(self.database, Room.PEOPLE), self.clock)
        try:
            yield ledger, people
        finally:
            ledger.close()
            people.close()


@pytest.fixture
def stores(tmp_path, database, clock):
    made = Stores(tmp_path, database, clock)
    yield made
    made.close()


def rows_of(engine):
    with reading(engine) as db:
        return {
            table.name: sorted(map(tuple, db.execute(select(table))))
            for table in METADATA.sorted_tables
            if table.name not in {"meta", "audit"}
        }


def test_everything_is_there_and_goes_on_there(stores):
    before = rows_of(stores.old.engine)
    assert stores.move().rows["events"] == 1
    with stores.opened_there() as (ledger, people):
        assert rows_of(ledger.engine) == before
        assert people.identity() == stores.identity
        assert [each.person_id for each in people.everybody()] == ["ann"]
        stores.collect(ledger, "two")
        assert [each.selected for each in accepted_events(ledger, 9)] == ["one", "two"]
        with reading(ledger.engine) as db:
            assert [(each.by, each.action) for each in read_audit(db)] == [("Ann", "move")]


def test_the_old_one_is_written_by_nobody_who_has_it_open_or_opens_it(stores):
    stores.move()
    with pytest.raises(OrgSaidNo, match="has moved to postgresql://"), ledger_told(stores.file):
        stores.collect(stores.old, "two")
    with pytest.raises(OrgSaidNo, match="has moved to postgresql://"):
        stores.people.add(Person("bob"))
    with pytest.raises(OrgSaidNo, match="has moved to postgresql://"):
        open_ledger(stores.file, stores.clock)
    with pytest.raises(OrgSaidNo, match="has moved to postgresql://"):
        open_embedded(stores.people_file, stores.clock)


def test_an_older_program_is_refused_by_the_format(stores):
    stores.move()
    with reading(stores.old.engine) as db:
        (found,) = db.exec_driver_sql("SELECT value FROM meta WHERE name = 'format'").one()
    assert int(found) > 1


def test_nothing_moves_into_a_database_that_holds_something(stores):
    with stores.opened_there() as (ledger, _):
        stores.collect(ledger, "theirs")
    with pytest.raises(UsageError, match="something there already: events"):
        stores.move()
    stores.collect(stores.old, "two")  # the old one is as it was


def at_night(stores):
    take(stores.old, "00D000000000001AAA", "somebody")


def in_a_drain(stores):
    one = stores.collect(stores.old, "claimed")
    spread(stores.old, {one: [Want(Side.PEOPLE, "ann", "ann")]})
    claim_due(stores.old, Side.PEOPLE, "claim", 10)


def with_a_worker(stores):
    now = stores.old.now()
    with stores.old.engine.begin() as db:
        note_heard(db, Worker("machine-1", now, now, 0, 0, 0))


@pytest.mark.parametrize("at_work", [at_night, in_a_drain, with_a_worker])
def test_nothing_moves_while_somebody_is_at_work(stores, at_work):
    at_work(stores)
    with pytest.raises(Busy):
        stores.move()
    stores.clock.sleep(3_600)
    stores.move()


class Stopped(Exception):
    """The program that moves is gone."""


def stopping_at(number):
    """Let the move be gone before its so manieth commit."""
    seen = []

    def before(connection):
        seen.append(connection)
        if len(seen) == number:
            raise Stopped

    return before


@pytest.mark.parametrize("number", range(1, 14))
def test_a_move_that_was_stopped_leaves_one_store_at_most_and_is_finished_by_the_next(
    stores, number
):
    engines = (stores.old.engine, stores.people.engine, stores.there, stores.people_there)
    stop = stopping_at(number)
    for engine in engines:
        event.listen(engine, "commit", stop)
    ended = True
    try:
        stores.move()
    except Stopped:
        ended = False
    for engine in engines:
        event.remove(engine, "commit", stop)
        engine.dispose()  # as the end of a process does it
    assert [writable(stores.file, stores), writable(stores.database, stores)].count(True) <= 1
    if not ended:
        stores.move()
    assert [writable(stores.file, stores), writable(stores.database, stores)] == [False, True]
    with stores.opened_there() as (ledger, people):
        assert [each.selected for each in accepted_events(ledger, 9)][:1] == ["one"]
        assert (people.identity(), people.count().people) == (stores.identity, 1)


def writable(place, stores):
    """Whether what was accepted is there, and goes on there."""
    try:
        ledger = open_ledger(place, stores.clock)
    except OptoutError:
        return False
    try:
        with ledger.engine.connect() as db:  # rolled back: whether it could be
            db.exec_driver_sql("UPDATE meta SET value = value")
        return bool(accepted_events(ledger, 1))
    finally:
        ledger.close()


def test_it_moves_back_into_a_file_by_the_same_way(stores, tmp_path):
    stores.move()
    back = open_place(tmp_path / "back.sqlite", Room.LEDGER)
    move(ledger_moving(stores.there, back), [], stores.old, "Ann")
    ledger = open_ledger(tmp_path / "back.sqlite", stores.clock)
    assert [each.selected for each in accepted_events(ledger, 9)] == ["one"]
    ledger.close()
    back.dispose()
    with pytest.raises(OrgSaidNo, match=r"has moved to .*back\.sqlite"):
        open_ledger(stores.database, stores.clock)


def test_the_same_move_again_changes_nothing(stores):
    stores.move()
    with stores.opened_there() as (ledger, _):
        stores.collect(ledger, "two")
    assert stores.move().finished
    with stores.opened_there() as (ledger, _):
        assert [each.selected for each in accepted_events(ledger, 9)] == ["one", "two"]


def test_where_what_had_arrived_is_gone_it_is_moved_again_from_what_was_kept(stores, cluster):
    stores.move()
    for engine in (stores.there, stores.people_there):
        engine.dispose()
    cluster.ask(
        "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", database=stores.database.database
    )
    assert stores.move().rows["events"] == 1
    assert writable(stores.database, stores)


def test_what_has_moved_is_not_moved_to_a_second_place(stores, tmp_path):
    stores.move()
    second = open_place(tmp_path / "second.sqlite", Room.LEDGER)
    with pytest.raises(UsageError, match=r"has moved to postgresql://.* already"):
        move(ledger_moving(stores.old.engine, second), [], stores.old, "Ann")
    second.dispose()


def test_many_rows_are_copied_in_lots_and_numbered_on(stores):
    ledger = stores.old
    at = stores.clock.now()
    said = [
        NewEvent("t", f"k{n}", "b", at, Selector.PERSON, "p", ("F",)) for n in range(2 * LOT + 100)
    ]
    accept(ledger, said)
    stores.move()
    with stores.opened_there() as (there, _):
        assert len(accepted_events(there, 9_999)) == 2 * LOT + 101
        assert stores.collect(there, "next") > 2 * LOT + 101
