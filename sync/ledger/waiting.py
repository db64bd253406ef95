"""Persons without a Salesforce Id: their opt-outs wait for a record to be written to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import update

from sync.batches import batches
from sync.database.views import reading
from sync.ledger.again import open_again
from sync.ledger.ledger import Ledger
from sync.ledger.tables import TARGETS
from sync.ledger.targets import Target, TargetState, Want, add_wants, settle, to_target, with_event


def waiting(ledger: Ledger, most: int) -> list[Target]:
    """Targets of persons who had no Salesforce Id when they were last looked at.

    At most so many, those first that were looked at longest ago.
    """
    asked = with_event(TARGETS.c.state == TargetState.WAITING.value)
    oldest = asked.order_by(None).order_by(TARGETS.c.next_at, TARGETS.c.id)
    with reading(ledger.engine) as db:
        return [to_target(row) for row in db.execute(oldest.limit(most))]


def put_last(ledger: Ledger, targets: Sequence[Target]) -> None:
    """These have been looked at: next time it is the others' turn."""
    now = ledger.now()
    with ledger.engine.begin() as db:
        for lot in batches([target.id for target in targets]):
            db.execute(update(TARGETS).where(TARGETS.c.id.in_(lot)).values(next_at=now))


def replace_waiting(ledger: Ledger, wants: Mapping[Target, Collection[Want]]) -> None:
    """These persons have an Id now: write the records down in the waiting targets' place."""
    now = ledger.now()
    with ledger.engine.begin() as db:
        for target, records in wants.items():
            add_wants(db, {target.event_id: records}, now)
            open_again(db, target.event_id, {w.key for w in records if w.is_record}, now)
        db.execute(
            update(TARGETS)
            .where(TARGETS.c.id.in_([target.id for target in wants]))
            .values(state=TargetState.MOVED.value)
        )
        settle(db, sorted({target.event_id for target in wants}), now)
