"""What people made in the org is found: rules, flows, idle grants, old ways to log in."""

import json
from datetime import timedelta

import pytest

from practice_org.actions.org_rules import Flow, Rule, set_flow, set_rule
from practice_org.login.history import Login, record_login
from practice_org.metadata.components import edit_layout_as, find_component
from practice_org.seed.fields import SeedField, add_field
from practice_org.seed.usage import IDLE_APP
from practice_org.tables import delete_row, find_rows, update_row

pytestmark = pytest.mark.slow

RUNNER = "runner@practice.example.com"


@pytest.fixture
def org(org_now):
    return org_now.org


@pytest.fixture
def answer(run):
    """One check of one look: its outcome and evidence."""

    def of(check, *words):
        _, out, _ = run("readiness", "--org", "practice", "--json", *words)
        found = {row["id"]: row for row in json.loads(out)["checks"]}
        return found[check]["outcome"], found[check]["evidence"]

    return of


@pytest.mark.parametrize("identity", ["deployer", "auditor"])
def test_the_org_gives_a_login_the_layouts_that_the_tables_say(answer, org, identity):
    assert org
    outcome, evidence = answer("C25", "--identity", identity)
    assert (outcome, evidence.startswith("6 of this login's own layouts")) == ("pass", True)


def test_a_rule_that_an_administrator_makes_is_named(answer, org):
    rule = Rule("Contact", "Phone_Needed", "Give a phone number", "Phone")
    set_rule(org, org.setting("admin_user_id"), rule)
    outcome, evidence = answer("C53")
    assert (outcome, "Contact.Phone_Needed" in evidence) == ("warn", True)


def test_a_flow_that_writes_the_field_is_named_and_that_of_another_object_is_not(answer, org):
    admin = org.setting("admin_user_id")
    for sobject in ("Contact", "Lead", "Account"):
        add_field(org, SeedField(sobject, "Opt_Out__c", "Checkbox", "Opt Out"))
    set_flow(org, admin, Flow("Clear_It", "Lead", "Opt_Out__c"))
    set_flow(org, admin, Flow("Elsewhere", "Account", "Opt_Out__c"))
    outcome, evidence = answer("C52", "--custom-field", "Opt_Out__c")
    assert (outcome, "Flow Clear_It" in evidence, "Elsewhere" in evidence) == ("warn", True, False)


FIELD = "HasOptedOutOfEmail"
FLOWS = {
    "a flow that unticks it": (
        Flow("Clear_It", "Lead", FIELD),
        "warn",
        "untick the field: Clear It",
    ),
    "a flow that ticks it": (Flow("Tick_It", "Lead", FIELD, ticks=True), "info", "no active flow"),
}


@pytest.mark.parametrize(("flow", "outcome", "words"), FLOWS.values(), ids=FLOWS)
def test_a_flow_is_named_when_it_unticks_a_standard_field(answer, org, flow, outcome, words):
    set_flow(org, org.setting("admin_user_id"), flow)
    found, evidence = answer("C52")
    assert (found, words in evidence) == (outcome, True)


@pytest.mark.parametrize(("identity", "outcome"), [("deployer", "warn"), ("auditor", "unknown")])
def test_an_idle_grant_is_told_to_who_may_see_all_of_them(answer, org, identity, outcome):
    assert org
    found, evidence = answer("C08", "--identity", identity)
    assert (found, IDLE_APP in evidence) == (outcome, outcome == "warn")


def test_the_integration_users_soap_logins_are_told_to_who_manages_users(answer, org):
    runner = find_rows(org, "User", Username=RUNNER)[0]["Id"]
    at = org.now() - timedelta(days=2)
    record_login(org, runner, Login("Other Apex API", "SOAP Partner", "39.0"), at)
    assert answer("C36", "--runner", RUNNER, "--identity", "deployer")[0] == "info"
    held = find_rows(org, "PermissionSet", Name="Deployment")[0]
    update_row(org, "PermissionSet", held["Id"], {"PermissionsManageUsers": True})
    outcome, evidence = answer("C36", "--runner", RUNNER, "--identity", "deployer")
    assert (outcome, "SOAP Partner 39.0 (logins: 1)" in evidence) == ("warn", True)


def test_a_field_that_the_login_does_not_see_is_there_all_the_same(answer, org):
    for sobject in ("Contact", "Lead"):
        add_field(org, SeedField(sobject, "Opt_Out__c", "Checkbox", "Opt Out"))
    org.set_setting("field_definition", "secured")
    hidden = "Opt_Out__c is on Contact and Lead; this login itself is not shown it on Contact and"
    outcome, evidence = answer("C10", "--custom-field", "Opt_Out__c")
    assert (outcome, evidence.startswith(hidden)) == ("pass", True)
    assert answer("C13", "--custom-field", "Opt_Out__c")[0] == "unknown"
    assert answer("C10", "--custom-field", "Nope__c")[0] == "fail"


def test_a_layout_that_was_saved_since_our_deploy_is_named(answer, run, org, clock):
    assert answer("C62")[0] == "info"
    assert run("deploy", "--org", "practice", "--yes")[0] == 0
    assert answer("C62")[0] == "pass"
    clock.at += timedelta(seconds=60)
    name = "Contact-Contact Layout"
    edit_layout_as(
        org, org.setting("admin_user_id"), name, find_component(org, "Layout", name).body
    )
    outcome, evidence = answer("C62")
    assert (outcome, evidence.endswith(f": {name}")) == ("warn", True)


def test_what_shows_email_beside_the_page_is_named(answer, org):
    assert org
    outcome, evidence = answer("C43")
    assert (outcome, evidence.partition("; with Email and without it: ")[2]) == (
        "info",
        "compact layout Contact Contact_Highlights, quick action Contact Update_Email",
    )


def test_a_login_that_opens_no_records_has_no_layouts_to_compare(answer, org):
    held = find_rows(org, "PermissionSet", Name="Readiness_Audit")[0]["Id"]
    for row in find_rows(org, "ObjectPermissions", ParentId=held):
        delete_row(org, "ObjectPermissions", row["Id"])
    outcome, evidence = answer("C25")
    assert (outcome, evidence) == (
        "info",
        "this login has no layout to compare and opens no Contact and no Lead",
    )
