"""The org's clock: the machine's, moved on by as much as somebody asked for, kept in the org."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from practice_org.org import Org
from practice_org.wire import OrgError

_AHEAD = "clock_ahead_s"
_MOST = timedelta(days=3660)


def put_ahead(org: Org, machine: Callable[[], datetime]) -> None:
    """Let `org.now` be `machine` plus what the org was moved on by before."""
    ahead = timedelta(seconds=float(org.setting(_AHEAD, "0")))
    org.now = lambda: machine() + ahead


def advance(org: Org, by: timedelta) -> None:
    """Move the org's clock on: jobs come due, sessions and bins expire.

    Errors: OrgError INVALID_VALUE for backwards (no org's clock runs so) or over ten years.
    """
    ahead = timedelta(seconds=float(org.setting(_AHEAD, "0"))) + by
    if by < timedelta(0) or ahead > _MOST:
        raise OrgError("INVALID_VALUE", "the clock moves on only, by at most ten years in all")
    org.set_setting(_AHEAD, repr(ahead.total_seconds()))
    before = org.now
    org.now = lambda: before() + by
