"""Fences: what a resubscribe holds back while it runs, and what it has closed for good.

T is when it began. A row received before T asserts nothing any more; one received later that
speaks of an earlier moment needs a person; a tie is an opt-out.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, StrEnum

from sqlalchemy import Connection, Select, func, select

from sync.batches import batches
from sync.ledger.tables import RESUBSCRIBE_MEMBERS, RESUBSCRIBES

AMBIGUOUS = "AMBIGUOUS_RESUBSCRIBE"
AMBIGUOUS_DETAIL = (
    "it came in after a resubscribe and says that it happened before it; to apply it as an "
    "opt-out, retry it; to leave it be, acknowledge it"
)
# Quarantined until a person says so: no drain comes to this by itself.
NEVER = "9999-12-31T00:00:00.000000Z"


class ResubscribeState(StrEnum):
    """Where a resubscribe stands. Until CLEARED the person counts as opted out."""

    INTENT = "intent"
    CLEARING = "clearing"  # something may have been cleared
    CLEARED = "cleared"  # both sides have confirmed
    REOPENED = "reopened"  # something was changed meanwhile: opted out again
    SET_BACK = "set-back"  # a side refused, or its runner was gone: opted out again


HOLDING = (ResubscribeState.INTENT, ResubscribeState.CLEARING)
_FENCING = (*HOLDING, ResubscribeState.CLEARED)


class Passes(Enum):
    """What a fence does to an event's row."""

    YES = "yes"
    CLOSED = "closed"
    AMBIGUOUS = "ambiguous"


def passes(received_at: str, occurred_at: str, fenced_at: str) -> Passes:
    """What becomes of a row of an event, beside a resubscribe of `fenced_at` ("" for none)."""
    if received_at < fenced_at:
        return Passes.CLOSED
    return Passes.AMBIGUOUS if occurred_at < fenced_at else Passes.YES


def fences(db: Connection, keys: Collection[str]) -> dict[str, str]:
    """The newest T of each of these persons and records that a resubscribe covers."""
    found: dict[str, str] = {}
    for lot in batches(sorted(set(keys))):
        rows = db.execute(
            select(RESUBSCRIBE_MEMBERS.c.key, func.max(RESUBSCRIBES.c.at))
            .join(RESUBSCRIBES, RESUBSCRIBES.c.id == RESUBSCRIBE_MEMBERS.c.resubscribe_id)
            .where(
                RESUBSCRIBES.c.state.in_([state.value for state in _FENCING]),
                RESUBSCRIBE_MEMBERS.c.key.in_(lot),
            )
            .group_by(RESUBSCRIBE_MEMBERS.c.key)
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def held_keys() -> Select[tuple[str]]:
    """The persons and records that a resubscribe works on now: nothing else may write them."""
    return (
        select(RESUBSCRIBE_MEMBERS.c.key)
        .join(RESUBSCRIBES, RESUBSCRIBES.c.id == RESUBSCRIBE_MEMBERS.c.resubscribe_id)
        .where(RESUBSCRIBES.c.state.in_([state.value for state in HOLDING]))
    )


def silent_stamps(db: Connection) -> list[tuple[str, str]]:
    """Dead ids that assert nothing while the org shows them unchanged: id and stamp."""
    rows = db.execute(
        select(RESUBSCRIBE_MEMBERS.c.key, RESUBSCRIBE_MEMBERS.c.stamp)
        .join(RESUBSCRIBES, RESUBSCRIBES.c.id == RESUBSCRIBE_MEMBERS.c.resubscribe_id)
        .where(
            RESUBSCRIBES.c.state.in_([state.value for state in _FENCING]),
            RESUBSCRIBE_MEMBERS.c.standing == "dead",
            RESUBSCRIBE_MEMBERS.c.stamp != "",
        )
    )
    return [(row.key, row.stamp) for row in rows]
