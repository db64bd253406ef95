"""An operator moves the sync from a file into PostgreSQL, and goes on there."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from practice_org.tables import find_row, insert_row
from sync.database.sqlite import library

ORG = ("--org", "practice")
BY = ("--by", "Ann Lee")


@pytest.fixture
def address(database):
    return database.render_as_string()


@pytest.fixture
def moved(run, sync, org_now, address, tmp_path):
    """Two people, one opted out, moved; the record of the other, who is opted out afterwards."""
    contacts = [insert_row(org_now.org, "Contact", {"LastName": "Moss"}) for _ in range(2)]
    rows = "\n".join(f"p{n},p{n}@example.com,{each},false" for n, each in enumerate(contacts))
    (tmp_path / "people.csv").write_text(f"person_id,email,salesforce_id,unsubscribed\n{rows}\n")
    assert run("people", "import", str(tmp_path / "people.csv"), *ORG)[0] == 0
    assert sync("push", "--person", "p0")[0] == 0
    code, said = sync("move", "--to", address, *BY, "--yes")
    assert code == 0, said
    assert (said["people"], said["rows"]["events"]) == (True, 1)
    return contacts


@pytest.fixture
def gone_on(moved, address, monkeypatch):
    """The settings name where it moved to."""
    monkeypatch.setenv("OPTOUT_SYNC_LEDGER_URL", address)
    monkeypatch.setenv("OPTOUT_PEOPLE_URL", address)
    monkeypatch.setenv("OPTOUT_PEOPLE_ORG", "practice")
    return moved


@pytest.mark.usefixtures("moved")
def test_until_the_settings_say_so_nothing_is_taken_where_it_was(sync):
    code, said = sync("push", "--person", "p1")
    assert code == 1
    assert "has moved to postgresql://" in said["error"]["message"]
    assert "ledger_url" in said["error"]["next"]


def test_afterwards_both_sides_are_reached_from_there(run, sync, gone_on, org_now):
    assert sync("push", "--person", "p1")[0] == 0
    assert find_row(org_now.org, "Contact", gone_on[1])["HasOptedOutOfEmail"]
    people = json.loads(run("people", "list", *ORG, "--json")[1])["people"]
    assert sorted((each["person_id"], each["unsubscribed"]) for each in people) == [
        ("p0", True), ("p1", True),
    ]  # fmt: skip
    assert sync("status")[1]["backlog"] == 0
    assert [each["action"] for each in sync("audit")[1]["audit"]] == ["move"]


@pytest.mark.usefixtures("moved")
def test_without_the_variable_no_new_ledger_is_begun_where_the_old_one_was(sync, private_home):
    (private_home / "optout" / "sync" / "practice" / "ledger.sqlite").unlink()
    code, said = sync("push", "--person", "p1")
    assert code == 2
    assert "was last in postgresql://" in said["error"]["message"]


@pytest.mark.usefixtures("gone_on")
def test_a_copy_of_the_one_there_is_the_same_file_as_ever(sync, tmp_path):
    assert sync("backup", str(tmp_path / "copy.sqlite"))[0] == 0
    with closing(library().connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("SELECT count(*) FROM events").fetchone() == (1,)
    assert sync("restore", str(tmp_path / "copy.sqlite"), *BY, "--yes")[0] == 0


@pytest.mark.usefixtures("gone_on")
def test_it_moves_back_into_files(sync, monkeypatch, tmp_path, private_home):
    (private_home / "optout" / "people" / "practice.sqlite").rename(tmp_path / "old-people.sqlite")
    back = tmp_path / "back.sqlite"
    code, said = sync("move", "--to", str(back), *BY, "--yes")
    assert (code, said["people"]) == (0, True)
    monkeypatch.delenv("OPTOUT_SYNC_LEDGER_URL")
    monkeypatch.delenv("OPTOUT_PEOPLE_URL")
    monkeypatch.setenv("OPTOUT_SYNC_LEDGER", str(back))
    assert sync("push", "--person", "p1")[0] == 0


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("postgresql+psycopg://ada:hunter2@host/db", "password"),
        ("mysql://host/db", "cannot keep this"),
        ("postgresql://127.0.0.1:1/away", "cannot be used now"),
    ],
)
@pytest.mark.usefixtures("org_now")
def test_a_target_that_is_none_is_refused_and_nothing_moves(sync, target, said):
    assert sync("push", "--person", "nobody")[0] in {0, 75}
    code, told = sync("move", "--to", target, *BY, "--yes")
    assert code in {2, 75}
    assert said in told["error"]["message"]
    assert "hunter2" not in json.dumps(told)
    assert sync("push", "--person", "nobody")[0] in {0, 75}


def test_where_there_is_no_ledger_yet_nothing_has_to_move(sync, address):
    code, said = sync("move", "--to", address, *BY, "--yes")
    assert (code, said["error"]["next"]) == (2, "set ledger_url under [sync]: it is made there")
