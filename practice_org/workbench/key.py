"""The key to /practice/clock, /practice/audit and their like.

It needs no session, since these must work when sessions do not; it is in server.json, which only
the org's owner can read, so that no page in their browser can use it.
"""

from __future__ import annotations

import secrets

from practice_org.org import Org
from practice_org.wire import OrgError, Request

HEADER = "x-practice-key"
_SETTING = "practice_key"


def practice_key(org: Org) -> str:
    """The org's key, made at its first use."""
    key = org.setting(_SETTING)
    if not key:
        key = secrets.token_urlsafe(24)
        org.set_setting(_SETTING, key)
    return key


def require_key(org: Org, request: Request) -> None:
    """Refuse a request without the key.

    Errors: OrgError INVALID_SESSION_ID (401).
    """
    given = request.headers.get(HEADER, "")
    if not secrets.compare_digest(given.encode(), practice_key(org).encode()):
        raise OrgError(
            "INVALID_SESSION_ID",
            "this door takes the header X-Practice-Key; the key is practice_key in server.json",
            status=401,
        )
