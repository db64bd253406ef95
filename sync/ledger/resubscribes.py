"""Resubscribes, written down: begun with what they cover, cleared one by one, or taken back.

Every write of its runner is made in a transaction of the lease's holder. `taken_back` has what
becomes of one that came to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from sync.batches import batches
from sync.database.views import reading
from sync.ledger.fences import HOLDING, ResubscribeState, Standing
from sync.ledger.lease import Busy, Lease, held
from sync.ledger.ledger import Ledger, note
from sync.ledger.quarantine import close_case
from sync.ledger.tables import EVENTS, RESUBSCRIBE_MEMBERS, RESUBSCRIBES, TARGETS
from sync.ledger.targets import UNSETTLED, Side, TargetState, settle

UNDER_WAY = [state.value for state in HOLDING]


@dataclass(frozen=True, slots=True)
class Member:
    """A person or record that a resubscribe covers, as it was read when it began.

    `stamp` says when its side last changed it: the org's time as the tables write times, for a
    person whatever differs when the unsubscription does.
    """

    side: Side
    key: str
    person_id: str
    standing: Standing
    opted_out: bool
    stamp: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for in writing: of whom, by whom, why, and which fields that clears."""

    person_id: str
    by: str
    reason: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resubscribe:
    """One resubscribe; `at` is T by our clock, `ended_at` "" while it lasts."""

    id: int
    at: str
    person_id: str
    by: str
    reason: str
    fields: tuple[str, ...]
    state: ResubscribeState
    ended_at: str
    detail: str


def begin(
    ledger: Ledger, lease: Lease, wish: Wish, org_at: str, members: Sequence[Member]
) -> Resubscribe:
    """Write the resubscribe down, and close whatever of its members was received before now.

    Errors: Busy while a drain has one of them in its hands, or somebody else has the lease.
    """
    keys = {member.key for member in members}
    with held(ledger, lease) as db:
        now = ledger.now()
        _refuse_claimed(db, keys, now)
        made = db.scalars(
            insert(RESUBSCRIBES)
            .values(
                at=now, org_at=org_at, person_id=wish.person_id, by=wish.by, reason=wish.reason,
                fields=",".join(wish.fields), state=ResubscribeState.INTENT.value,
                org_id=lease.org_id, owner=lease.owner, epoch=lease.epoch,
            )
            .returning(RESUBSCRIBES.c.id)
        ).one()  # fmt: skip
        db.execute(insert(RESUBSCRIBE_MEMBERS), [_row(made, member) for member in members])
        _close_rows(db, keys, now)
        counts = f"{len(keys)} people and records, those of {wish.person_id}: {wish.reason}"
        note(db, now, wish.by, "resubscribe", f"{made}: {counts}")
        return _find(db, made)


def _row(made: int, member: Member) -> dict[str, Any]:
    return {
        "resubscribe_id": made, "side": member.side.value, "key": member.key,
        "person_id": member.person_id, "standing": member.standing.value,
        "opted_out": int(member.opted_out), "stamp": member.stamp,
    }  # fmt: skip


def _refuse_claimed(db: Connection, keys: Collection[str], now: str) -> None:
    for lot in batches(sorted(keys)):
        claimed = and_(TARGETS.c.key.in_(lot), TARGETS.c.claimed_until > now)
        if db.scalar(select(func.count()).select_from(TARGETS).where(claimed)):
            raise Busy(
                "an opt-out of this person is on its way to one of the sides",
                hint="nothing was changed; run the same command again in two minutes",
            )


def _close_rows(db: Connection, keys: Collection[str], now: str) -> None:
    """Rows received before now assert nothing any more, those in quarantine too."""
    before = select(EVENTS.c.id).where(EVENTS.c.received_at < now)
    unsettled = [state.value for state in UNSETTLED]
    events: set[int] = set()
    for lot in batches(sorted(keys)):
        events.update(
            db.scalars(
                update(TARGETS)
                .where(
                    TARGETS.c.key.in_(lot),
                    TARGETS.c.state.in_(unsettled),
                    TARGETS.c.event_id.in_(before),
                )
                .values(state=TargetState.FENCED.value, claim=None, claimed_until=None)
                .returning(TARGETS.c.event_id)
            )
        )
        left = select(TARGETS.c.key).where(
            TARGETS.c.key.in_(lot), TARGETS.c.state == TargetState.QUARANTINED.value
        )
        for key in set(lot) - set(db.scalars(left)):
            for side in Side:
                close_case(db, side.value, key)
    settle(db, sorted(events), now)


@contextmanager
def clearing(ledger: Ledger, lease: Lease, one: Resubscribe) -> Iterator[None]:
    """From here on something may have been cleared, and in the block nobody can take it over.

    Errors: Busy when somebody has. The ledger has no other writer meanwhile: be quick.
    """
    with held(ledger, lease) as db:
        _move(db, one, ResubscribeState.CLEARING)
        yield


def note_cleared(ledger: Ledger, lease: Lease, one: Resubscribe, member: Member) -> None:
    """Its side has confirmed. Errors: Busy when the resubscribe was taken over meanwhile."""
    with held(ledger, lease) as db:
        _move(db, one, ResubscribeState.CLEARING)
        db.execute(
            update(RESUBSCRIBE_MEMBERS)
            .where(
                RESUBSCRIBE_MEMBERS.c.resubscribe_id == one.id,
                RESUBSCRIBE_MEMBERS.c.side == member.side.value,
                RESUBSCRIBE_MEMBERS.c.key == member.key,
            )
            .values(cleared_at=ledger.now())
        )


def finish(ledger: Ledger, lease: Lease, one: Resubscribe) -> None:
    """Both sides have confirmed: from now on the person may be mailed. Errors: Busy."""
    with held(ledger, lease) as db:
        _move(db, one, ResubscribeState.CLEARED, ended_at=ledger.now())
        note(db, ledger.now(), one.by, "resubscribed", f"{one.id}: both sides have confirmed")


def _move(db: Connection, one: Resubscribe, state: ResubscribeState, **more: str) -> None:
    done = db.execute(
        update(RESUBSCRIBES)
        .where(RESUBSCRIBES.c.id == one.id, RESUBSCRIBES.c.state.in_(UNDER_WAY))
        .values(state=state.value, **more)
    )
    if not done.rowcount:
        raise Busy(
            "somebody else has taken this resubscribe back meanwhile",
            hint="the person is opted out again; optout sync audit says why",
        )


def read_members(db: Connection, one: Resubscribe) -> list[Member]:
    """What it covers."""
    rows = db.execute(
        select(RESUBSCRIBE_MEMBERS)
        .where(RESUBSCRIBE_MEMBERS.c.resubscribe_id == one.id)
        .order_by(RESUBSCRIBE_MEMBERS.c.side, RESUBSCRIBE_MEMBERS.c.key)
    )
    return [
        Member(Side(r.side), r.key, r.person_id, Standing(r.standing), bool(r.opted_out), r.stamp)
        for r in rows
    ]


def open_resubscribes(ledger: Ledger) -> list[Resubscribe]:
    """Those under way, or left behind."""
    with reading(ledger.engine) as db:
        return find_where(db, RESUBSCRIBES.c.state.in_(UNDER_WAY))


def resubscribes_of(db: Connection, keys: Collection[str]) -> list[Resubscribe]:
    """Those that cover one of these persons or records, the oldest first."""
    covering = select(RESUBSCRIBE_MEMBERS.c.resubscribe_id).where(
        RESUBSCRIBE_MEMBERS.c.key.in_(sorted(keys))
    )
    return find_where(db, RESUBSCRIBES.c.id.in_(covering))


def _find(db: Connection, number: int) -> Resubscribe:
    return find_where(db, RESUBSCRIBES.c.id == number)[0]


def find_where(db: Connection, condition: ColumnElement[bool]) -> list[Resubscribe]:
    """Those that the condition is true of, the oldest first."""
    rows = db.execute(select(RESUBSCRIBES).where(condition).order_by(RESUBSCRIBES.c.id))
    return [_resubscribe(row) for row in rows]


def _resubscribe(row: Row[Any]) -> Resubscribe:
    return Resubscribe(
        id=row.id, at=row.at, person_id=row.person_id, by=row.by, reason=row.reason,
        fields=tuple(row.fields.split(",")), state=ResubscribeState(row.state),
        ended_at=row.ended_at or "", detail=row.detail,
    )  # fmt: skip
