"""How far this machine's clock is from the org's."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from deployer.errors import LoginRefused

# A signed login lives three minutes, and Salesforce allows little for clocks that differ.
SKEW_FAIL_S = 120
SKEW_WARN_S = 30
SET_CLOCK = "set this machine's clock (timedatectl)"


def seconds_off(server_time: str, ours: datetime) -> float | None:
    """Ours less the Date header's (whole seconds); None when it tells no time."""
    try:
        return (ours - parsedate_to_datetime(server_time)).total_seconds()
    except (ValueError, TypeError):  # a time without a zone cannot be compared
        return None


def say_off(off: float) -> str:
    """`60 s ahead of the org`."""
    return f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the org"


def blame_clock(refused: LoginRefused, server_time: str, ours: datetime) -> LoginRefused:
    """The refusal of a signed login, or what is behind it when the clocks are too far apart.

    The org's words for that are those of an expired token or of a wrong audience, whose advice
    names the clock; an inactive user is inactive at any time.
    """
    off = seconds_off(server_time, ours)
    if "clock" not in refused.hint or off is None or abs(off) <= SKEW_FAIL_S:
        return refused
    return LoginRefused(
        f"this machine's clock is {say_off(off)}, so the signed login was not taken",
        hint=f"{SET_CLOCK} and run the same command again",
        where=refused.where,
        org_code=refused.org_code,
    )
