"""One look tells whether the seeded org is ready, and for whom it could not be told."""

import json
import re

import pytest

from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.checks.package import CHECK_DEPLOY
from practice_org.metadata.components import find_component
from practice_org.tables import find_rows, update_row


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


def test_the_auditor_is_left_with_the_documented_unknowns(look):
    _, document = look()
    assert ids(document, "unknown") == ["C03", "C08", "C34", "C41", "C42"]


def test_without_view_setup_nobody_can_tell(look, org_now):
    row = find_rows(org_now.org, "PermissionSet", Name="Readiness_Audit")[0]
    update_row(org_now.org, "PermissionSet", row["Id"], {"PermissionsViewSetup": False})
    code, document = look()
    assert (code, document["verdict"], ids(document, "fail")) == (4, "unknown", [])
    assert all(r["evidence"] for r in document["checks"] if r["outcome"] == "unknown")


def test_an_unknown_that_no_check_has_is_refused_before_the_org_is_asked(run, org_now, intercept):
    assert org_now
    sent = []
    intercept(lambda request, go_on: [sent.append(request), go_on(request)][1])
    code, _, err = run("readiness", "--org", "practice", "--accept-unknown", "C03,C99")
    assert (code, "C99" in err, sent) == (2, True, [])


def test_an_accepted_unknown_is_in_the_report(look):
    _, document = look("--accept-unknown", "c03,C34", "--accept-unmapped", "no leads here")
    assert document["accepted"] == {"unknown": ["C03", "C34"], "unmapped": "no leads here"}


def test_a_custom_field_that_is_not_there_fails_with_a_command_that_creates_it(look):
    code, document = look("--custom-field", "Nope__c")
    remedy = next(row["remedy"] for row in document["checks"] if row["id"] == "C10")
    assert (code, remedy) == (1, "optout deploy --org practice --create-field Nope__c")


def test_an_integration_user_who_is_not_there_is_unknown_and_is_not_named(look):
    _, document = look("--identity", "deployer", "--runner", "nobody@example.com")
    assert ids(document, "unknown") == ["C31", "C34", "C35", "C36"]
    assert "nobody" not in json.dumps(document)


def test_a_person_reads_the_verdict_first_and_the_counts_last(run, org_now):
    assert org_now
    code, out, _ = run("readiness", "--org", "practice")
    lines = out.splitlines()
    assert code == 1
    assert re.fullmatch(r"NOT READY: 3 of \d+ checks fail\.", lines[0])
    assert lines[1:3] == [
        "What to do next:",
        "  1. optout deploy --org practice --assign layout-users  [C21 C23 C32 C51]",
    ]
    assert lines[-1].endswith("calls to the org, none of which changes anything")


@pytest.mark.parametrize("check", [*CHECKS, CHECK_DEPLOY], ids=lambda check: check.id)
def test_every_check_explains_itself_in_plain_words(run, check):
    code, out, _ = run("readiness", "--explain", check.id, "--json")
    told = json.loads(out)
    assert (code, told["question"], "{" in told["remedy"]) == (0, check.question, False)


def test_a_check_explains_itself_without_an_org(run):
    code, out, _ = run("readiness", "--explain", "c21")
    assert (code, "Is the field on every layout in use" in out) == (0, True)
    assert run("readiness", "--explain", "C99")[0] == 2


def test_a_check_only_deploy_is_asked_for_and_changes_nothing(look, org_now):
    before = find_component(org_now.org, "Layout", "Contact-Contact Layout").body
    _, document = look("--check-deploy")
    logins = [call["login"] for call in document["api_calls"]]
    assert set(logins) == {"auditor", "deployer"}
    assert any(call["path"].endswith("/deployRequest") for call in document["api_calls"])
    assert ids(document, "pass", "fail").count("C60") == 1
    assert next(r["outcome"] for r in document["checks"] if r["id"] == "C60") == "pass"
    assert find_component(org_now.org, "Layout", "Contact-Contact Layout").body == before


def test_the_checks_of_the_sync_join_when_there_is_one(look, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "optout.toml").write_text("[sync]\n")
    _, document = look()
    joined = [row for row in document["checks"] if not row["id"].startswith("C")]
    assert joined
    assert all(row["remedy"] for row in joined if row["outcome"] in {"fail", "unknown"})
