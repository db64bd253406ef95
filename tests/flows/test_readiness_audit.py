"""A look changes nothing, and its report lists every call: held to the wire and the org's audit."""

import json

import pytest
from walk import BUSY

from practice_org.wire import parse_xml
from practice_org.workbench.audit_endpoint import audit_entries

TOKEN = "/services/oauth2/token"
READING = {"listMetadata", "readMetadata", "describeMetadata"}


@pytest.fixture
def traced(run, org_now, intercept):
    """Look, with `between` on the wire: the document, and the requests sent with their status."""

    def look(*words, between=lambda request, go_on: go_on(request)):
        sent = []

        def noted(request, go_on):
            answer = between(request, go_on)
            if not request.path.startswith("/practice/"):
                sent.append((request, answer.status))
            return answer

        intercept(noted)
        _, out, _ = run("readiness", "--org", "practice", "--json", *words)
        return json.loads(out), sent

    assert org_now
    return look


def listed(document):
    return [(call["method"], call["path"], call["status"]) for call in document["api_calls"]]


def on_the_wire(sent):
    return [(request.method, request.path, status) for request, status in sent]


def what_it_does(request):
    """GET, "login", what a composite's parts do, or the operation of a SOAP call."""
    if request.path == TOKEN:
        return {"login"}
    if request.method == "GET":
        return {"GET"}
    if request.path.endswith("/composite"):
        return {part["method"] for part in json.loads(request.body)["compositeRequest"]}
    body = parse_xml(request.body).child("Body")
    return {body.children()[0].name}


@pytest.mark.parametrize(
    ("identity", "may"), [("auditor", set()), ("deployer", READING)], ids=["auditor", "deployer"]
)
def test_a_look_only_reads_and_lists_every_call(traced, org_now, identity, may):
    last = max(entry["number"] for entry in audit_entries(org_now.org))
    document, sent = traced("--identity", identity)
    assert audit_entries(org_now.org, last) == []
    assert set().union(*(what_it_does(r) for r, _ in sent)) <= {"GET", "login", *may}
    assert {request.method for request, _ in sent} <= {"GET", "POST"}
    assert listed(document) == on_the_wire(sent)
    assert len(sent) <= 45


def test_a_call_that_is_made_again_is_listed_again(traced):
    refused = []

    def busy_once(request, go_on):
        if request.path.endswith("/tooling/composite") and not refused:
            refused.append(request)
            return BUSY
        return go_on(request)

    document, sent = traced(between=busy_once)
    assert [status for _, status in sent].count(BUSY.status) == 1
    assert listed(document) == on_the_wire(sent)


def test_the_calls_of_a_check_only_deploy_and_of_the_sync_are_listed_too(
    traced, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "optout.toml").write_text("[sync]\n")
    document, sent = traced("--check-deploy")
    assert listed(document) == on_the_wire(sent)
    assert {call["login"] for call in document["api_calls"]} == {"auditor", "deployer", "runner"}
