"""Who sent this request: the token wherever a client puts it, and whether the API is open."""

from __future__ import annotations

from practice_org.login.sessions import session_user
from practice_org.org import Org
from practice_org.rights import may
from practice_org.wire import OrgError, Request

_SCHEMES = ("bearer", "oauth")


def token_of(request: Request) -> str:
    """The access token of a REST or Bulk request, "" when there is none."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in _SCHEMES and word:
        return word.strip()
    return request.headers.get("x-sfdc-session", "") or request.query.get("oauth_token", "")


def caller_of(org: Org, request: Request) -> str:
    """The id of the user who sent this request.

    Errors: OrgError INVALID_SESSION_ID (401).
    """
    return session_user(org, token_of(request))


def require_api(org: Org, user_id: str) -> None:
    """Refuse a user without the API Enabled permission.

    Errors: OrgError API_DISABLED_FOR_ORG (403); unverified for a single user: the sentence is the
    one Salesforce gives for a whole org.
    """
    if not may(org, user_id, "ApiEnabled"):
        raise OrgError(
            "API_DISABLED_FOR_ORG",
            "API is not enabled for this Organization or Partner",
            status=403,
        )


def require_setup(org: Org, user_id: str) -> None:
    """Refuse a user without View Setup and Configuration. Source: REST API guide, "Limits".

    Errors: OrgError INSUFFICIENT_ACCESS (403); the code and the sentence are unverified.
    """
    if not may(org, user_id, "ViewSetup"):
        raise OrgError(
            "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id", status=403
        )
