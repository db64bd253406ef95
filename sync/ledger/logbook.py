"""The audit, read: what people decided, in the order they did."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.ledger.tables import AUDIT


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the audit."""

    number: int
    at: str
    by: str
    action: str
    detail: str


def read_audit(db: Connection) -> list[Decision]:
    """Everything people decided, the oldest first."""
    return [
        Decision(row.number, row.at, row.by, row.action, row.detail)
        for row in db.execute(select(AUDIT).order_by(AUDIT.c.number))
    ]
