"""login.salesforce.com and test.salesforce.com: which of them knows this org, and what they tell.

Source: Salesforce help, "OAuth 2.0 JWT Bearer Flow" (aud) and "OAuth 2.0 Client Credentials Flow".
"""

from __future__ import annotations

from practice_org.login.refusals import LoginRefused, Refusal
from practice_org.org import Org

PRODUCTION = "https://login.salesforce.com"
SANDBOX = "https://test.salesforce.com"
DOORS = frozenset({PRODUCTION, SANDBOX})


def known_doors(org: Org) -> frozenset[str]:
    """The login addresses that know this org: both, unless the setting login_doors = 1."""
    if org.setting("login_doors", "0") != "1":
        return DOORS
    return frozenset({SANDBOX if org.setting("sandbox", "1") == "1" else PRODUCTION})


def check_door(org: Org, origin: str, grant_type: str) -> None:
    """Refuse a login at a door that does not know this org's apps, or not this way of logging in.

    Errors: LoginRefused; that an app of a sandbox is unknown at login.salesforce.com, in these
    words, is unverified.
    """
    if origin in DOORS and grant_type == "client_credentials":
        raise LoginRefused(Refusal.WRONG_DOMAIN)
    if origin in DOORS - known_doors(org):
        raise LoginRefused(Refusal.UNKNOWN_CLIENT)


def instance_url(org: Org, origin: str) -> str:
    """Where a client that logged in here is to go: the org's My Domain from a login address."""
    return org.setting("my_domain") or origin if origin in DOORS else origin
