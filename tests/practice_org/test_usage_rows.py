"""What the org remembers of its use: logins, idle grants, rules and flows that people made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from data_org import NOW, tiny_org

from practice_org.actions.org_rules import Flow, Rule, set_flow, set_rule
from practice_org.login.apps import App, issue_refresh_token, register_app
from practice_org.login.history import Login, record_grant, record_login
from practice_org.seed.fields import SeedField, add_field
from practice_org.tables import update_row
from practice_org.wire import OrgError

IDLE = "SELECT AppName FROM OauthToken WHERE LastUsedDate < LAST_N_DAYS:90"
USED = (
    "SELECT LoginType, ApiType, ApiVersion, COUNT(Id) logins FROM LoginHistory "
    "WHERE LoginTime = LAST_N_DAYS:90 GROUP BY LoginType, ApiType, ApiVersion"
)
RULES = "SELECT ValidationName FROM ValidationRule WHERE Active = true"
NAMED = (
    "SELECT MetadataComponentName, MetadataComponentType FROM MetadataComponentDependency "
    "WHERE RefMetadataComponentName = 'Choice'"
)


@pytest.fixture
def here():
    return tiny_org()


def grant(here, user, name, days):
    register_app(here.org, App(name, name))
    token = issue_refresh_token(here.org, name, user)
    record_grant(here.org, token, NOW - timedelta(days=days))


def names(rows, column="AppName"):
    return [row[column] for row in rows]


def test_a_grant_is_idle_when_it_was_last_used_long_ago(here):
    grant(here, here.clerk, "Old", days=91)
    grant(here, here.clerk, "New", days=1)
    assert names(here.ask(IDLE)) == ["Old"]


def test_the_grants_of_others_are_for_who_may_customize_the_application(here):
    grant(here, here.admin, "Theirs", days=100)
    grant(here, here.clerk, "Own", days=100)
    assert names(here.ask(IDLE, user=here.clerk)) == ["Own"]


def test_logins_are_counted_by_how_they_came_in(here):
    old = Login("Other Apex API", "SOAP Partner", "39.0")
    for days, login in ((1, old), (2, old), (100, old), (1, Login())):
        record_login(here.org, here.clerk, login, NOW - timedelta(days=days))
    counted = {(row["ApiType"], row["ApiVersion"]): row["logins"] for row in here.ask(USED)}
    assert counted == {("SOAP Partner", "39.0"): 2, ("N/A", "N/A"): 1}


def test_the_logins_of_others_are_for_who_manages_users(here):
    record_login(here.org, here.admin, Login())
    record_login(here.org, here.clerk, Login(api_version="60.0"))
    assert [row["ApiVersion"] for row in here.ask(USED, user=here.clerk)] == ["60.0"]


def test_a_rule_that_an_administrator_made_is_a_row_until_it_is_switched_off(here):
    rule = Rule("Contact", "Phone_Needed", "Give a phone number", "Phone")
    set_rule(here.org, here.admin, rule)
    assert names(here.ask(RULES, api="tooling/query"), "ValidationName") == ["Phone_Needed"]
    set_rule(here.org, here.admin, Rule(**{**as_dict(rule), "active": False}))
    assert here.ask(RULES, api="tooling/query") == []


def as_dict(rule):
    return {name: getattr(rule, name) for name in Rule.__slots__}


def test_a_flow_is_found_by_the_custom_field_that_it_writes(here):
    add_field(here.org, SeedField("Contact", "Choice__c", "Checkbox", "Choice"))
    set_flow(here.org, here.admin, Flow("Clear_Choice", "Contact", "Choice__c"))
    (found,) = here.ask(NAMED, api="tooling/query")
    assert (found["MetadataComponentName"], found["MetadataComponentType"]) == (
        "Clear_Choice",
        "Flow",
    )


def test_a_flow_needs_its_field_and_somebody_who_may_make_it(here):
    flow = Flow("Clear_Choice", "Contact", "Nope__c")
    with pytest.raises(OrgError, match="No such column"):
        set_flow(here.org, here.admin, flow)
    update_row(here.org, "PermissionSet", here.admin_set, {"PermissionsCustomizeApplication": 0})
    with pytest.raises(OrgError, match="insufficient access"):
        set_flow(here.org, here.admin, flow)
