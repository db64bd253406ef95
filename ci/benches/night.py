"""A night of two millions a side: what it takes in time, memory and calls, and beside a script."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benches.depth import Depth
from benches.rounds import rounds
from benches.row import Figure, Row, Side, row_beside, row_within
from benches.spent import Spent, run_measured
from benches.stage.evening import Evening, Size, make_evening
from benches.stage.traffic import Traffic

PEOPLE = 2_000_000
MOST_MB = 300.0
# Reading, joining and comparing.
SECONDS = 60.0
_OUT_OF_A_HUNDRED = 5
# Of the opted out, so many in a hundred are so on the people side only, and as many in the org.
_APART = 5
_SCRIPT = Path(__file__).parent / "peers/night_by_script.py"


@dataclass(frozen=True, slots=True)
class Took:
    """One whole night, and what the org saw of it."""

    spent: Spent
    traffic: Traffic


FIGURES: tuple[Figure[Took], ...] = (
    Figure("peak memory", "MB", 1.0, lambda took: took.spent.peak_mb),
    Figure("wall", "s", 1.0, lambda took: took.spent.wall_s),
    Figure("CPU", "s", 1.5, lambda took: took.spent.cpu_s),
    Figure(
        "API calls, polls apart", "calls", 1.0,
        lambda took: took.traffic.calls - took.traffic.polls + took.traffic.others,
    ),
)  # fmt: skip


def rows(depth: Depth) -> Iterator[Row]:
    """`optout sync nightly` whole, as a process of its own, in a house that is full.

    First a dry run against what was promised; then the night itself, beside the script.
    """
    people, count = (PEOPLE // 10, 1) if depth is Depth.QUICK else (PEOPLE, 5)
    out = people * _OUT_OF_A_HUNDRED // 100
    size = Size(people, out, out * _APART // 100)
    with tempfile.TemporaryDirectory() as folder:
        evening = make_evening(Path(folder), size)
        yield from _dry_rows(evening)
        yield from _beside_rows(evening, count)


def _name(size: Size) -> str:
    return f"a night of {size.people / 1e6:g} M a side"


def _dry_rows(evening: Evening) -> Iterator[Row]:
    size = evening.size
    with evening.again():
        night = evening.house.run("sync", "nightly", "--dry-run", "--force")
    told, peak = night.document, night.peak_mb
    if told["planned"] != {"salesforce": size.apart, "people": size.apart}:
        raise SystemExit(f"bench: {size.apart} were to be written each way, not {told['planned']}")
    seconds = sum(phase["seconds"] for phase in told["phases"])
    name = f"{_name(size)}, dry run"
    each = f"{size.out:,} opted out, {2 * size.apart:,} apart"
    memory = Side("optout", "", (peak,), each)
    yield row_within(("h", f"{name}, peak memory"), memory, MOST_MB, "MB")
    speed = Side("optout", "", (seconds,), f"{size.people / seconds:,.0f} people/s")
    yield row_within(("h", f"{name}, read and compared"), speed, SECONDS, "s")
    yield _calls_row(f"{name}, API calls", told["calls"])


def _calls_row(name: str, calls: dict[str, Any]) -> Row:
    """What was counted as it was sent, against what is worked out from pages, jobs and lots."""
    made = calls["counted"] - calls["polls"] - calls["refused"]
    parts = " + ".join(str(each) for each in calls["formula"].values() if each)
    formula = Side(f"formula {parts}", "", (sum(calls["formula"].values()),))
    return row_beside(("h", name), Side("optout", "", (made,)), [formula], 1.0, "calls")


def _beside_rows(evening: Evening, count: int) -> Iterator[Row]:
    """The night with its writes, beside the script, each from the same evening."""
    sides = {"optout": _nightly, "script": _script}
    took = rounds(
        {name: lambda side=side: _measured(evening, side) for name, side in sides.items()},
        count, warm=False,
    )  # fmt: skip
    name = f"{_name(evening.size)}, {evening.size.apart:,} written each way"
    ours, beside = took["optout"], took["script"]
    peaks = tuple(each.spent.peak_mb for each in ours)
    yield row_within(("h", f"{name}, peak memory"), Side("optout", "", peaks), MOST_MB, "MB")
    calls = json.loads(ours[-1].spent.said)["calls"]
    yield _calls_row(f"{name}, API calls", calls)
    for figure in FIGURES:
        yield row_beside(
            ("h", f"{name}, {figure.name} beside a script"),
            _side("optout", version("salesforce-optout"), ours, figure),
            [_side("simple-salesforce and sets", version("simple-salesforce"), beside, figure)],
            figure.goal, figure.unit,
        )  # fmt: skip


def _side(name: str, which: str, took: Sequence[Took], figure: Figure) -> Side:
    return Side(name, which, tuple(figure.of(each) for each in took))


def _measured(evening: Evening, night: Callable[[Evening], Spent]) -> Took:
    """One night; SystemExit unless both sides hold the same afterwards."""
    with evening.again():
        notes = evening.notes
        spent = night(evening)
        seen = notes.since()
        all_out = evening.size.out + evening.size.apart
        if evening.opted_out() != (all_out, all_out):
            raise SystemExit(f"bench: {evening.opted_out()} are opted out, not {all_out} each")
    return Took(spent, seen)


def _nightly(evening: Evening) -> Spent:
    return evening.house.spend("sync", "nightly", "--force")


def _script(evening: Evening) -> Spent:
    house = evening.house
    server = house.home / "practice-org" / "server.json"
    trusted = str(json.loads(server.read_text())["ca_file"])
    with tempfile.TemporaryDirectory() as room:
        spent = run_measured(
            [sys.executable, _SCRIPT, server, house.people, room],
            {**house.env, "REQUESTS_CA_BUNDLE": trusted},
        )
    if spent.exit:
        raise SystemExit(f"bench: the script: {spent.complained[-2000:].decode()}")
    return spent
