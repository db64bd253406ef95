"""What the matrix asks of an org: few calls, no user's row, and nothing it may not ask."""

from visibility_org import FIELD

from deployer.commands.options import open_connection
from deployer.model.facts import Unknown
from deployer.readiness.facts.placements import fetch_placements
from deployer.readiness.facts.rights import fetch_rights
from deployer.readiness.facts.screens import fetch_screens
from deployer.readiness.visibility import Activation, FormFactor, Panel, see


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
