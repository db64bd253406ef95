"""The suite `soak` with ledger and people in PostgreSQL, which is restarted and dies in between."""

from __future__ import annotations

from postgresql_house import NOT_THERE, running
from prove.outcome import Outcome, Size
from prove.soak import carry_out
from prove.soak_plan import Act, Plan

EVENTS = {Size.SHORT: 5_000, Size.LONG: 200_000}
PEOPLE = {Size.SHORT: 1_000, Size.LONG: 20_000}
KILLS = {Size.SHORT: 2, Size.LONG: 8}
OUTAGES = (Act.RESTART, Act.CRASH)


def run(seed: int, size: Size) -> Outcome:
    """As `soak.run`, of fewer events; who is told that the database is away sends again."""
    with running(autovacuum="on") as server:
        if server is None:
            return Outcome(0, (NOT_THERE,))
        plan = Plan(seed, EVENTS[size], PEOPLE[size], KILLS[size], OUTAGES)
        return carry_out(plan, server)
