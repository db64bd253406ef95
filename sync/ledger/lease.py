"""One nightly at a time for each org: a lease with an epoch, taken in one statement.

A holder that slept past its lease finds its epoch gone at its next write into the ledger. Whatever
it had sent by then was an opt-out, which does no harm twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select, text, update

from deployer.errors import TryLater
from sync.database.views import reading
from sync.ledger.ledger import Ledger
from sync.ledger.tables import LEASES

LEASE_S = 120.0
_TAKE = text(
    "INSERT INTO leases (org_id, owner, epoch, expires_at) VALUES (:org, :owner, 1, :until) "
    "ON CONFLICT (org_id) DO UPDATE SET owner = :owner, epoch = leases.epoch + 1, "
    "expires_at = :until WHERE leases.expires_at <= :now "
    "OR leases.expires_at > :far RETURNING epoch"
)


class Busy(TryLater):
    """Another runner is at work for this org."""

    code = "busy"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds the nightly of an org, and how often it has changed hands."""

    org_id: str
    owner: str
    epoch: int


def take(ledger: Ledger, org_id: str, owner: str) -> Lease:
    """Become the one runner; `owner` is this process's own random word.

    Errors: Busy while another one holds it.
    """
    now, until, far = ledger.now(), ledger.later(LEASE_S), ledger.unbelievable()
    asked = {"org": org_id, "owner": owner, "now": now, "until": until, "far": far}
    with ledger.engine.begin() as db:
        epoch = db.scalar(_TAKE, asked)
    if epoch is None:
        raise Busy(
            "another nightly is under way for this org",
            where=org_id,
            hint="optout sync status shows it; it is taken over when it has died",
        )
    return Lease(org_id, owner, int(epoch))


def is_held(ledger: Ledger, org_id: str) -> bool:
    """Whether somebody holds the nightly of this org now: asked before anything costs a call."""
    until = LEASES.c.expires_at
    held_now = (LEASES.c.org_id == org_id, until > ledger.now(), until <= ledger.unbelievable())
    with reading(ledger.engine) as db:
        return db.scalar(select(LEASES.c.epoch).where(*held_now)) is not None


def renew(ledger: Ledger, lease: Lease) -> None:
    """Say that we still live. Errors: Busy when somebody else has taken over."""
    with held(ledger, lease) as db:
        _keep_until(db, lease, ledger.later(LEASE_S))


def release(ledger: Ledger, lease: Lease) -> None:
    """Let the next one begin; harmless when somebody else has taken over."""
    with suppress(Busy), held(ledger, lease) as db:
        _keep_until(db, lease, ledger.now())


@contextmanager
def held(ledger: Ledger, lease: Lease) -> Iterator[Connection]:
    """A transaction of the lease's holder: every ledger write of a night is made in one.

    Nobody can take over before it ends. Errors: Busy, and nothing is written, when somebody
    else has taken over.
    """
    with ledger.engine.begin() as db:
        if not db.scalar(select(LEASES.c.epoch).where(*_ours(lease))):
            raise Busy(
                "another runner has taken this nightly over",
                where=lease.org_id,
                hint="nothing is lost: it goes on there; optout sync status shows it",
            )
        yield db


def _keep_until(db: Connection, lease: Lease, until: str) -> None:
    db.execute(update(LEASES).where(*_ours(lease)).values(expires_at=until))


def _ours(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        LEASES.c.org_id == lease.org_id,
        LEASES.c.owner == lease.owner,
        LEASES.c.epoch == lease.epoch,
    )
