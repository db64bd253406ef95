"""Who was handed over to a people side that confirms later: open until its input shows them.

Opt-outs that came in as events have a target each for that; a night's have a row each here. A
resubscribe ends both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    delete,
    exists,
    func,
    insert,
    select,
    union_all,
    update,
)

from sync.batches import batches
from sync.ledger.fences import HOLDING, ResubscribeState
from sync.ledger.tables import HANDED_OVER, RESUBSCRIBE_MEMBERS, RESUBSCRIBES, TARGETS
from sync.ledger.targets import Side, TargetState, settle

_ENDS_IT = [state.value for state in (*HOLDING, ResubscribeState.CLEARED)]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A person who was handed over and is not shown yet, and since when."""

    person_id: str
    since: str


def note_handed_over(db: Connection, person_ids: Sequence[str], now: str) -> None:
    """Write down whom a night has handed over; the first time counts."""
    for lot in batches(person_ids):
        db.execute(delete(HANDED_OVER).where(HANDED_OVER.c.person_id.in_(lot), _resubscribed()))
        found = select(HANDED_OVER.c.person_id).where(HANDED_OVER.c.person_id.in_(lot))
        known = set(db.scalars(found))
        rows = [{"person_id": each, "since": now} for each in lot if each not in known]
        if rows:
            db.execute(insert(HANDED_OVER), rows)


def handed_over(db: Connection) -> list[HandedOver]:
    """Everybody handed over and not shown yet, the longest first."""
    listed = _listed()
    rows = db.execute(
        select(listed.c.person_id, func.min(listed.c.since).label("since"))
        .group_by(listed.c.person_id)
        .order_by("since", listed.c.person_id)
    )
    return [HandedOver(row.person_id, row.since) for row in rows]


def is_handed_over(db: Connection, person_ids: Collection[str]) -> bool:
    """Whether one of these people was handed over and is not shown yet."""
    listed = _listed()
    some = select(listed.c.person_id).where(listed.c.person_id.in_(person_ids))
    return db.scalar(some) is not None


def by_nights(db: Connection, person_ids: Collection[str]) -> list[HandedOver]:
    """Those of these people whom nights have handed over."""
    mine = (HANDED_OVER.c.person_id.in_(person_ids), ~_resubscribed())
    rows = db.execute(select(HANDED_OVER).where(*mine).order_by(HANDED_OVER.c.person_id))
    return [HandedOver(row.person_id, row.since) for row in rows]


def count_handed_over(db: Connection) -> tuple[int, str]:
    """How many people that are, and since when the first of them ("" for nobody)."""
    listed = _listed()
    asked = select(func.count(listed.c.person_id.distinct()), func.min(listed.c.since))
    count, since = db.execute(asked).one()
    return count, since or ""


def note_shown(db: Connection, person_ids: Collection[str], now: str) -> None:
    """The people side shows these unsubscribed: what was handed over of them is done."""
    events: set[int] = set()
    for lot in batches(person_ids):
        db.execute(delete(HANDED_OVER).where(HANDED_OVER.c.person_id.in_(lot)))
        done = update(TARGETS).where(_is_handed(), TARGETS.c.key.in_(lot))
        events.update(
            db.scalars(done.values(state=TargetState.DONE.value).returning(TARGETS.c.event_id))
        )
    settle(db, sorted(events), now)


def _listed() -> Subquery:
    return union_all(
        # `next_at` is when it was told: nothing comes next.
        select(TARGETS.c.key.label("person_id"), TARGETS.c.next_at.label("since")).where(
            _is_handed()
        ),
        select(HANDED_OVER.c.person_id, HANDED_OVER.c.since).where(~_resubscribed()),
    ).subquery()


def _is_handed() -> ColumnElement[bool]:
    people, state = Side.PEOPLE.value, TargetState.HANDED_OVER.value
    return (TARGETS.c.side == people) & (TARGETS.c.state == state)


def _resubscribed() -> ColumnElement[bool]:
    """Whether a resubscribe of this person began since."""
    return exists(
        select(RESUBSCRIBES.c.id)
        .join(RESUBSCRIBE_MEMBERS, RESUBSCRIBE_MEMBERS.c.resubscribe_id == RESUBSCRIBES.c.id)
        .where(
            RESUBSCRIBE_MEMBERS.c.side == Side.PEOPLE.value,
            RESUBSCRIBE_MEMBERS.c.key == HANDED_OVER.c.person_id,
            RESUBSCRIBES.c.at >= HANDED_OVER.c.since,
            RESUBSCRIBES.c.state.in_(_ENDS_IT),
        )
    )
