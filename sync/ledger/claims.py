"""Claims: whose hands a target is in, for a while, so that drains side by side share the work."""

from __future__ import annotations

from sqlalchemy import Select, bindparam, func, or_, select, update

from sync.database.many import among
from sync.database.views import reading
from sync.ledger.fences import held_keys
from sync.ledger.ledger import Ledger
from sync.ledger.tables import TARGETS
from sync.ledger.targets import Side, Target, TargetState, to_target, with_event

CLAIM_S = 120.0


def claim_due(ledger: Ledger, side: Side, claim: str, limit: int) -> list[Target]:
    """Take up to `limit` due targets of this side, whole persons, for a while.

    Nobody else gets them until they are told what became of them, or the claim runs out. The oldest
    come first; at least one person is taken, however many targets they have. What a resubscribe
    works on is left alone.
    """
    with ledger.engine.begin() as db:
        when = {"now": ledger.now(), "far": ledger.unbelievable(), "until": ledger.later(CLAIM_S)}
        asked = {"on": side.value, "word": claim, "most": limit, "looked_at": limit * 2}
        ids = db.scalars(_CLAIM, {**asked, **when}).all()
    if not ids:
        return []
    # They are ours from here on, so what they say is read while others write.
    with reading(ledger.engine) as db:
        ours = with_event(among(db, TARGETS.c.id, ids)).where(TARGETS.c.claim == claim)
        return [to_target(row) for row in db.execute(ours).all()]


def _whole_persons() -> Select[tuple[int]]:
    """The ids of the oldest that are due, person by person until no more fit in."""
    free = TARGETS.c.claimed_until
    found = (
        select(TARGETS.c.id, TARGETS.c.person_id)
        .where(
            TARGETS.c.side == bindparam("on"),
            TARGETS.c.state.in_([TargetState.OPEN.value, TargetState.QUARANTINED.value]),
            TARGETS.c.next_at <= bindparam("now"),
            or_(free.is_(None), free <= bindparam("now"), free > bindparam("far")),
            TARGETS.c.key.not_in(held_keys()),
        )
        .order_by(TARGETS.c.id)
        .limit(bindparam("looked_at"))
        # Writers are in line anyway: these are rows that somebody has locked by hand.
        .with_for_update(skip_locked=True)
        .cte()
    )
    person = found.c.person_id
    persons = select(
        found.c.id,
        func.min(found.c.id).over(partition_by=person).label("first"),
        func.count().over(partition_by=person).label("many"),
    ).cte()
    # Those of one person come together, so each is counted with all of theirs.
    so_far = func.count().over(order_by=persons.c.first)
    lined = select(persons.c.id, persons.c.many, so_far.label("so_far")).cte()
    return select(lined.c.id).where(
        or_(lined.c.so_far <= bindparam("most"), lined.c.so_far == lined.c.many)
    )


# Found and claimed in one statement: nobody waits for what would go to the server and back.
_CLAIM = (
    update(TARGETS)
    .where(TARGETS.c.id.in_(_whole_persons()))
    .values(claim=bindparam("word"), claimed_until=bindparam("until"))
    .returning(TARGETS.c.id)
)
