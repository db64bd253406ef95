"""What a night compares: the opted-out ids of both sides, beside other ways to compare."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from sqlite3 import sqlite_version

from benches.depth import Depth
from benches.night import MOST_MB
from benches.rounds import rounds
from benches.row import Row, Side, row_beside, row_within
from benches.spent import Spent, run_measured
from benches.stage.reconcile_sets import Sets
from strangers_install import POLARS, cache_folder, install_extra

PEOPLE = 10_000_000
MOST_PEOPLE = 100_000_000
MOST_TIMES = 1.2
OURS = (sys.executable, "-P", Path(__file__).parent / "stage/reconcile_ours.py")
_PEERS = Path(__file__).parent / "peers/reconcile.py"
_VERSIONS = {
    "optout": f"duckdb {version('duckdb')}",
    "Python sets": python_version(),
    "SQLite": sqlite_version,
    "Polars": POLARS.partition("==")[2],
}


def rows(depth: Depth) -> Iterator[Row]:
    """Each tool a process of its own that reads the same files and writes both lists to disk."""
    polars = install_extra(cache_folder(), "polars") / "bin/python"
    commands: dict[str, Sequence[str | Path]] = {
        "optout": OURS,
        "Python sets": [sys.executable, "-P", _PEERS, "sets"],
        "SQLite": [sys.executable, "-P", _PEERS, "sqlite"],
        "Polars": [polars, "-P", _PEERS, "polars"],
    }
    if depth is Depth.QUICK:
        yield from _rows(1_000_000, commands, 3)
        return
    yield from _rows(PEOPLE, commands, 5)
    yield from _rows(MOST_PEOPLE, commands, 1)


def _rows(people: int, commands: dict[str, Sequence[str | Path]], count: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        sets = Sets(Path(folder) / "sets", people)
        sets.write()
        sides = {name: run_of(sets, command) for name, command in commands.items()}
        spent = rounds(sides, count, warm=count > 1)
    once = ", once" if count == 1 else ""
    name = (
        f"reconcile of {people / 1e6:g} M people, {sets.out:,} opted out a side, "
        f"{sets.apart:,} apart each way{once}"
    )
    yield _beside(f"{name}, wall", spent, lambda run: run.wall_s, (MOST_TIMES, "s"))
    yield _beside(f"{name}, CPU", spent, lambda run: run.cpu_s, (MOST_TIMES, "s"))
    ours, *peers = (_side(each, spent, lambda run: run.peak_mb) for each in spent)
    # Theirs grows with the sets as it likes, so it is told and no goal.
    told = ", ".join(f"{peer.name} {peer.value:.0f} MB" for peer in peers)
    ours = replace(ours, note=f"beside {told}")
    yield row_within(("g", f"{name}, peak memory"), ours, MOST_MB, "MB")


def run_of(sets: Sets, command: Sequence[str | Path]) -> Callable[[], Spent]:
    """A side of a round: the command with both folders; SystemExit when its lists are wrong."""

    def run() -> Spent:
        made = sets.folder / "made"
        made.mkdir()
        spent = run_measured([*command, sets.folder, made], os.environ)
        if spent.exit:
            raise SystemExit(f"bench: {command}: {spent.complained[-2000:]!r}")
        sets.check(made)
        shutil.rmtree(made)
        return spent

    return run


def _side(name: str, spent: dict[str, list[Spent]], figure: Callable[[Spent], float]) -> Side:
    return Side(name, _VERSIONS[name], tuple(figure(run) for run in spent[name]))


def _beside(
    name: str,
    spent: dict[str, list[Spent]],
    figure: Callable[[Spent], float],
    goal: tuple[float, str],
) -> Row:
    ours, *peers = (_side(each, spent, figure) for each in spent)
    return row_beside(("g", name), ours, peers, *goal)
