"""Fences: what a resubscribe holds back while it runs, and what it has closed for good.

T is when it began. A row received before T asserts nothing any more; one received later that
speaks of an earlier moment needs a person; a tie is an opt-out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum, StrEnum, auto
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from sync.batches import batches
from sync.database.many import among
from sync.ledger.ledger import note
from sync.ledger.quarantine import open_case
from sync.ledger.tables import EVENTS, RESUBSCRIBE_MEMBERS, RESUBSCRIBES

AMBIGUOUS = "AMBIGUOUS_RESUBSCRIBE"
AMBIGUOUS_DETAIL = (
    "it came in after a resubscribe and says that it happened before it; to apply it as an "
    "opt-out, retry it; to leave it be, acknowledge it"
)
_AGAIN = "one of those it covered was found opted out again"
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


class Standing(StrEnum):
    """What a member is on its side: only what is live can be cleared, and set back."""

    LIVE = "live"
    DEAD = "dead"  # it lives on under another id, or is deleted
    UNSEEN = "unseen"


class Passes(Enum):
    """What a fence does to an event's row."""

    YES = auto()
    CLOSED = auto()
    AMBIGUOUS = auto()


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
                among(db, RESUBSCRIBE_MEMBERS.c.key, lot),
            )
            .group_by(RESUBSCRIBE_MEMBERS.c.key)
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def put_behind(
    db: Connection,
    rows: Sequence[dict[str, Any]],
    behind: Mapping[tuple[str, Passes], Mapping[str, str]],
    now: str,
) -> list[dict[str, Any]]:
    """New rows of targets as the fences let them pass.

    `behind` says what changes in a row, by the state it would have and what the fence does to it.
    """
    at = fences(db, {row["key"] for row in rows})
    if not at:
        return list(rows)
    asked = select(EVENTS.c.id, EVENTS.c.received_at, EVENTS.c.occurred_at)
    found = db.execute(asked.where(EVENTS.c.id.in_({row["event_id"] for row in rows})))
    times = {event.id: (event.received_at, event.occurred_at) for event in found}
    fenced = []
    for row in rows:
        verdict = passes(*times[row["event_id"]], at.get(row["key"], ""))
        change = behind.get((row["state"], verdict), {})
        fenced.append({**row, **change})
        if change and verdict is Passes.AMBIGUOUS:
            who = (row["side"], row["key"], row["person_id"])
            open_case(db, who, (AMBIGUOUS, AMBIGUOUS_DETAIL), now)
    return fenced


def closed_events(db: Connection, meant: Mapping[int, tuple[str, Collection[str]]]) -> set[int]:
    """Events, by when they were received and whom they mean, that a resubscribe closes whole.

    That is when it began later and covers everybody they mean: they have nothing to say of the
    records these people are given afterwards either.
    """
    at = fences(db, {key for _, keys in meant.values() for key in keys})
    return {
        event
        for event, (received_at, keys) in meant.items()
        if all(received_at < at.get(key, "") for key in keys)
    }


def held_keys() -> Select[tuple[str]]:
    """The persons and records that a resubscribe works on now: nothing else may write them."""
    return (
        select(RESUBSCRIBE_MEMBERS.c.key)
        .join(RESUBSCRIBES, RESUBSCRIBES.c.id == RESUBSCRIBE_MEMBERS.c.resubscribe_id)
        .where(RESUBSCRIBES.c.state.in_([state.value for state in HOLDING]))
    )


def count_held(db: Connection) -> int:
    """How many resubscribes are under way, or were left behind."""
    held = RESUBSCRIBES.c.state.in_([state.value for state in HOLDING])
    return db.scalar(select(func.count()).select_from(RESUBSCRIBES).where(held)) or 0


def silent_versions(db: Connection) -> set[tuple[str, str]]:
    """Dead ids that assert nothing while the org shows them unchanged: id and stamp."""
    rows = db.execute(
        select(RESUBSCRIBE_MEMBERS.c.key, RESUBSCRIBE_MEMBERS.c.stamp)
        .join(RESUBSCRIBES, RESUBSCRIBES.c.id == RESUBSCRIBE_MEMBERS.c.resubscribe_id)
        .where(
            RESUBSCRIBES.c.state.in_([state.value for state in _FENCING]),
            RESUBSCRIBE_MEMBERS.c.standing == Standing.DEAD.value,
            RESUBSCRIBE_MEMBERS.c.opted_out == 1,
        )
    )
    return {(row.key, row.stamp) for row in rows}


def cleared_keys(db: Connection) -> set[str]:
    """The persons and live records that were cleared, and that nobody has seen opted out since."""
    rows = db.scalars(
        select(RESUBSCRIBE_MEMBERS.c.key)
        .join(RESUBSCRIBES, RESUBSCRIBES.c.id == RESUBSCRIBE_MEMBERS.c.resubscribe_id)
        .where(
            RESUBSCRIBES.c.state == ResubscribeState.CLEARED.value,
            RESUBSCRIBE_MEMBERS.c.standing == Standing.LIVE.value,
        )
    )
    return set(rows)


def note_out_again(db: Connection, keys: Collection[str], now: str) -> None:
    """These were cleared, and are opted out again: from now on no fence stands before them."""
    for lot in batches(sorted(keys)):
        covering = select(RESUBSCRIBE_MEMBERS.c.resubscribe_id).where(
            RESUBSCRIBE_MEMBERS.c.key.in_(lot)
        )
        opened = db.scalars(
            update(RESUBSCRIBES)
            .where(
                RESUBSCRIBES.c.state == ResubscribeState.CLEARED.value,
                RESUBSCRIBES.c.id.in_(covering),
            )
            .values(state=ResubscribeState.REOPENED.value, detail=_AGAIN)
            .returning(RESUBSCRIBES.c.id)
        ).all()
        for number in sorted(opened):
            note(db, now, "optout", "resubscribe reopened", f"{number}: {_AGAIN}")


def reopen_before(db: Connection, event: tuple[int, str], keys: Collection[str], now: str) -> None:
    """An event on its way to this person has come to these, whom a resubscribe may have cleared.

    One that did not cover the person closes nothing of theirs: it falls, and all are opted out.
    """
    event_id, person_id = event
    received_at = db.scalar(select(EVENTS.c.received_at).where(EVENTS.c.id == event_id)) or ""
    if not closed_events(db, {event_id: (received_at, [person_id])}):
        note_out_again(db, keys, now)
