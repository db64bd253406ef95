"""What the matrix asks of an org: few calls, no user's row, and nothing it may not ask."""

import pytest
from visibility_org import FIELD, LAYOUTS, layout_body

from deployer.commands.options import open_connection
from deployer.model.facts import Unknown
from deployer.readiness.facts.placements import fetch_placements
from deployer.readiness.facts.rights import fetch_rights
from deployer.readiness.facts.screens import fetch_screens
from deployer.readiness.visibility import Activation, FormFactor, Panel, see
from practice_org.metadata.components import assign_layout, load_component
from practice_org.tables import find_rows, insert_many, insert_row

MOST_CALLS = 120


def look(role):
    """The screens and the calls that were made for them."""
    with open_connection("practice", as_json=True, role=role) as conn:
        before = len(conn.calls)
        facts = {"rights": fetch_rights(conn), **fetch_placements(conn, FIELD)}
        return fetch_screens(conn, FIELD, facts), conn.calls[before:]


def test_the_deployer_learns_which_page_is_in_force(practice):
    screens, _ = look("deployer")
    assert screens.value.pages.pages.value["Contact_Sales_Page"].panel is Panel.NEVER
    assert Activation(
        "Contact", "Contact_Sales_Page", FormFactor.LARGE, "Sales_Workspace", "Sales"
    ) in screens.value.pages.activations.value  # fmt: skip
    assert not any(line.unknown for line in see(screens.value).headline)


def test_the_auditor_only_reads_and_leaves_the_pages_in_force_open(practice):
    screens, calls = look("auditor")
    assert isinstance(screens.value.pages.activations, Unknown)
    assert {call.path.rpartition("/")[2] for call in calls} == {"composite"}
    assert {call.status for call in calls} == {200}


def test_the_auditor_sees_the_same_counts_where_pages_do_not_differ(practice):
    deployer, auditor = (see(look(role)[0].value).headline for role in ("deployer", "auditor"))
    assert [line for line in deployer if line.object != "Contact"] == [
        line for line in auditor if line.object != "Contact"]  # fmt: skip


def test_a_login_that_may_not_look_gets_an_unknown(practice):
    screens, calls = look("runner")
    assert isinstance(screens, Unknown)
    assert screens.reason
    assert calls


@pytest.fixture
def large(practice):
    """60 layouts, 40 profiles, 30 record types and 20,000 users on top of the seed's."""
    org = practice.org
    bodies = list(LAYOUTS.values())
    for n in range(60):
        load_component(org, "Layout", f"Contact-L{n}", layout_body(bodies[n % 3]).encode())
    kinds = [
        insert_row(org, "RecordType", {"Name": n, "DeveloperName": n, "SobjectType": "Contact"})
        for n in (f"R{number}" for number in range(30))
    ]
    profiles = [insert_row(org, "Profile", {"Name": f"Team {n}"}) for n in range(40)]
    for n, profile in enumerate(profiles):
        insert_row(org, "PermissionSet", {"Name": f"X{n}", "Label": "X", "ProfileId": profile,
                                          "IsOwnedByProfile": True})  # fmt: skip
        for m, kind in enumerate(("", *kinds)):
            assign_layout(org, profile, "Contact", kind, f"Contact-L{(n + m) % 60}")
    insert_many(org, "User", ({"Username": f"u{n}@practice.test", "LastName": "U",
                               "ProfileId": profiles[n % 40]} for n in range(20_000)))  # fmt: skip
    readers = find_rows(org, "PermissionSet", Name="Consent_Readers")[0]["Id"]
    users = find_rows(org, "User", ProfileId=profiles[0])
    insert_many(org, "PermissionSetAssignment", (
        {"AssigneeId": user["Id"], "PermissionSetId": readers} for user in users))  # fmt: skip
    return profiles


@pytest.mark.slow
def test_twenty_thousand_users_cost_no_more_calls_than_sixty(practice, large):
    screens, calls = look("deployer")
    assert len(calls) <= MOST_CALLS
    assert sum(profile.users for profile in screens.value.profiles) > len(large) * 500
    users = screens.value.audience.value.of("Contact", large[0])
    assert sum(users.values()) == 500
    contact = see(screens.value).headline[0]
    assert contact.users == sum((contact.edits, contact.sees, contact.partly, contact.hidden))
