"""The seed's traces of use: an app that nobody uses any more, an old client, a flow, a rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from practice_org.actions.org_rules import Flow, Rule, set_flow, set_rule
from practice_org.login.apps import App, issue_refresh_token, register_app
from practice_org.login.history import Login, record_grant, record_login
from practice_org.org import Org
from practice_org.seed.people import ADMIN_USERNAME

IDLE_APP = "Old Mail Plugin"
_MARKETING = "marketing.sync@practice.example.com"
# It names a custom field, so that MetadataComponentDependency has it.
FLOW = Flow("Greet_New_VIP", "Contact", "VIP__c", ticks=True)
# Every account has a name, so it refuses nothing.
RULE = Rule("Account", "Account_Is_Named", "Give the account a name.", "Name")


def add_usage(org: Org, users: Mapping[str, str]) -> None:
    """Leave them; everything was done by the administrator and the marketing sync's user."""
    marketing = users[_MARKETING]
    register_app(org, App("3MVG9practice.old_plugin", IDLE_APP))
    token = issue_refresh_token(org, "3MVG9practice.old_plugin", marketing)
    record_grant(org, token, org.now() - timedelta(days=200))
    old_client = Login("Other Apex API", "SOAP Partner", "39.0", "Marketing Sync")
    record_login(org, marketing, old_client, org.now() - timedelta(days=3))
    set_flow(org, users[ADMIN_USERNAME], FLOW)
    set_rule(org, users[ADMIN_USERNAME], RULE)
