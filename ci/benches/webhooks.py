"""`optout sync serve` under webhooks: how soon each is answered, how soon it is in the org."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benches.accepts import accept_rows
from benches.depth import Depth
from benches.row import Row, Side, row_within
from benches.stage.house import House
from benches.stage.server import serving

A_SECOND = 50
BURST = 1_000
ACK_GOAL_MS = 100.0
APPLIED_GOAL_S = 10.0
DRAIN_GOAL_S = BURST / 200


def rows(depth: Depth) -> Iterator[Row]:
    """Webhooks at a steady pace for some seconds, then a burst, to people whom nobody knows too.

    Half of them name a person with a Salesforce Id, a quarter a record, a quarter somebody new.
    """
    seconds = 5 if depth is Depth.QUICK else 30
    steady = A_SECOND * seconds
    with tempfile.TemporaryDirectory() as folder:
        # A tenth of the org's contacts are opted out to begin with.
        house = House(Path(folder), contacts=(steady + BURST) * 5 // 4)
        with house.org(), serving(house) as server:
            acks = sorted(server.deliver(range(steady), A_SECOND))
            yield _ack_row(f"ack of a webhook, {A_SECOND}/s for {seconds} s", acks)
            server.wait_until_settled(steady)
            ages = server.applied_s(0)
            told = f"p50 {percentile(ages, 50):.2f} s"
            yield _row("from commit to applied, p99", percentile(ages, 99), told, APPLIED_GOAL_S)
            begun = time.monotonic()
            acks = sorted(server.deliver(range(steady, steady + BURST), None))
            took = time.monotonic() - begun
            yield _ack_row(f"ack in a burst of {BURST:,} ({BURST / took:,.0f}/s)", acks)
            server.wait_until_settled(steady + BURST)
            last = max(server.applied_s(steady))
            told = f"{BURST / last:,.0f} events/s"
            yield _row(f"a burst of {BURST:,} applied", last, told, DRAIN_GOAL_S)
    yield from accept_rows(depth)


def percentile(figures: Sequence[float], percent: int) -> float:
    return sorted(figures)[len(figures) * percent // 100]


def _ack_row(name: str, seconds: list[float]) -> Row:
    p99 = percentile(seconds, 99) * 1000
    told = f"p50 {percentile(seconds, 50) * 1000:.1f} ms, max {seconds[-1] * 1000:.0f} ms"
    return row_within(("i", f"{name}, p99"), Side("optout", "", (p99,), told), ACK_GOAL_MS, "ms")


def _row(name: str, held: float, told: str, goal: float) -> Row:
    return row_within(("i", name), Side("optout", "", (held,), told), goal, "s")
