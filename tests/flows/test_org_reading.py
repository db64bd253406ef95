"""Everything that is read of an org, read of the practice org."""

from datetime import timedelta

import pytest
from scripted_org import FakeClock
from walk import StepClock

from deployer.commands.options import open_connection
from deployer.errors import LoginRefused, OrgSaidNo
from deployer.salesforce import rest, tooling
from deployer.salesforce.composite import query_request
from deployer.salesforce.metadata import fetch_components, fetch_deploy_requests, fetch_listing
from practice_org.login.sessions import end_session


@pytest.fixture
def reader(practice):
    clock = StepClock(practice.clock)
    with open_connection("practice", as_json=True, clock=clock) as connection:
        yield connection


@pytest.fixture
def writer(practice):
    with open_connection("practice", "write", as_json=True) as connection:
        yield connection


def test_the_connection_knows_where_it_is(reader, practice):
    org = reader.org
    assert (org.org_id, org.is_sandbox) == (practice.facts["org_id"], True)
    assert org.instance_url == practice.https
    assert org.username == practice.facts["identities"]["deployer"]["username"]
    assert [call.purpose for call in reader.calls] == [
        "log in",
        "versions",
        "who am I",
        "which org",
    ]


def test_an_org_without_deploys_lists_none(reader, practice):
    since = practice.clock() - timedelta(days=1)
    assert fetch_deploy_requests(reader, since) == []
    assert tooling.fetch_setup_audit_trail(reader, practice.clock() + timedelta(days=1)) == []


def test_a_long_result_is_read_to_its_end(reader):
    assert len(reader.query("SELECT Id FROM User")) >= 60


def test_a_describe_follows_the_users_rights(reader):
    fields = {field["name"] for field in reader.describe("Contact")["fields"]}
    assert "LastName" in fields


def test_an_object_that_is_absent_is_a_value_in_a_composite(reader):
    good, bad = reader.composite(
        [query_request("good", "SELECT Id FROM Contact LIMIT 1"),
         query_request("bad", "SELECT Id FROM Nope")]
    )  # fmt: skip
    assert (good.error, len(good.body["records"])) == (None, 1)
    assert bad.error.org_code == "INVALID_TYPE"


def test_listed_layouts_come_back_as_files_of_their_own_names(writer):
    names = [c.full_name for c in fetch_listing(writer, ["Layout"]) if not c.namespace]
    found = fetch_components(writer, {"Layout": names}, FakeClock(), 60)
    assert {f"layouts/{name}.layout" for name in names} == set(found.files) - {"package.xml"}
    assert {c.full_name for c in found.listed if c.type == "Layout"} == set(names)


def test_a_session_that_ends_is_renewed_without_a_word(reader, practice):
    practice.clock.move(hours=3)
    assert reader.query("SELECT Id FROM Organization")
    assert [call.purpose for call in reader.calls].count("log in") == 2


def test_assignments_are_made_once_and_taken_back(writer):
    sets = writer.query("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = false LIMIT 1")
    users = writer.query("SELECT Id FROM User WHERE IsActive = true LIMIT 40")
    taken = {
        row["AssigneeId"]
        for row in writer.query("SELECT AssigneeId, PermissionSetId FROM PermissionSetAssignment")
        if row["PermissionSetId"] == sets[0]["Id"]
    }
    free = next(user["Id"] for user in users if user["Id"] not in taken)
    row = {"AssigneeId": free, "PermissionSetId": sets[0]["Id"]}
    first, again = rest.post_rows(writer, "PermissionSetAssignment", [row, row])
    assert (first.success, again.success, again.code) == (True, False, "DUPLICATE_VALUE")
    assert rest.delete_rows(writer, [first.id], sobject="PermissionSetAssignment")[0].success


def test_the_runner_may_not_use_the_metadata_api(practice):
    runner = open_connection("practice", role="runner", as_json=True)
    with runner as connection, pytest.raises(OrgSaidNo) as problem:
        fetch_listing(connection, ["Layout"])
    assert problem.value.org_code == "INSUFFICIENT_ACCESS"
    assert "Modify Metadata" in problem.value.hint


def test_a_key_that_was_replaced_is_a_refused_login(practice, private_home):
    server = private_home / "optout" / "practice-org" / "server.json"
    text = server.read_text()
    server.write_text(text.replace("deployer.key", "auditor.key"))
    with pytest.raises(LoginRefused), open_connection("practice", as_json=True):
        pass


def test_a_session_that_was_ended_by_the_admin_is_renewed(reader, practice):
    token = reader._token.access.reveal()
    end_session(practice.org, token)
    assert reader.limits()["DailyApiRequests"]
