"""The suite `lock` with ledger and people in PostgreSQL."""

from __future__ import annotations

from postgresql_house import NOT_THERE
from prove import lock
from prove.outcome import Outcome, Size
from prove.stores import in_postgresql


def run(seed: int, size: Size) -> Outcome:
    """As `lock.run`, without the copied ledger: nobody copies a server's by mistake."""
    with in_postgresql() as there:
        return lock.run(seed, size) if there else Outcome(0, (NOT_THERE,))
