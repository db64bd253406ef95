"""Opt-outs to both sides: how soon one is there, and what thousands cost beside single PATCHes."""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benches.depth import Depth
from benches.rounds import rounds
from benches.row import Row, Side, row_beside, row_within
from benches.spent import Spent, run_measured
from benches.stage.house import House
from benches.stage.server import Server, serving
from benches.start_up import OPTOUT
from benches.webhooks import percentile

from deployer.clock import SystemClock

ONE_GOAL_S = 1.0
# Longer than a server waits for others that come with it.
APART_S = 1.2
ROWS_A_CALL = 200
_SCRIPT = Path(__file__).parent / "peers/drain_by_script.py"


@dataclass(frozen=True, slots=True)
class Cost:
    """What bringing some events took, and how many API calls the org counted."""

    spent: Spent
    calls: int


def rows(depth: Depth) -> Iterator[Row]:
    """One event at a time through a server, then many at once through `optout sync push`."""
    ones, many, count = (20, 1_000, 1) if depth is Depth.QUICK else (60, 10_000, 5)
    yield _one_row(ones)
    yield from _many_rows(many, count)


def _one_row(events: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        # A tenth of the org's contacts are opted out to begin with.
        house = House(Path(folder), contacts=events * 3)
        with house.org(), serving(house) as server:
            for number in range(0, 2 * events, 2):  # an even number names somebody who is known
                server.deliver(range(number, number + 1), None)
                server.wait_until_settled(number // 2 + 1)
                SystemClock().sleep(APART_S)
            ages = server.applied_s(1)  # but the first, with which the server logs in
    p99 = percentile(ages, 99)
    ours = Side("optout", "", (p99,), f"p50 {percentile(ages, 50):.2f} s, {len(ages)} events")
    return row_within(("j", "one event, from commit to applied, p99"), ours, ONE_GOAL_S, "s")


def _many_rows(events: int, count: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), contacts=(2 * count * events + 1) * 5 // 4)
        with house.org():
            contacts = house.fetch_contacts()
            mine = count * events + 1
            house.import_people(contacts[:mine])
            opening = _push(house, contacts[:1]).calls - 1
            ours, theirs = (
                iter(_lots(contacts[1:mine], events)),
                iter(_lots(contacts[mine:], events)),
            )
            cost = rounds(
                {
                    "optout": lambda: _push(house, next(ours)),
                    "script": lambda: _patch(house, next(theirs)),
                },
                count,
                warm=False,
            )
            ages = Server("", house.ledger, contacts).applied_s(mine - events)
    yield from _rows_of(events, cost, opening, ages)


def _rows_of(
    events: int, cost: dict[str, list[Cost]], opening: int, ages: Sequence[float]
) -> Iterator[Row]:
    name = f"{events:,} events to both sides"
    applied = (
        f"from commit to applied p50 {percentile(ages, 50):.1f} s, p99 {percentile(ages, 99):.1f} s"
    )
    calls = Side("optout", "", tuple(each.calls for each in cost["optout"]))
    lots = math.ceil(events / ROWS_A_CALL)
    formula = Side(f"formula {opening} to log in and look + {lots} lots", "", (opening + lots,))
    yield row_beside(("j", f"{name}, API calls"), calls, [formula], 1.0, "calls")
    script = _script(tuple(each.calls for each in cost["script"]))
    yield row_beside(("j", f"{name}, API calls beside"), calls, [script], 0.01, "calls")
    for what, goal, unit, attribute in (
        ("wall", 1.0, "s", "wall_s"),
        ("CPU", 1.0, "s", "cpu_s"),
        ("peak memory", 2.0, "MB", "peak_mb"),
    ):
        figures = {
            side: tuple(getattr(each.spent, attribute) for each in cost[side]) for side in cost
        }
        ours = Side("optout", "", figures["optout"], applied if what == "wall" else "")
        yield row_beside(("j", f"{name}, {what}"), ours, [_script(figures["script"])], goal, unit)


def _script(figures: tuple[float, ...]) -> Side:
    """It keeps no ledger, and marks nobody on the people side."""
    return Side("a PATCH each", f"simple-salesforce {version('simple-salesforce')}", figures)


def _push(house: House, contacts: Sequence[str]) -> Cost:
    lines = house.folder / "lines"
    lines.write_text("".join(json.dumps({"salesforce_id": each}) + "\n" for each in contacts))
    words = "sync push --json --org practice"
    return _counted(house, ["sh", "-c", f"exec {OPTOUT} {words} < {lines}"])


def _patch(house: House, contacts: Sequence[str]) -> Cost:
    ids = house.folder / "ids"
    ids.write_text("\n".join(contacts))
    server = house.home / "practice-org" / "server.json"
    return _counted(house, [sys.executable, "-P", _SCRIPT, server, ids])


def _counted(house: House, command: Sequence[str | Path]) -> Cost:
    before = house.fetch_calls()
    spent = run_measured(command, house.env)
    calls = house.fetch_calls() - before - 1
    if spent.exit:
        raise SystemExit(f"bench: {command}: {spent.said[-2000:]!r} {spent.complained[-2000:]!r}")
    return Cost(spent, calls)


def _lots(contacts: Sequence[str], events: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(contacts) - events + 1, events):
        yield contacts[start : start + events]
