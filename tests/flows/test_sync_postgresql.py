"""The sync in PostgreSQL, as an operator and a sender meet it: servers restart, lines are cut."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import requests
from serve_process import COMMAND, wait_until
from walk import StepClock

from practice_org.tables import find_row, insert_row
from sync.ledger.ledger import open_ledger

pytestmark = pytest.mark.slow

ORG = ("--org", "practice")


@pytest.fixture(autouse=True)
def kept_there(database, monkeypatch):
    """Ledger and people of the practice org are in one database, over TCP as from elsewhere."""
    address = database.set(host="127.0.0.1", query={}).render_as_string()
    monkeypatch.setenv("OPTOUT_SYNC_LEDGER_URL", address)
    monkeypatch.setenv("OPTOUT_PEOPLE_URL", address)
    monkeypatch.setenv("OPTOUT_PEOPLE_ORG", "practice")


@pytest.fixture
def contact(org_now):
    return insert_row(org_now.org, "Contact", {"LastName": "Moss"})


def is_ticked(practice, contact):
    return bool(find_row(practice.org, "Contact", contact)["HasOptedOutOfEmail"])


def push(*words):
    """As another process; (exit code, what it said)."""
    done = subprocess.run(
        [*COMMAND, "sync", "push", *words, *ORG, "--json"],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_server_that_is_away_is_told_as_that_and_what_was_not_taken_is_taken_later(
    cluster, org_now, contact
):
    cluster.stop()
    code, out, err = push("--salesforce-id", contact)
    cluster.start()
    said = json.loads(out)["error"]
    assert (code, "Traceback" in err) == (75, False)
    assert "cannot be used now" in said["message"]
    assert "must be sent again" in said["next"]
    assert push("--salesforce-id", contact)[0] == 0
    assert is_ticked(org_now, contact)


def test_two_at_once_apply_everything_once(org_now):
    contacts = [insert_row(org_now.org, "Contact", {"LastName": "Moss"}) for _ in range(9)]
    with ThreadPoolExecutor(4) as beside:
        ended = list(beside.map(lambda each: push("--salesforce-id", each), contacts[1:]))
    # One finds the other's claim on the way: accepted, and applied by whoever has it.
    assert {code for code, _, _ in ended} <= {0, 75}
    assert push("--salesforce-id", contacts[0])[0] == 0
    assert all(is_ticked(org_now, each) for each in contacts)
    written = "SELECT count(*) FROM audit WHERE record_id = ? AND changes LIKE '%OptedOut%'"
    counts = [org_now.org.db.execute(written, (each,)).fetchone()[0] for each in contacts]
    assert counts == [1] * 9


@pytest.mark.slow
def test_what_was_answered_outlives_a_server_that_dies_and_goes_on_by_itself(
    start, cluster, org_now, database
):
    contacts = [insert_row(org_now.org, "Contact", {"LastName": "Moss"}) for _ in range(40)]
    server = start()

    def deliver(number: int) -> int:
        if number == len(contacts) // 2:
            cluster.stop()
            cluster.start()
        return server.post(number, salesforce_id=contacts[number]).status_code

    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(deliver, range(len(contacts))))
    assert set(answers) <= {202, 503}
    taken = [each for each, status in zip(contacts, answers, strict=True) if status == 202]
    assert taken
    wait_until(lambda: all(is_ticked(org_now, each) for each in taken))
    wait_until(lambda: requests.get(f"{server.url}/readyz", timeout=100).status_code == 200)
    assert server.stop() == 0


def test_connections_that_are_cut_are_made_again(start, cluster, org_now, contact, database):
    server = start()
    assert server.post(1, person_id="somebody").status_code == 202
    cluster.cut(database.database)
    wait_until(lambda: server.post(2, salesforce_id=contact).status_code == 202)
    wait_until(lambda: is_ticked(org_now, contact))
    assert server.stop() == 0


def test_a_sender_is_told_to_come_again_while_somebody_else_writes_for_long(
    start, database, org_now
):
    server = start()
    clock = StepClock(org_now.clock)
    with closing(open_ledger(database, clock)) as ledger, ledger.engine.begin():
        assert server.post(1, person_id="somebody").status_code == 503
    assert server.post(1, person_id="somebody").status_code == 202
    assert server.stop() == 0


def test_status_names_the_database_and_no_secret(run, org_now):
    code, out, _ = run("sync", "status", *ORG, "--json")
    assert code == 0
    assert json.loads(out)["ledger"].startswith("postgresql://127.0.0.1:")
