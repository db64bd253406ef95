"""GET /practice/audit: every write ever made to the org, by whom and in which request.

The audit is append-only and written in the transaction of the change itself, so it is the oracle:
what it does not show did not happen.
"""

from __future__ import annotations

import json
from typing import Any

from practice_org.org import Org
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, json_response
from practice_org.workbench.key import require_key

PAGE = 10_000


def read(call: Call) -> Response:
    """Entries in the order they were made, up to 10,000: ?after=NUMBER goes on, ?subject= picks."""
    require_key(call.org, call.request)
    after, subject = call.request.query.get("after", "0"), call.request.query.get("subject", "")
    if not after.isdecimal():
        raise OrgError("INVALID_VALUE", "after is the number of the last entry that was read")
    return json_response({"entries": audit_entries(call.org, int(after), subject)})


def audit_entries(org: Org, after: int = 0, subject: str = "") -> list[dict[str, Any]]:
    """Up to 10,000 entries numbered above `after`, of one object or kind when `subject` names it.

    Each: number, request_id, at (org's time), user_id, action, subject, record_id, changes.
    """
    rows = org.db.execute(
        "SELECT * FROM audit WHERE number > ? AND (? = '' OR subject = ?) ORDER BY number LIMIT ?",
        (after, subject, subject, PAGE),
    )
    return [{**row, "changes": json.loads(row["changes"])} for row in map(dict, rows)]


ROUTES = (route("GET", "/practice/audit", read, session=False),)
