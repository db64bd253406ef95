"""How many calls the org allows in a day, and how many it has answered.

The real window rolls over 24 hours; here it is the day in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from practice_org.org import Org
from practice_org.wire import OrgError

DAILY_CALLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls answered today and allowed per day."""

    used: int
    allowed: int

    @property
    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.used}/{self.allowed}"


def usage(org: Org) -> Usage:
    """Today's calls; the org setting daily_api_requests moves the limit."""
    allowed = int(org.setting("daily_api_requests", str(DAILY_CALLS)))
    day, _, used = org.setting("api_usage", "-:0").partition(":")
    return Usage(int(used) if day == _today(org) else 0, allowed)


def count_call(org: Org) -> None:
    """Add one call to today's.

    Errors: OrgError REQUEST_LIMIT_EXCEEDED (403) when none is left; there is no Retry-After.
    """
    now = usage(org)
    if now.used >= now.allowed:
        raise OrgError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    org.set_setting("api_usage", f"{_today(org)}:{now.used + 1}")


def _today(org: Org) -> str:
    return org.now().strftime("%Y%m%d")
