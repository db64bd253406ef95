"""Targets: each person and record an event must reach, tried on its own until it is confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    select,
    update,
)

from sync.batches import batches
from sync.database.many import among, insert_many
from sync.ledger.events import EventState
from sync.ledger.fences import (
    AMBIGUOUS,
    AMBIGUOUS_DETAIL,
    NEVER,
    Passes,
    put_behind,
)
from sync.ledger.ledger import Ledger, note
from sync.ledger.quarantine import close_cases, open_case
from sync.ledger.tables import EVENTS, TARGETS

LOT = 200


class Side(StrEnum):
    """Where a target lives."""

    PEOPLE = "people"
    ORG = "org"


class TargetState(StrEnum):
    """Where a target stands. The last four ask for nothing more."""

    OPEN = "open"
    QUARANTINED = "quarantined"  # refused; tried again, slowly
    WAITING = "waiting"  # a person without a Salesforce Id: nothing to write to yet
    HANDED_OVER = "handed-over"  # given to a store that confirms later
    DONE = "done"
    MOVED = "moved"  # the record lives on under another id, which is a target of its own
    GONE = "gone"  # the org showed it deleted, with nothing in its place
    FENCED = "fenced"  # a resubscribe came after it


UNSETTLED = (
    TargetState.OPEN,
    TargetState.QUARANTINED,
    TargetState.WAITING,
    TargetState.HANDED_OVER,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing an event must reach; `attempts` counts those that last came to `code`, in a row."""

    id: int
    event_id: int
    side: Side
    key: str
    person_id: str
    fields: tuple[str, ...]
    attempts: int
    code: str
    occurred_at: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Want:
    """A target to be written down: `key` is a person_id or an 18-character record id."""

    side: Side
    key: str
    person_id: str
    state: TargetState = TargetState.OPEN

    @property
    def is_record(self) -> bool:
        """Whether it is a record of the org, and no person, who may be waiting for one."""
        return self.side is Side.ORG and self.state is not TargetState.WAITING


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one target; `again_s` is when to try again, for OPEN and QUARANTINED."""

    state: TargetState
    code: str = ""
    detail: str = ""
    again_s: float = 0.0


def spread(ledger: Ledger, wants: Mapping[int, Iterable[Want]]) -> None:
    """Write down what each event must reach, in one commit; again is harmless."""
    now = ledger.now()
    with ledger.engine.begin() as db:
        left = add_wants(db, wants, now)
        db.execute(
            update(EVENTS)
            .where(among(db, EVENTS.c.id, wants), EVENTS.c.state == EventState.ACCEPTED.value)
            .values(state=EventState.SPREAD.value)
        )
        settle(db, sorted(wants.keys() - left), now)


def add_wants(db: Connection, wants: Mapping[int, Iterable[Want]], now: str) -> set[int]:
    """Add the targets that each event does not have yet, behind what a resubscribe has closed.

    The events that something new is left to reach for.
    """
    have = select(TARGETS.c.event_id, TARGETS.c.side, TARGETS.c.key)
    found = db.execute(have.where(among(db, TARGETS.c.event_id, wants)))
    known = {(row.event_id, row.side, row.key) for row in found}
    new: dict[tuple[int, str, str], dict[str, Any]] = {}
    for event_id, each in wants.items():
        for want in each:
            mark = (event_id, want.side.value, want.key)
            if mark not in known:
                new.setdefault(mark, _row(event_id, want, now))
    rows = put_behind(db, list(new.values()), _BEHIND, now) if new else []
    insert_many(db, TARGETS, rows)
    return {row["event_id"] for row in rows if row["state"] in UNSETTLED}


def _row(event_id: int, want: Want, now: str) -> dict[str, Any]:
    return {
        "event_id": event_id, "side": want.side.value, "key": want.key,
        "person_id": want.person_id, "state": want.state.value, "attempts": 0, "next_at": now,
        "code": "", "detail": "",
    }  # fmt: skip


_FENCED = {"state": TargetState.FENCED.value}
# What a fence turns a row into, by what it would be; one that waits has nothing to write yet.
_BEHIND: dict[tuple[str, Passes], dict[str, str]] = {
    (TargetState.OPEN.value, Passes.CLOSED): _FENCED,
    (TargetState.WAITING.value, Passes.CLOSED): _FENCED,
    (TargetState.OPEN.value, Passes.AMBIGUOUS): {
        "state": TargetState.QUARANTINED.value, "code": AMBIGUOUS, "detail": AMBIGUOUS_DETAIL,
        "next_at": NEVER,
    },
}  # fmt: skip


def with_event(condition: ColumnElement[bool]) -> Select[Any]:
    """Targets with what their events say, for `to_target`."""
    return (
        select(TARGETS, EVENTS.c.fields, EVENTS.c.occurred_at, EVENTS.c.source, EVENTS.c.reason)
        .join(EVENTS, EVENTS.c.id == TARGETS.c.event_id)
        .where(condition)
        .order_by(TARGETS.c.id)
    )


def tell(ledger: Ledger, claim: str, outcomes: Sequence[tuple[Target, Outcome]]) -> None:
    """Write down what became of claimed targets, and settle the events that are through.

    A target whose claim was lost meanwhile keeps what its new holder says: what we did is
    repeated there, which does no harm.
    """
    now = ledger.now()
    alike: dict[Outcome, list[Target]] = {}
    for target, outcome in outcomes:
        alike.setdefault(outcome, []).append(target)
    with ledger.engine.begin() as db:
        for outcome, targets in alike.items():
            for lot in batches(targets):
                _tell_alike(db, claim, lot, outcome, (now, ledger.later(outcome.again_s)))
        settle(db, sorted({target.event_id for target, _ in outcomes}), now)


def _tell_alike(
    db: Connection, claim: str, targets: Sequence[Target], outcome: Outcome, when: tuple[str, str]
) -> None:
    """One statement for all that came to the same; `when` is now, and when to try again."""
    now, next_at = when
    ours = set(
        db.scalars(
            update(TARGETS)
            .where(among(db, TARGETS.c.id, [t.id for t in targets]), TARGETS.c.claim == claim)
            .values(
                state=outcome.state.value, code=outcome.code, detail=outcome.detail,
                attempts=case((TARGETS.c.code == outcome.code, TARGETS.c.attempts + 1), else_=1),
                next_at=next_at, claim=None, claimed_until=None,
            )
            .returning(TARGETS.c.id)
        )
    )  # fmt: skip
    _keep_cases(db, [target for target in targets if target.id in ours], outcome, now)
    if outcome.state is TargetState.DONE:
        for target in targets:
            if target.id not in ours:
                _tell_late(db, target, now)


def _tell_late(db: Connection, target: Target, now: str) -> None:
    """A drain that slept past its claim has opted out somebody who was resubscribed meanwhile."""
    fenced = (TARGETS.c.id == target.id, TARGETS.c.state == TargetState.FENCED.value)
    if db.scalar(select(TARGETS.c.id).where(*fenced)):
        detail = f"{target.side.value} {target.key}: written after a resubscribe had closed it"
        note(db, now, "optout", "late-opt-out", detail)


def _keep_cases(db: Connection, targets: Sequence[Target], outcome: Outcome, now: str) -> None:
    if outcome.state is TargetState.QUARANTINED:
        for target in targets:
            open_case(db, (target.side.value, target.key, target.person_id),
                      (outcome.code, outcome.detail), now)  # fmt: skip
    elif outcome.state in (TargetState.DONE, TargetState.MOVED, TargetState.GONE):
        for side in Side:
            close_cases(db, side.value, [target.key for target in targets if target.side is side])


def settle(db: Connection, event_ids: Sequence[int], now: str) -> None:
    """Settle those of these events that have nothing left to reach."""
    states = [state.value for state in UNSETTLED]
    for lot in batches(event_ids):
        mine = (among(db, TARGETS.c.event_id, lot), TARGETS.c.state.in_(states))
        unsettled = select(TARGETS.c.event_id).where(*mine)
        db.execute(
            update(EVENTS)
            .where(
                among(db, EVENTS.c.id, lot),
                EVENTS.c.state == EventState.SPREAD.value,
                EVENTS.c.id.not_in(unsettled),
            )
            .values(state=EventState.SETTLED.value, settled_at=now)
        )


def want_more(ledger: Ledger, wants: Mapping[int, Iterable[Want]]) -> None:
    """Write down more that events must reach, before what led there is told done."""
    if wants:
        with ledger.engine.begin() as db:
            add_wants(db, wants, ledger.now())


def to_target(row: Row[Any]) -> Target:
    """A row of `with_event`."""
    return Target(
        id=row.id,
        event_id=row.event_id,
        side=Side(row.side),
        key=row.key,
        person_id=row.person_id,
        fields=tuple(row.fields.split(",")),
        attempts=row.attempts,
        code=row.code,
        occurred_at=row.occurred_at,
        source=row.source,
        reason=row.reason,
    )
