"""An event comes to a record that it is through with: what stands there now is reached as well."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from sync.ledger.fences import Passes, put_behind
from sync.ledger.tables import TARGETS
from sync.ledger.targets import Side, TargetState

_THROUGH = (TargetState.GONE, TargetState.DONE, TargetState.MOVED)
_STAYS = {(TargetState.OPEN.value, Passes.CLOSED): {"state": TargetState.FENCED.value}}


def open_again(db: Connection, event_id: int, keys: Collection[str], now: str) -> None:
    """Try those of these records again that the event is through with.

    One that was gone may live by now; one that was written may have died since, and a merge has
    lost the tick. What a resubscribe has closed since stays as it is.
    """
    asked = select(
        TARGETS.c.id, TARGETS.c.event_id, TARGETS.c.side, TARGETS.c.key, TARGETS.c.person_id
    ).where(
        TARGETS.c.event_id == event_id,
        TARGETS.c.side == Side.ORG.value,
        TARGETS.c.state.in_([state.value for state in _THROUGH]),
    )
    through = [
        {**row, "state": TargetState.OPEN.value}
        for row in db.execute(asked).mappings()
        if row["key"] in keys
    ]
    again = [
        row["id"]
        for row in put_behind(db, through, _STAYS, now)
        if row["state"] == TargetState.OPEN.value
    ]
    db.execute(
        update(TARGETS)
        .where(TARGETS.c.id.in_(again))
        .values(state=TargetState.OPEN.value, next_at=now)
    )
