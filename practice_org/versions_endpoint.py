"""/services/data: the versions, a version's resources, the limits.

Source: Salesforce, REST API guide, "Versions", "Resources by Version", "Limits".
"""

from __future__ import annotations

from practice_org.limits import usage
from practice_org.login.callers import require_setup
from practice_org.login.oauth_endpoint import identity_url
from practice_org.org import known_versions
from practice_org.route import Call, route
from practice_org.wire import Response, json_response

# Season and year of API 31.0; three releases a year.
_SEASONS = ("Summer", "Winter", "Spring")
_RESOURCES = (
    "tooling", "metadata", "sobjects", "query", "queryAll", "limits", "composite", "jobs",
)  # fmt: skip


def answer_versions(call: Call) -> Response:
    """GET /services/data, ascending: clients take the last. Needs no session."""
    return json_response(
        [
            {"label": _label(version), "url": f"/services/data/v{version}", "version": version}
            for version in known_versions(call.org)
        ]
    )


def answer_resources(call: Call) -> Response:
    """GET /services/data/vNN.0: where everything is, the caller's identity URL included."""
    base = f"/services/data/v{call.parts['v']}"
    resources = {name: f"{base}/{name}" for name in _RESOURCES}
    return json_response(
        {**resources, "identity": identity_url(call.org, call.request.origin, call.user_id)}
    )


def answer_limits(call: Call) -> Response:
    """GET limits: only what the practice org counts."""
    require_setup(call.org, call.user_id)
    now = usage(call.org)
    left = max(now.allowed - now.used, 0)
    fixed = {"Max": 15000, "Remaining": 15000}
    return json_response(
        {
            "DailyApiRequests": {"Max": now.allowed, "Remaining": left},
            "DailyBulkApiBatches": fixed,
            "DailyBulkV2QueryJobs": {"Max": 10000, "Remaining": 10000},
        }
    )


def _label(version: str) -> str:
    number = int(float(version)) - 31
    season = _SEASONS[number % 3]
    year = 14 + (number + 2) // 3
    return f"{season} '{year}"


ROUTES = (
    route("GET", "/services/data", answer_versions, session=False),
    route("GET", "/services/data/{v}", answer_resources),
    route("GET", "/services/data/{v}/limits", answer_limits),
)
