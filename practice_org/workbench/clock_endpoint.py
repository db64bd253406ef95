"""/practice/clock: what time it is in the org, and moving it on."""

from __future__ import annotations

from datetime import datetime, timedelta

from practice_org.data.bodies import json_object
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, json_response
from practice_org.workbench.clock import advance
from practice_org.workbench.key import require_key


def look(call: Call) -> Response:
    """GET /practice/clock: {"now": ...}."""
    require_key(call.org, call.request)
    return _time(call)


def move(call: Call) -> Response:
    """POST /practice/clock with "advance_seconds" or "to" (ISO 8601 with an offset)."""
    require_key(call.org, call.request)
    advance(call.org, _step(call))
    return _time(call)


def _step(call: Call) -> timedelta:
    body = json_object(call.request)
    try:
        if "to" in body:
            return datetime.fromisoformat(body["to"]) - call.org.now()
        return timedelta(seconds=float(body["advance_seconds"]))
    except (KeyError, TypeError, ValueError, OverflowError) as wrong:
        raise OrgError(
            "INVALID_VALUE",
            'say {"advance_seconds": 3600} or {"to": "2026-11-25T03:00:00+00:00"}',
        ) from wrong


def _time(call: Call) -> Response:
    return json_response({"now": call.org.timestamp()})


ROUTES = (
    route("GET", "/practice/clock", look, session=False),
    route("POST", "/practice/clock", move, session=False),
)
