"""Every People store passes the suite that an adapter of a user's own has to pass."""

from __future__ import annotations

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text, text

from deployer.clock import SystemClock
from deployer.errors import BadInput, OrgSaidNo, TryLater, UsageError
from sync.database.postgresql import Room, open_postgresql
from sync.database.sqlite import open_database
from sync.people.conformance import PeopleConformance
from sync.people.model import Person
from sync.people.sql import SqlPeople, open_embedded, open_existing, open_own

CLOCK = SystemClock()


class TestEmbeddedPeople(PeopleConformance):
    @pytest.fixture
    def people(self, tmp_path):
        store = open_embedded(tmp_path / "people" / "dev.sqlite", CLOCK)
        yield store
        store.close()


COLUMNS = {
    "person_id": "id",
    "email": "mail",
    "salesforce_id": "sfdc",
    "unsubscribed": "is_out",
    "unsubscribed_at": "out_at",
    "source": "out_by",
    "reason": "out_why",
}


def existing_store(folder, flag=Boolean, moment=Text):
    return existing_in(open_database(folder / "db" / "crm.sqlite"), flag, moment)


def existing_in(engine, flag, moment):
    kinds = {"is_out": flag, "out_at": moment}
    table = Table("crm", MetaData(), *(Column(c, kinds.get(c, Text)) for c in COLUMNS.values()))
    table.metadata.create_all(engine)
    return open_existing(engine, CLOCK, "crm", COLUMNS)


class TestPeopleInAnExistingTable(PeopleConformance):
    @pytest.fixture(params=[(Boolean, Text), (Integer, DateTime)])
    def people(self, tmp_path, request):
        store = existing_store(tmp_path, *request.param)
        yield store
        store.close()


class TestPeopleInPostgresql(PeopleConformance):
    @pytest.fixture
    def people(self, database):
        store = open_own(open_postgresql(database, Room.PEOPLE), CLOCK)
        yield store
        store.close()


class TestPeopleInAnExistingTableOfPostgresql(PeopleConformance):
    @pytest.fixture(
        params=[(Boolean, Text), (Integer, DateTime), (Boolean, DateTime(timezone=True))]
    )
    def people(self, database, request):
        store = existing_in(open_postgresql(database, Room.PEOPLE), *request.param)
        yield store
        store.close()


@pytest.mark.parametrize("name", ["id", "is_out"])
def test_a_column_that_is_not_there_is_named(tmp_path, name):
    store = existing_store(tmp_path)
    ours = next(key for key, value in COLUMNS.items() if value == name)
    with pytest.raises(UsageError, match="has no column wrong"):
        open_existing(store.engine, CLOCK, "crm", {**COLUMNS, ours: "wrong"})
    store.close()


@pytest.mark.parametrize(("flag", "moment"), [(Text, Text), (Date, Text), (Boolean, Date)])
def test_a_column_of_the_wrong_kind_is_refused_before_it_is_read(tmp_path, flag, moment):
    with pytest.raises(UsageError, match="must be a"):
        existing_store(tmp_path, flag, moment)


def test_a_text_in_a_boolean_column_is_neither_yes_nor_no(tmp_path):
    store = existing_store(tmp_path)
    with store.engine.begin() as db:
        db.execute(text("INSERT INTO crm (id, is_out) VALUES ('p', 'false')"))
    with pytest.raises(BadInput, match="neither yes nor no"):
        store.find(["p"])
    store.close()


def test_a_table_that_is_not_there_is_named(tmp_path):
    store = existing_store(tmp_path)
    with pytest.raises(UsageError, match="no table nowhere"):
        open_existing(store.engine, CLOCK, "nowhere", COLUMNS)
    store.close()


def test_an_existing_table_may_keep_15_character_ids_and_no_ids_at_all(tmp_path):
    store = existing_store(tmp_path)
    rows = "INSERT INTO crm (id, sfdc, is_out) VALUES ('p', '003000000000001', 1), ('p', 'junk', 0)"
    with store.engine.begin() as db:
        db.execute(text(rows))
    (found,) = store.holders(["003000000000001AAA"])
    assert (found.salesforce_ids, found.unsubscribed) == (("003000000000001AAA",), True)
    store.close()


def test_the_embedded_store_is_private_and_remembers_who_it_is(tmp_path):
    path = tmp_path / "people" / "dev.sqlite"
    stores = [open_embedded(path, CLOCK), open_embedded(path, CLOCK)]
    assert len({store.identity() for store in stores}) == 1
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    for store in stores:
        store.close()


def test_a_newer_store_is_refused_in_one_sentence(tmp_path):
    store = open_embedded(tmp_path / "p.sqlite", CLOCK)
    with store.engine.begin() as db:
        db.execute(text("UPDATE people_meta SET value = '99' WHERE name = 'format'"))
    with pytest.raises(OrgSaidNo, match="format 99, and this program knows 1"):
        open_embedded(tmp_path / "p.sqlite", CLOCK)
    store.close()


def test_a_held_database_is_busy_and_not_broken(tmp_path):
    store = open_embedded(tmp_path / "p.sqlite", CLOCK)
    late = SqlPeople(open_database(tmp_path / "p.sqlite", 0.01), store.tables, CLOCK, store.store)
    with store.engine.begin(), pytest.raises(TryLater):
        late.add(Person("p"))
    store.close()
    late.close()
