"""What others script against: the keys of --json, and the first line of practice-org start."""

from __future__ import annotations

import json

import pytest

LAYOUT_KEYS = {"name", "object", "outcome", "reason", "section", "column"}
KEYS = {
    "schema", "ok", "exit", "org_id", "layouts", "field", "permission_set", "assignments",
    "changes", "deploy_id", "snapshot", "status", "api_calls",
}  # fmt: skip
OUTCOMES = {"add", "added", "present", "skipped", "failed"}
STARTED = {
    "instance_url", "https_url", "access_token", "ca_file", "username", "client_id",
    "client_secret", "jwt_key_file", "org_id",
}  # fmt: skip


@pytest.fixture
def document(org_now, run):
    def ask(*words: str) -> dict:
        return json.loads(run(*words, "--org", "practice", "--json")[1])

    return ask


def test_a_plan_has_its_keys_and_nothing_was_sent(document):
    plan = document("plan")
    assert set(plan) >= KEYS
    assert all(set(layout) >= LAYOUT_KEYS for layout in plan["layouts"])
    assert {layout["outcome"] for layout in plan["layouts"]} <= OUTCOMES
    assert (plan["deploy_id"], plan["snapshot"], plan["ok"]) == (None, None, True)
    assert all("diff" in x for x in plan["layouts"] if x["outcome"] == "add")


def test_a_deploy_has_its_keys_and_says_what_was_sent(document):
    done = document("deploy", "--yes")
    assert set(done) >= KEYS
    assert done["status"] == "Succeeded"
    assert done["deploy_id"].startswith("0Af")
    assert done["permission_set"] == "Opt_Out_Field_Access"
    assert {x["outcome"] for x in done["layouts"]} <= {"added", "present", "skipped"}


def test_a_deploy_with_nothing_to_do_says_so(document):
    document("deploy", "--yes")
    again = document("deploy", "--yes")
    assert (again["status"], again["deploy_id"], again["snapshot"], again["changes"]) == (
        "nothing-to-do", None, None, 0,
    )  # fmt: skip


def test_the_practice_org_tells_where_it_is(practice):
    assert set(practice.facts) >= STARTED
    assert practice.http.startswith("http://localhost:")


@pytest.mark.parametrize("words", [("plan",), ("deploy", "--yes"), ("restore", "--yes")])
def test_with_json_stdout_holds_one_document_and_nothing_else(org_now, run, words):
    _, out, _ = run(*words, "--org", "practice", "--json")
    assert json.loads(out)["schema"] == 1
