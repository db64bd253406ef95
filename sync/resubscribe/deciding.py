"""From what was read of a member, twice, to what is done with it. Pure.

A member that was changed between two readings counts as opted out, and so does one that may have
been: times of the org have seconds, so a change in the very second of a reading does not show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from sync.ledger.fences import Standing
from sync.ledger.resubscribes import Member
from sync.ledger.targets import Side


class Verdict(Enum):
    """What becomes of one member."""

    CLEAR = "clear"
    KEEP = "keep"  # it asserts nothing, or cannot be written to
    CHANGED = "changed"  # since it was read: the whole component stays opted out


def decide(before: Member | None, now: Member | None) -> Verdict:
    """What is done with a member that was read so before the resubscribe began, and so under it."""
    if now is None or now != before:
        return Verdict.CHANGED
    return Verdict.CLEAR if asserts(now) else Verdict.KEEP


def asserts(member: Member) -> bool:
    """Whether the member is opted out where it can be cleared."""
    return member.opted_out and member.standing is Standing.LIVE


def decide_all(before: Mapping[str, Member], now: Mapping[str, Member]) -> dict[Verdict, list[str]]:
    """What is done with each member that either reading knows, by key."""
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for key in sorted({*before, *now}):
        found[decide(before.get(key), now.get(key))].append(key)
    return found


def ties(members: Iterable[Member], org_at: str) -> list[str]:
    """Opted-out records changed in or after the second of `org_at`, the org's time of reading."""
    return [
        member.key
        for member in members
        if member.side is Side.ORG and member.opted_out and member.stamp >= org_at
    ]
