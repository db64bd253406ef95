"""`optout sync adopt` and `nightly`, from the words typed to the boxes ticked in the org."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta

import pytest

from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.tables import find_row, insert_row, update_row
from sync.ledger.ledger import from_text, to_text

ORG = ("--org", "practice", "--json")


@pytest.fixture
def both(org_now, run, tmp_path):
    """Ann is opted out on the people side, Bob in the org; the ids of their records."""
    org_now.org.db.execute('UPDATE "Contact" SET "HasOptedOutOfEmail" = 0')
    org_now.org.db.execute('UPDATE "Lead" SET "HasOptedOutOfEmail" = 0')
    ann, bob = (insert_row(org_now.org, "Contact", {"LastName": name}) for name in ("Ann", "Bob"))
    update_row(org_now.org, "Contact", bob, {"HasOptedOutOfEmail": True})
    people = tmp_path / "people.csv"
    people.write_text(
        "person_id,email,salesforce_id,unsubscribed\n"
        f"ann,ann@example.com,{ann},true\nbob,bob@example.com,{bob},false\n"
    )
    assert run("people", "import", str(people), *ORG)[0] == 0
    return ann, bob


@pytest.fixture
def night(run):
    def run_it(*words):
        code, out, _ = run("sync", *words, *ORG)
        return code, json.loads(out)

    return run_it


def ticked(org_now, record_id):
    return bool(find_row(org_now.org, "Contact", record_id)["HasOptedOutOfEmail"])


@pytest.mark.usefixtures("both")
def test_switched_off_nothing_is_asked_of_the_org(night):
    code, said = night("nightly")
    assert (code, said["outcome"], said["api_calls"]) == (0, "disabled", 0)


def test_adopt_shows_first_and_writes_once_it_is_approved(night, both, org_now):
    code, said = night("adopt")
    assert (code, said["outcome"], said["held"]) == (1, "held", {"salesforce": 1, "people": 1})
    assert not ticked(org_now, both[0])
    code, said = night("adopt", "--approve", said["run_id"])
    assert (code, said["outcome"], said["writes"]) == (0, "done", {"salesforce": 1, "people": 1})
    assert ticked(org_now, both[0])


@pytest.mark.usefixtures("both")
def test_who_approved_what_is_in_the_audit(night):
    shown = night("adopt")[1]["run_id"]
    run_id = night("adopt", "--approve", shown, "--by", "Ada")[1]["run_id"]
    said = night("audit")[1]["audit"][-1]
    assert (said["by"], said["action"]) == ("Ada", "approve")
    assert said["detail"] == f"run {run_id} may write what run {shown} showed"
    run_id = night("adopt", "--yes", "--by", "Bo")[1]["run_id"]
    assert night("audit")[1]["audit"][-1]["detail"] == f"run {run_id} may write all that it finds"


def test_a_night_moves_both_ways_and_the_second_one_nothing(night, run, both, org_now):
    assert night("adopt", "--yes")[0] == 0
    assert run("sync", "enable", "--by", "ada", *ORG)[0] == 0
    update_row(org_now.org, "Contact", both[0], {"HasOptedOutOfEmail": False})
    code, said = night("nightly", "--force")
    assert (code, said["outcome"], said["writes"]["salesforce"]) == (0, "done", 1)
    code, said = night("nightly", "--force")
    assert (code, said["writes"]) == (0, {"salesforce": 0, "people": 0})
    assert [phase["name"] for phase in said["phases"]] == [
        "gate", "push", "read", "guard", "write", "settle",
    ]  # fmt: skip


def test_before_it_is_due_nothing_runs(night, run, both):
    assert both
    assert run("sync", "enable", "--by", "ada", *ORG)[0] == 0
    code, said = night("nightly")
    assert (code, said["outcome"]) == (0, "nothing-due")


def test_an_approval_of_no_held_run_is_refused(night, both):
    assert both
    code, said = night("adopt", "--approve", "nosuchrun")
    assert (code, said["ok"]) == (2, False)


def test_a_night_that_cannot_be_finished_says_failed(night, both, org_now):
    assert both
    switch_on(org_now.org, "describe", "API_CURRENTLY_DISABLED", When(after=1))
    code, said = night("adopt", "--yes")
    assert (code, said["outcome"], said["error"]["code"]) == (1, "failed", "API_CURRENTLY_DISABLED")


def test_a_second_runner_hears_busy(night, both, org_now, private_home):
    assert both
    assert night("adopt")[0] == 1
    file = private_home / "optout" / "sync" / "practice" / "ledger.sqlite"
    with sqlite3.connect(file) as db:
        (begun,) = db.execute("SELECT max(started_at) FROM runs").fetchone()
        later = to_text(from_text(begun) + timedelta(hours=1))
        db.execute("UPDATE leases SET owner = 'another', expires_at = ?", (later,))
    code, said = night("adopt")
    assert (code, said["outcome"]) == (75, "busy")


def test_what_a_dry_run_shows_is_no_run_to_approve(night, run, both):
    assert both
    code, out, _ = run("sync", "nightly", "--dry-run", "--org", "practice")
    assert (code, "would be held" in out, "--approve" in out) == (0, True, False)
    assert out.splitlines()[-1] == "  next: optout sync adopt"


def test_a_run_that_failed_says_why_in_the_list_until_a_night_is_done(night, run, both, org_now):
    assert both
    switch_on(org_now.org, "describe", "API_CURRENTLY_DISABLED", When(after=1, times=1))
    assert night("adopt", "--yes")[0] == 1
    assert "API_CURRENTLY_DISABLED" in run("sync", "runs", "--org", "practice")[1]
    assert night("adopt", "--yes")[0] == 0
    assert "API_CURRENTLY_DISABLED" not in run("sync", "runs", "--org", "practice")[1]
