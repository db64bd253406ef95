"""People of another system, as typed: pushed, nightly, looked at."""

from __future__ import annotations

import json

import pytest
from other_system import OtherSystem

from practice_org.tables import insert_row

ORG = ("--org", "practice")


@pytest.fixture
def other(tmp_path, monkeypatch):
    """The other system; the settings name its export and the folder for changes."""
    system = OtherSystem(tmp_path)
    for name, value in (("KIND", "files"), ("INPUT", system.input), ("OUTPUT", system.output),
                        ("ORG", "practice")):  # fmt: skip
        monkeypatch.setenv(f"OPTOUT_PEOPLE_{name}", str(value))
    return system


@pytest.fixture
def say(run):
    """Run one command; (exit code, the --json document)."""

    def run_it(*words: str):
        code, out, _ = run(*words, *ORG, "--json")
        return code, json.loads(out)

    return run_it


def test_a_push_is_handed_over_and_told_until_the_export_shows_it(say, other, org_now):
    contact = insert_row(org_now.org, "Contact", {"LastName": "Moss"})
    other.put("ann", contact)
    code, pushed = say("sync", "push", "--person", "ann")
    assert (code, pushed["handed_over"], len(other.files())) == (0, 1, 1)
    status = say("sync", "status")[1]
    assert (status["handed_over"], status["backlog"]) == (1, 0)
    assert status["handed_over_oldest_seconds"] >= 0
    rows = say("sync", "check", "ann")[1]["ledger"]
    assert [row["state"] for row in rows] == ["handed-over"]
    other.take_in()
    other.export()
    other.put("bob")
    say("sync", "push", "--person", "bob")
    assert say("people", "show", "ann")[1]["people"][0]["unsubscribed"]
    assert say("sync", "check", "ann")[1]["ledger"] == []


def test_a_night_hands_over_and_tells_how_many(say, other, org_now):
    contact = insert_row(org_now.org, "Contact", {"LastName": "Lee", "HasOptedOutOfEmail": True})
    other.put("bob", contact)
    assert say("sync", "adopt", "--yes")[1]["writes"] == {"salesforce": 0, "people": 1}
    assert [row["person_id"] for row in other.rows()] == ["bob"]
    assert say("sync", "status")[1]["handed_over"] == 1


def test_an_export_that_is_away_is_one_sentence_and_keeps_what_is_pushed(say, other):
    other.input.unlink()
    code, said = say("people", "list")
    assert (code, "there is no such file" in said["error"]["message"]) == (75, True)
    assert say("sync", "push", "--person", "ann")[0] == 75
    assert say("sync", "status")[1]["backlog"] == 1


def test_people_of_another_system_are_not_imported(say, other, tmp_path):
    (tmp_path / "more.csv").write_text("person_id,email,salesforce_id,unsubscribed\n")
    code, said = say("people", "import", str(tmp_path / "more.csv"))
    assert (code, said["error"]["where"]) == (2, "OPTOUT_PEOPLE_KIND")
