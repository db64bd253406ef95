"""Persons without a Salesforce Id: their opt-outs wait for a record to be written to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import update

from sync.ledger.ledger import Ledger
from sync.ledger.tables import TARGETS
from sync.ledger.targets import (
    Target,
    TargetState,
    Want,
    add_wants,
    settle,
    to_target,
    with_event,
)
from sync.sqlite import reading


def waiting(ledger: Ledger) -> list[Target]:
    """Targets of persons who had no Salesforce Id when they were last looked at."""
    with reading(ledger.engine) as db:
        found = db.execute(with_event(TARGETS.c.state == TargetState.WAITING.value))
        return [to_target(row) for row in found]


def replace_waiting(ledger: Ledger, wants: Mapping[Target, Iterable[Want]]) -> None:
    """These persons have an Id now: write the records down in the waiting targets' place."""
    now = ledger.now()
    with ledger.engine.begin() as db:
        for target, records in wants.items():
            add_wants(db, {target.event_id: records}, now)
        db.execute(
            update(TARGETS)
            .where(TARGETS.c.id.in_([target.id for target in wants]))
            .values(state=TargetState.MOVED.value)
        )
        settle(db, sorted({target.event_id for target in wants}), now)
