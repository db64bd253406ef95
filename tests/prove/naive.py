"""A lease as it must not be made: asked for first, then taken. A suite has to find it out."""

from __future__ import annotations

from prove.points import Points
from sqlalchemy import delete, insert, select

from sync.database.views import reading
from sync.ledger.lease import LEASE_S, Busy, Lease
from sync.ledger.ledger import Ledger
from sync.ledger.tables import LEASES


def naive_take(ledger: Ledger, org_id: str, owner: str, points: Points) -> Lease:
    """Look whether it is free; then take it. Whoever else looked meanwhile takes it, too."""
    mine = LEASES.c.org_id == org_id
    with reading(ledger.engine) as db:
        found = db.execute(select(LEASES).where(mine)).first()
    if found and found.expires_at > ledger.now():
        raise Busy("another one holds it")
    points("naive.between")
    epoch = found.epoch + 1 if found else 1
    with ledger.engine.begin() as db:
        db.execute(delete(LEASES).where(mine))
        db.execute(
            insert(LEASES).values(
                org_id=org_id, owner=owner, epoch=epoch, expires_at=ledger.later(LEASE_S)
            )
        )
    return Lease(org_id, owner, epoch)
