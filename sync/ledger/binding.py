"""Which org and which people store the ledger belongs to, and the one way to change that."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from deployer.errors import OrgSaidNo
from sync.ledger.ledger import Ledger, note, read_meta, write_meta


@dataclass(frozen=True, slots=True)
class Bound:
    """The org (18 characters) and the people store's identity; "" while there is none."""

    org_id: str
    people: str


def read_bound(db: Connection) -> Bound:
    """What the ledger belongs to."""
    return Bound(read_meta(db, "org_id"), read_meta(db, "people"))


def bind_people(ledger: Ledger, people: str) -> None:
    """Bind the ledger to this people store at first use; refuse any other afterwards.

    Errors: OrgSaidNo: another store, or a new and empty one where the old one was.
    """
    with ledger.engine.begin() as db:
        bound = read_bound(db).people
        if bound and bound != people:
            raise OrgSaidNo(
                f"this ledger belongs to people store {bound}, not to {people}",
                where=ledger.place,
                hint="put the old people store back, or name the change: "
                "optout sync rebind --reason ... --by ...",
            )
        write_meta(db, "people", people)


def rebind(ledger: Ledger, to: Bound, *, by: str, reason: str) -> Bound:
    """Bind the ledger to another org and people store, audited; returns what it was bound to."""
    with ledger.engine.begin() as db:
        before = read_bound(db)
        write_meta(db, "org_id", to.org_id)
        write_meta(db, "people", to.people)
        detail = f"{before.org_id or '-'} -> {to.org_id}, {before.people or '-'} -> {to.people}"
        note(db, ledger.now(), by, "rebind", f"{detail}: {reason}")
        return before
