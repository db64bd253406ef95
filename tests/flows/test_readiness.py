"""One look tells whether the seeded org is ready; following what it prints makes it ready."""

import json

import pytest

WRITES = {"POST", "PATCH", "PUT", "DELETE"}


@pytest.fixture
def look(run, org_now):
    """Run readiness on the practice org; its exit code and its document."""
    assert org_now

    def run_it(*words):
        code, out, _ = run("readiness", "--org", "practice", "--json", *words)
        return code, json.loads(out)

    return run_it


def ids(document, *outcomes):
    return [row["id"] for row in document["checks"] if row["outcome"] in outcomes]


def test_before_a_deploy_it_is_not_ready_and_says_what_to_do(look):
    code, document = look()
    assert (code, document["verdict"]) == (1, "not-ready")
    assert ids(document, "fail") == ["C21", "C23", "C51"]
    assert all(row["remedy"] for row in document["checks"] if row["outcome"] == "fail")
    assert {row["object"] for row in document["headline"]} == {"Contact", "Lead", "PersonAccount"}


def test_what_it_prints_makes_the_org_ready(look, run):
    _, before = look("--identity", "deployer")
    remedies = {row["remedy"] for row in before["checks"] if row["outcome"] == "fail"}
    for remedy in sorted(remedies):
        assert run(*remedy.split()[1:], "--yes")[0] == 0
    code, after = look("--identity", "deployer")
    assert (ids(after, "fail", "unknown"), code, after["verdict"]) == ([], 0, "ready")


def test_the_auditor_is_left_with_the_documented_unknowns(look):
    _, document = look()
    assert ids(document, "unknown") == ["C03", "C34"]


def test_an_auditor_only_reads_and_the_report_lists_every_call(look, org_now):
    changes = org_now.org.db.total_changes
    _, document = look()
    assert changes is not None
    calls = document["api_calls"]
    assert all(c["path"].endswith(("/token", "/composite")) for c in calls if c["method"] in WRITES)
    assert len(calls) <= 40


def test_an_accepted_unknown_is_in_the_report(look):
    _, document = look("--accept-unknown", "c03,C34", "--accept-unmapped", "no leads here")
    assert document["accepted"] == {"unknown": ["C03", "C34"], "unmapped": "no leads here"}


def test_a_custom_field_that_is_not_there_fails_with_a_command_that_creates_it(look):
    code, document = look("--custom-field", "Nope__c")
    remedy = next(row["remedy"] for row in document["checks"] if row["id"] == "C10")
    assert (code, remedy) == (1, "optout deploy --org practice --create-field Nope__c")


def test_an_integration_user_who_is_not_there_is_unknown_and_is_not_named(look):
    _, document = look("--identity", "deployer", "--runner", "nobody@example.com")
    assert ids(document, "unknown") == ["C31", "C34", "C35"]
    assert "nobody" not in json.dumps(document)


def test_a_person_reads_the_verdict_first_and_the_counts_last(run, org_now):
    assert org_now
    code, out, _ = run("readiness", "--org", "practice")
    lines = out.splitlines()
    assert (code, lines[0]) == (1, "NOT READY: 3 of 26 checks fail.")
    assert lines[1:3] == [
        "What to do next:",
        "  1. optout deploy --org practice --assign layout-users  [C21 C23 C51 C32]",
    ]
    assert lines[-1].endswith("calls to the org, none of which changes anything")


def test_a_check_explains_itself_without_an_org(run):
    code, out, _ = run("readiness", "--explain", "c21")
    assert (code, "Is the field on every layout in use" in out) == (0, True)
    assert run("readiness", "--explain", "C99")[0] == 2
