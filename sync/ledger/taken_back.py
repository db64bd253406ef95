"""Resubscribes taken back: whoever they cover is opted out again. Opted out wins."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, func, insert, select, update

from sync.ledger.events import EventState, Selector
from sync.ledger.fences import ResubscribeState, Standing
from sync.ledger.ledger import Ledger, note
from sync.ledger.resubscribes import (
    UNDER_WAY,
    Resubscribe,
    find_where,
    open_resubscribes,
    read_members,
)
from sync.ledger.tables import EVENTS, LEASES, RESUBSCRIBES
from sync.ledger.targets import Side, TargetState, Want, add_wants

SENDER = "resubscribe"
GONE = "whoever carried it out was gone before both sides had confirmed"


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
        LEASES.c.expires_at <= ledger.unbelievable(),
    )
    deserted = RESUBSCRIBES.c.state.in_(UNDER_WAY) & ~select(LEASES.c.epoch).where(theirs).exists()
    with ledger.engine.begin() as db:
        found = find_where(db, deserted)
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
    """Every person and record; a person with no record at all waits for one again.

    Records that the org did not show are among them: it may not have shown them yet, and what was
    on its way to them was closed. Dead ids are not: what they live on as is a member itself.
    """
    members = read_members(db, one)
    for member in members:
        if member.standing is not Standing.DEAD:
            yield Want(member.side, member.key, member.person_id)
    if all(member.side is Side.PEOPLE for member in members):
        for member in members:
            yield Want(Side.ORG, member.key, member.key, TargetState.WAITING)
