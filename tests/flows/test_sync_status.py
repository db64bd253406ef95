"""`optout sync status`: what it needs no org for, and what it says when the org is asked."""

from __future__ import annotations

import json

import pytest

from practice_org.faults.firing import switch_on
from practice_org.faults.store import When

ORG = ("--org", "practice")


@pytest.fixture
def status(run):
    """(exit code, check id -> outcome, the whole --json document)."""

    def ask(*words):
        code, out, _ = run("sync", "status", *words, *ORG, "--json")
        said = json.loads(out)
        return code, {each["id"]: each["outcome"] for each in said["checks"]}, said

    return ask


def test_no_org_and_no_login_is_needed(status):
    code, outcomes, said = status()
    assert (code, said["budget"]) == (0, None)
    assert {key for key, outcome in outcomes.items() if outcome == "unknown"} == {
        "S10", "S11", "S12", "S13"
    }  # fmt: skip


@pytest.mark.usefixtures("org_now")
def test_asked_for_the_org_is_looked_at_and_nothing_is_bound(status):
    code, outcomes, said = status("--ask-org")
    assert (code, said["org_id"]) == (0, None)
    assert [outcomes[key] for key in ("S10", "S11", "S12", "S13")] == [
        "info",
        "pass",
        "pass",
        "pass",
    ]
    assert said["budget"]["left"] == said["budget"]["allowed"] - said["budget"]["used"]


def test_an_org_that_does_not_answer_is_unknown_and_exits_with_4(status, org_now):
    switch_on(org_now.org, "any", "HTML_503", When(times=100))
    code, outcomes, _ = status("--ask-org")
    assert (code, outcomes["S11"]) == (4, "unknown")


def test_a_field_that_the_runner_cannot_write_fails_with_what_to_type(status, org_now, monkeypatch):
    monkeypatch.setenv("OPTOUT_SYNC_FIELD", "marketo-sales-opt-out")
    monkeypatch.setenv("OPTOUT_CUSTOM_FIELD", "Sales_Opt_Out__c")
    code, outcomes, said = status("--ask-org")
    assert (code, outcomes["S05"], outcomes["S11"]) == (1, "warn", "fail")
    (found,) = [each for each in said["checks"] if each["id"] == "S11"]
    assert found["remedy"].startswith("optout deploy")
    assert "Contact.Sales_Opt_Out__c: the org does not show it" in found["evidence"]


@pytest.mark.usefixtures("org_now")
def test_the_calls_that_the_last_run_saw_are_kept(status, run):
    assert run("sync", "adopt", "--yes", *ORG)[0] == 0
    code, outcomes, said = status()
    assert (code, outcomes["S03"], outcomes["S12"]) == (0, "pass", "pass")
    assert said["budget"]["seen_by"] == f"run {said['last_run']['run_id']}"
    assert 0 < said["budget"]["used"] < said["budget"]["allowed"]


@pytest.mark.usefixtures("org_now")
def test_a_new_people_store_in_the_old_ones_place_is_told(status, run, private_home):
    assert run("sync", "push", "--person", "ann", *ORG)[0] == 0
    assert status()[1]["S14"] == "pass"
    (private_home / "optout" / "people" / "practice.sqlite").unlink()
    code, outcomes, _ = status()
    assert (code, outcomes["S14"]) == (1, "fail")
    said = run("sync", "status", *ORG)[1].splitlines()
    assert said[-1] == "needs a person: S14; see fail above"


def test_every_check_is_a_line_and_the_org_is_offered(run):
    code, out, _ = run("sync", "status", *ORG)
    assert (code, out.count("[S0")) == (0, 9)
    assert "optout sync status --ask-org does [S10 S11 S12 S13]" in out
    assert out.splitlines()[-1] == "nothing needs a person"
