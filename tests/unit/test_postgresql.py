"""PostgreSQL keeps the two sentences that everything rests on: one writer, and one view."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from walk import StepClock

from deployer.errors import OrgSaidNo, TryLater
from sync.database.many import among, insert_many, update_many
from sync.database.places import called_place, open_place
from sync.database.postgresql import Room, open_postgresql
from sync.database.views import reading
from sync.ledger.claims import claim_due
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import Ledger, open_ledger, read_meta, write_meta
from sync.ledger.quarantine import cases, open_case
from sync.ledger.tables import AUDIT, META
from sync.ledger.targets import Side, Want, settle, spread
from sync.ledger.trouble import ledger_told
from sync.people.model import Mark, Marked, Person
from sync.people.sql import open_own

AT_ONCE = 0.05
IN_FOUR_ORDERS = ["2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.500000Z", "B", "a"]


@pytest.fixture
def ledger(database, clock):
    opened = open_ledger(database, StepClock(clock), AT_ONCE)
    yield opened
    opened.close()


@pytest.fixture
def other(database, clock, ledger):
    opened = open_ledger(database, clock, AT_ONCE)
    yield opened
    opened.close()


def count_names(db):
    return db.scalar(text("SELECT count(*) FROM meta"))


def test_a_writer_holds_off_another_from_its_first_statement(ledger, other):
    with ledger.engine.begin(), other.engine.connect() as late, pytest.raises(TryLater) as told:
        late.begin()
    assert told.value.where == ledger.place


def test_a_writer_that_waited_sees_what_was_committed_while_it_did(cluster, database, ledger):
    patient = open_ledger(database, ledger.clock)
    with ThreadPoolExecutor(1) as beside:
        with ledger.engine.begin() as db:
            late = beside.submit(_read_as_writer, patient)
            while not cluster.ask("SELECT 1 FROM pg_locks WHERE NOT granted"):
                pass
            write_meta(db, "seen", "yes")
        assert late.result(timeout=30) == "yes"
    patient.close()


def _read_as_writer(ledger: Ledger) -> str:
    with ledger.engine.begin() as db:
        return read_meta(db, "seen")


def test_people_are_written_while_the_ledger_is(ledger, database):
    people = open_place(database, Room.PEOPLE, AT_ONCE)
    with ledger.engine.begin(), people.begin() as db:
        assert db.scalar(text("SELECT 1")) == 1
    people.dispose()


def test_each_schema_has_a_writer_of_its_own(ledger, cluster, database, clock):
    cluster.ask("CREATE SCHEMA acme", database=database.database)
    apart = database.update_query_dict({"options": "-csearch_path=acme"})
    with ledger.engine.begin() as db:
        write_meta(db, "mine", "yes")
        globex = open_ledger(apart, clock, AT_ONCE)
        with reading(globex.engine) as theirs:
            assert read_meta(theirs, "mine") == ""
        globex.close()


def test_a_reader_sees_one_moment_and_holds_nobody_up(ledger, other):
    with reading(ledger.engine) as db:
        before = count_names(db)
        with other.engine.begin() as writing:
            write_meta(writing, "new", "yes")
        assert count_names(db) == before
    with reading(ledger.engine) as db:
        assert count_names(db) == before + 1


def test_a_reader_cannot_write(ledger):
    with reading(ledger.engine) as db, pytest.raises(Exception, match="read-only transaction"):
        write_meta(db, "new", "yes")


def test_texts_sort_by_their_bytes_whatever_the_servers_language_is(ledger, cluster, database):
    (sorted_there,) = cluster.ask("SELECT 'B' < 'a'", database=database.database)[0]
    assert not sorted_there  # as people sort, not as bytes do
    with ledger.engine.begin() as db:
        for name in reversed(IN_FOUR_ORDERS):
            write_meta(db, name, "sorted")
        asked = "SELECT name FROM meta WHERE value = 'sorted' ORDER BY name"
        assert list(db.scalars(text(asked))) == IN_FOUR_ORDERS


@pytest.mark.parametrize(
    ("setting", "expected"), [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply")]
)
def test_a_commit_is_on_disk_before_it_is_told_whatever_the_role_says(
    cluster, database, clock, setting, expected
):
    name = database.database
    cluster.ask(f"ALTER DATABASE {name} SET synchronous_commit = {setting}")
    ledger = open_ledger(database, clock)
    with ledger.engine.begin() as db:
        assert db.scalar(text("SHOW synchronous_commit")) == expected
    ledger.close()


@pytest.mark.parametrize("default", ["serializable", "repeatable read"])
def test_the_isolation_a_server_has_for_others_is_not_ours(cluster, database, clock, default):
    cluster.ask(
        f"ALTER DATABASE {database.database} SET default_transaction_isolation = '{default}'"
    )
    ledger = open_ledger(database, clock)
    with ledger.engine.begin() as db:
        assert db.scalar(text("SHOW transaction_isolation")) == "read committed"
    ledger.close()


def test_a_database_in_another_encoding_is_refused(cluster, clock):
    name = f"{cluster.make_database()}_latin"
    cluster.ask(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' "
                "TEMPLATE template0")  # fmt: skip
    with pytest.raises(OrgSaidNo, match="encoding = LATIN1"):
        open_ledger(cluster.url(name), clock)


def test_a_search_path_that_leads_nowhere_is_refused(database, clock):
    nowhere = database.update_query_dict({"options": "-csearch_path=nowhere"})
    with pytest.raises(OrgSaidNo, match="search_path"):
        open_ledger(nowhere, clock)


def test_what_was_answered_outlives_a_server_that_dies(cluster, ledger):
    with ledger.engine.begin() as db:
        write_meta(db, "answered", "yes")
    cluster.stop()
    cluster.start()
    with reading(ledger.engine) as db:
        assert read_meta(db, "answered") == "yes"


def test_a_connection_cut_in_the_middle_is_told_as_trouble_and_leaves_nothing(
    cluster, database, ledger
):
    with pytest.raises(TryLater) as told:
        _write_and_be_cut(cluster, database, ledger)
    assert "terminating connection" in told.value.message
    with reading(ledger.engine) as db:  # the next one is another connection
        assert read_meta(db, "half") == ""


def _write_and_be_cut(cluster, database, ledger: Ledger) -> None:
    with ledger_told(database), ledger.engine.begin() as db:
        write_meta(db, "half", "yes")
        cluster.cut(database.database)
        write_meta(db, "whole", "yes")


def test_a_server_that_is_away_is_told_with_its_address_and_without_a_password(clock):
    away = make_url("postgresql+psycopg://ada:hunter2@127.0.0.1:1/optout")
    with pytest.raises(TryLater) as told, ledger_told(away):
        open_ledger(away, clock)
    assert told.value.where == called_place(away) == "postgresql://127.0.0.1:1/optout"
    assert "hunter2" not in str(told.value.__dict__)


def test_what_the_server_says_of_a_row_is_not_repeated(database, ledger):
    with pytest.raises(OrgSaidNo) as told, ledger_told(database), ledger.engine.begin() as db:
        db.execute(text("INSERT INTO meta VALUES ('format', 'ann@example.com')"))
    assert "ann@example.com" not in told.value.message


def test_one_that_is_silent_in_the_middle_does_not_hold_the_others_for_ever(ledger):
    with ledger.engine.begin() as db:
        assert db.scalar(text("SHOW idle_in_transaction_session_timeout")) == "150s"


def test_a_row_that_somebody_has_locked_by_hand_holds_up_nobody_else(ledger, cluster, database):
    at = ledger.clock.now()
    said = [NewEvent("t", key, key, at, Selector.PERSON, key, ("F",)) for key in ("ann", "bob")]
    made = accept(ledger, said)
    wants = zip(made, ("ann", "bob"), strict=True)
    spread(ledger, {one.id: [Want(Side.PEOPLE, key, key)] for one, key in wants})
    with psycopg.connect(cluster.conninfo(database.database)) as by_hand:
        by_hand.execute("SELECT * FROM targets WHERE key = 'ann' FOR UPDATE")
        assert [each.key for each in claim_due(ledger, Side.PEOPLE, "claim", 9)] == ["bob"]
    assert [each.key for each in claim_due(ledger, Side.PEOPLE, "claim", 9)] == ["ann"]


def test_a_sentence_with_a_nul_in_it_is_kept_without(ledger):
    with ledger.engine.begin() as db:
        open_case(db, ("org", "003", "ann"), ("ODD", "a sentence\0 of an org"), ledger.now())
        assert [each.detail for each in cases(db)] == ["a sentence\ufffd of an org"]


ODD_TEXTS = ("", " a ", '"', '"a"', "\\", "\\n", "a,b", "{a}", "NULL", "null", "two\nlines",
             "\u00fc\U0001f600", "it's %s", "%(a)s", "$1")  # fmt: skip


def test_texts_of_any_kind_go_to_and_fro_many_at_once(ledger):
    """Many go as one text, in which some signs mean something."""
    values = (*reversed(ODD_TEXTS[1:]), None)
    rows = [{"name": name, "value": "same"} for name in ODD_TEXTS]
    with ledger.engine.begin() as db:
        insert_many(db, META, rows)
        found = select(META).where(among(db, META.c.name, ODD_TEXTS))
        assert {tuple(row) for row in db.execute(found)} == {(name, "same") for name in ODD_TEXTS}
        new = dict(zip(ODD_TEXTS, values, strict=True))
        update_many(db, META, "name", [{"name": n, "value": v} for n, v in new.items()])
        assert {row.name: row.value for row in db.execute(found)} == new
        assert not db.execute(select(META).where(among(db, META.c.name, []))).all()
        rest = select(META.c.name).where(META.c.value == "same")
        assert db.scalars(rest).all() == []
        insert_many(db, META, [])
        update_many(db, META, "name", [])


def test_rows_that_are_all_the_same_are_as_many(ledger):
    with ledger.engine.begin() as db:
        insert_many(db, AUDIT, [{"at": "t", "by": "b", "action": "a", "detail": "d"}] * 3)
        assert db.scalar(select(func.count()).select_from(AUDIT)) == 3


def test_people_whose_row_somebody_else_has_locked_are_told_as_busy(cluster, database, clock):
    step = StepClock(clock)
    people = open_own(open_postgresql(database, Room.PEOPLE, AT_ONCE), step)
    people.add(Person("ann"))
    mark = Mark("ann", step.now(), "Manual")
    with psycopg.connect(cluster.conninfo(database.database)) as by_hand:
        by_hand.execute("SELECT * FROM people FOR UPDATE")
        with pytest.raises(TryLater, match="lock timeout"):
            people.mark([mark])
    assert people.mark([mark]) == [Marked.DONE]
    people.close()


def test_more_are_settled_at_once_than_a_statement_takes_parameters(ledger):
    at = ledger.clock.now()
    one = accept(ledger, [NewEvent("t", "k", "k", at, Selector.PERSON, "ann", ("F",))])[0].id
    spread(ledger, {one: [Want(Side.PEOPLE, "ann", "ann")]})
    with ledger.engine.begin() as db:
        db.execute(text("UPDATE targets SET state = 'done'"))
        settle(db, range(one, one + 70_000), ledger.now())
        assert db.scalar(text("SELECT state FROM events")) == "settled"
