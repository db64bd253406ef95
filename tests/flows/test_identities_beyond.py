"""What an identity is not there for is refused: records, setup, the Metadata API, other data."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from data_paths import WRITES, Hand
from identity_org import FIELD
from metadata_org import Lab, one_layout

from deployer.model.identities import AUDITOR, DEPLOYER, IDENTITIES, RUNNER
from practice_org.login.sessions import start_session
from practice_org.metadata.components import find_component
from practice_org.tables import find_row, insert_row
from practice_org.workbench.audit_endpoint import audit_entries

pytestmark = pytest.mark.slow

LAYOUT = "Contact-Contact Layout"
every = pytest.mark.parametrize("identity", IDENTITIES.values(), ids=IDENTITIES)


def a_contact(org) -> str:
    org.user_id = org.setting("admin_user_id")
    return insert_row(org, "Contact", {"LastName": "Moss", "Email": "kept@practice.test"})


def audited(org) -> int:
    return max(entry["number"] for entry in audit_entries(org))


def hand_of(who) -> Hand:
    """The newcomer at the org's raw doors."""
    return Hand(SimpleNamespace(org=who.org), who.user_id)


@pytest.mark.parametrize("identity", [AUDITOR, DEPLOYER], ids=lambda each: each.name)
@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_neither_auditor_nor_deployer_writes_a_record(log_in, job, identity, write):
    contact = a_contact(job.org)
    who = log_in(identity)
    before = audited(job.org)
    write(hand_of(who), contact, {"Phone": "1", FIELD: True, "LastName": "Else"})
    row = find_row(job.org, "Contact", contact)
    assert (row["LastName"], row["Phone"], row[FIELD]) == ("Moss", None, 0)
    changed = [e for e in audit_entries(job.org, before) if e["subject"] == contact]
    assert changed == []


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.__name__)
def test_the_runner_writes_no_other_secured_field(log_in, job, write):
    contact = a_contact(job.org)
    who = log_in(RUNNER)
    write(hand_of(who), contact, {"Phone": "1"})
    assert find_row(job.org, "Contact", contact)["Phone"] is None


_SET_ROW = {"Name": "Mine", "Label": "Mine", "PermissionsModifyAllData": True}
SETUP = {
    "a permission set": ("POST", "sobjects/PermissionSet", _SET_ROW),
    "a user": ("POST", "sobjects/User", {"Username": "m@practice.test", "LastName": "M"}),
    "a grant": ("POST", "sobjects/FieldPermissions", {"SobjectType": "Contact"}),
    "a layout": ("PATCH", "tooling/sobjects/Layout/{layout}", {"Metadata": {}}),
    "a lead": ("POST", "sobjects/Lead", {"LastName": "M", "Company": "M"}),
}
MAY = {("deployer", "a permission set")}


@every
@pytest.mark.parametrize("what", SETUP)
def test_what_an_identity_may_not_make_over_rest_is_not_made(log_in, job, identity, what):
    method, path, body = SETUP[what]
    layout = find_component(job.org, "Layout", LAYOUT)
    who = log_in(identity)
    before = audited(job.org)
    hand_of(who).ask(method, f"/services/data/v63.0/{path.format(layout=layout.id)}", body)
    assert bool(audit_entries(job.org, before)) == ((identity.name, what) in MAY)


CALLS = {
    "listMetadata": "<queries><type>Layout</type></queries>",
    "readMetadata": "<type>Layout</type><fullNames>Contact-Contact Layout</fullNames>",
    "retrieve": "<retrieveRequest><singlePackage>true</singlePackage></retrieveRequest>",
    "updateMetadata": "<metadata/>",
    "deleteMetadata": f"<type>Layout</type><fullNames>{LAYOUT}</fullNames>",
}


@pytest.mark.parametrize("identity", [AUDITOR, RUNNER], ids=lambda each: each.name)
@pytest.mark.parametrize("call", [*CALLS, "deploy"])
def test_the_metadata_api_is_the_deployers_alone(log_in, job, admin, identity, call):
    who = log_in(identity)
    before, audited_before = find_component(job.org, "Layout", LAYOUT).body, audited(job.org)
    lab = Lab(job.org, admin.clock, start_session(job.org, who.user_id), who.user_id)
    if call == "deploy":
        said = lab.start(one_layout(before.decode(), LAYOUT))
    else:
        said = lab.soap(call, CALLS[call]).text("faultstring")
    assert "use of the Metadata API requires" in said
    assert audit_entries(job.org, audited_before) == []


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (AUDITOR, ("plan",)),
        (AUDITOR, ("deploy", "--yes")),
        (AUDITOR, ("sync", "push", "--salesforce-id", "{contact}")),
        (DEPLOYER, ("sync", "push", "--salesforce-id", "{contact}")),
        (RUNNER, ("plan",)),
        (RUNNER, ("deploy", "--yes")),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else value[0],
)
def test_a_command_that_is_anothers_job_changes_nothing(log_in, job, identity, words):
    contact = a_contact(job.org)
    log_in(identity)
    before = audited(job.org)
    assert job.ask(*(word.format(contact=contact) for word in words))[0] != 0
    assert audit_entries(job.org, before) == []


@pytest.mark.parametrize(
    ("identity", "query", "answer"),
    [
        (AUDITOR, "SELECT Id FROM Contact", "0"),
        (AUDITOR, "SELECT Email FROM Contact", "INVALID_FIELD"),
        (DEPLOYER, "SELECT Email FROM Contact", "INVALID_FIELD"),
        (DEPLOYER, "SELECT Id FROM Account", "0"),
        (RUNNER, "SELECT Email FROM Contact", "INVALID_FIELD"),
        (RUNNER, "SELECT Id FROM FieldPermissions", "INSUFFICIENT_ACCESS"),
        (RUNNER, "SELECT Id FROM PermissionSetAssignment", "INSUFFICIENT_ACCESS"),
    ],
)
def test_what_an_identity_does_not_need_it_is_not_shown(log_in, job, identity, query, answer):
    who = log_in(identity)
    said = json.loads(hand_of(who).ask("GET", "/services/data/v63.0/query", "", q=query))
    found = str(said["totalSize"]) if isinstance(said, dict) else said[0]["errorCode"]
    assert found == answer
