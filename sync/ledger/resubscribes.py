"""Resubscribes, written down: begun with what they cover, cleared one by one, or taken back.

Every write of its runner is made in a transaction of the lease's holder. Whoever finds a
resubscribe whose runner is gone takes it back: opted out wins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from sync.batches import batches
from sync.ledger.events import EventState, Selector
from sync.ledger.fences import HOLDING, ResubscribeState, Standing
from sync.ledger.lease import Busy, Lease, held
from sync.ledger.ledger import Ledger, note
from sync.ledger.quarantine import close_case
from sync.ledger.tables import EVENTS, LEASES, RESUBSCRIBE_MEMBERS, RESUBSCRIBES, TARGETS
from sync.ledger.targets import UNSETTLED, Side, TargetState, Want, add_wants, settle
from sync.sqlite import reading

SENDER = "resubscribe"
GONE = "whoever carried it out was gone before both sides had confirmed"
_HOLDING = [state.value for state in HOLDING]


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


def note_clearing(ledger: Ledger, lease: Lease, one: Resubscribe) -> None:
    """From here on something may have been cleared. Errors: Busy when it was taken over."""
    with held(ledger, lease) as db:
        _move(db, one, ResubscribeState.CLEARING)


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
        .where(RESUBSCRIBES.c.id == one.id, RESUBSCRIBES.c.state.in_(_HOLDING))
        .values(state=state.value, **more)
    )
    if not done.rowcount:
        raise Busy(
            "somebody else has taken this resubscribe back meanwhile",
            hint="the person is opted out again; optout sync audit says why",
        )


def take_back(ledger: Ledger, one: Resubscribe, state: ResubscribeState, why: str) -> None:
    """Assert the opt-out of everybody and everything it covers again, in one commit.

    Whoever holds the lease: an opt-out needs none, and twice does no harm.
    """
    with ledger.engine.begin() as db:
        _take_back(db, one, state, why, ledger.now())


def take_back_deserted(ledger: Ledger) -> list[Resubscribe]:
    """Take back what a runner began that is gone: its lease ran out, or is another's now."""
    if not open_resubscribes(ledger):  # most often: no writer has to wait for this
        return []
    now = ledger.now()
    theirs = and_(
        LEASES.c.org_id == RESUBSCRIBES.c.org_id,
        LEASES.c.owner == RESUBSCRIBES.c.owner,
        LEASES.c.epoch == RESUBSCRIBES.c.epoch,
        LEASES.c.expires_at > now,
    )
    deserted = RESUBSCRIBES.c.state.in_(_HOLDING) & ~select(LEASES.c.epoch).where(theirs).exists()
    with ledger.engine.begin() as db:
        found = _select(db, deserted)
        for one in found:
            _take_back(db, one, ResubscribeState.SET_BACK, GONE, now)
    return found


def _take_back(
    db: Connection, one: Resubscribe, state: ResubscribeState, why: str, now: str
) -> None:
    # First the fence falls, then the event is written down: it must not stop itself.
    db.execute(
        update(RESUBSCRIBES)
        .where(RESUBSCRIBES.c.id == one.id)
        .values(state=state.value, ended_at=now, detail=why)
    )
    add_wants(db, {_assert_again(db, one, why, now): _wants(db, one)}, now)
    note(db, now, "optout", f"resubscribe {state.value}", f"{one.id}: {why}")


def _assert_again(db: Connection, one: Resubscribe, why: str, now: str) -> int:
    times = db.scalar(
        select(func.count()).where(
            EVENTS.c.sender == SENDER, EVENTS.c.event_key.like(f"{one.id}-%")
        )
    )
    made = db.scalars(
        insert(EVENTS)
        .values(
            sender=SENDER, event_key=f"{one.id}-{times}", body_hash="", received_at=now,
            occurred_at=now, selector=Selector.PERSON.value, selected=one.person_id,
            source=SENDER, reason=why, fields=",".join(one.fields), state=EventState.SPREAD.value,
        )
        .returning(EVENTS.c.id)
    )  # fmt: skip
    return int(made.one())


def _wants(db: Connection, one: Resubscribe) -> Iterable[Want]:
    """Every person and live record; a person with no record at all waits for one again."""
    members = read_members(db, one)
    for member in members:
        if member.standing is Standing.LIVE:
            yield Want(member.side, member.key, member.person_id)
    if all(member.side is Side.PEOPLE for member in members):
        for member in members:
            yield Want(Side.ORG, member.key, member.key, TargetState.WAITING)


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
        return _select(db, RESUBSCRIBES.c.state.in_(_HOLDING))


def resubscribes_of(db: Connection, keys: Collection[str]) -> list[Resubscribe]:
    """Those that cover one of these persons or records, the oldest first."""
    covering = select(RESUBSCRIBE_MEMBERS.c.resubscribe_id).where(
        RESUBSCRIBE_MEMBERS.c.key.in_(sorted(keys))
    )
    return _select(db, RESUBSCRIBES.c.id.in_(covering))


def _find(db: Connection, number: int) -> Resubscribe:
    return _select(db, RESUBSCRIBES.c.id == number)[0]


def _select(db: Connection, condition: ColumnElement[bool]) -> list[Resubscribe]:
    rows = db.execute(select(RESUBSCRIBES).where(condition).order_by(RESUBSCRIBES.c.id))
    return [_resubscribe(row) for row in rows]


def _resubscribe(row: Row[Any]) -> Resubscribe:
    return Resubscribe(
        id=row.id, at=row.at, person_id=row.person_id, by=row.by, reason=row.reason,
        fields=tuple(row.fields.split(",")), state=ResubscribeState(row.state),
        ended_at=row.ended_at or "", detail=row.detail,
    )  # fmt: skip
