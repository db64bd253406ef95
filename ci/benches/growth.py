"""How cost grows with size, ours alone: four and sixteen times as much, and the exponent of it."""

from __future__ import annotations

import math
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benches import look
from benches.depth import Depth
from benches.reconcile import OURS, run_of
from benches.row import Row, Side, row_within
from benches.spent import Spent, run_measured
from benches.stage.evening import Size, make_evening
from benches.stage.org import practice_org
from benches.stage.reconcile_sets import Sets
from benches.start_up import OPTOUT

TIMES = (1, 4, 16)
MOST = 1.05
"""The exponent of a cost that is proportional is 1; a fit is not exact."""
Run = Callable[[], Spent]
FIGURES: Mapping[str, Callable[[Spent], float]] = {
    "wall": lambda spent: spent.wall_s,
    "CPU": lambda spent: spent.cpu_s,
    "peak memory": lambda spent: spent.peak_mb,
}
_DEPLOY = ("deploy", "--org", "practice", "--layout", "Contact-Bench *", "--yes", "--json")


@dataclass(frozen=True, slots=True)
class Work:
    """`make` gives, in an empty folder, what is measured at a size; the org runs until the end.

    `first` is the least size: in a full run the work outweighs the start there. Without a quick
    one it is left to the full run.
    """

    name: str
    of: str
    first: Mapping[Depth, int]
    make: Callable[[Path, int, ExitStack], Run]


def rows(depth: Depth) -> Iterator[Row]:
    """A look at readiness in calls and memory, then the exponent of each cost of each work."""
    yield from look.rows(depth)
    for work in WORKS:
        if depth in work.first:
            yield from _rows(work, depth)


def _rows(work: Work, depth: Depth) -> Iterator[Row]:
    count = 1 if depth is Depth.QUICK else 5
    sizes = [work.first[depth] * times for times in TIMES]
    spent = [_measure(work, size, count) for size in sizes]
    told = ", ".join(f"{size:,}" for size in sizes)
    for figure, of in FIGURES.items():
        costs = [statistics.median(map(of, each)) for each in spent]
        note = " / ".join(f"{cost:.3g}" for cost in costs) + (
            " MB" if figure == "peak memory" else " s"
        )
        ours = Side("optout", "", (exponent(sizes, costs),), note)
        name = f"growth of {work.name} from {told} {work.of}, {figure}"
        yield row_within(("k", name), ours, MOST, "as exponent")


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of the line through the logarithms, by least squares; 1 is proportional."""
    slope, _ = statistics.linear_regression([*map(math.log, sizes)], [*map(math.log, costs)])
    return slope


def _measure(work: Work, size: int, count: int) -> list[Spent]:
    """So many times from an empty folder, or from the same org where nothing is changed."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        run = work.make(Path(folder), size, opened)
        return [run() for _ in range(count)]


def _deploy(folder: Path, layouts: int, _opened: ExitStack) -> Run:
    """Each time to a new org."""

    def run() -> Spent:
        room = folder / "room"
        shutil.rmtree(room, ignore_errors=True)
        with practice_org(room, layouts) as env:
            return _well([OPTOUT, *_DEPLOY], env)

    return run


def _look(folder: Path, users: int, opened: ExitStack) -> Run:
    env = look.large_org(folder, users)
    opened.enter_context(look.served(env))
    return lambda: _well([OPTOUT, *look.LOOK], env, (0, 1))


def _reconcile(folder: Path, people: int, _opened: ExitStack) -> Run:
    sets = Sets(folder / "sets", people)
    sets.write()
    return run_of(sets, OURS)


def _night(folder: Path, people: int, opened: ExitStack) -> Run:
    evening = make_evening(folder, Size(people, people // 20, people // 400))
    opened.enter_context(evening.again())
    return lambda: evening.house.spend("sync", "nightly", "--dry-run", "--force")


def _well(
    command: Sequence[str | Path], env: Mapping[str, str], exits: Sequence[int] = (0,)
) -> Spent:
    spent = run_measured(command, env)
    if spent.exit not in exits:
        raise SystemExit(f"bench: {command}: {spent.said[-2000:]!r}")
    return spent


WORKS = (
    Work("a deploy", "layouts", {Depth.FULL: 100, Depth.QUICK: 20}, _deploy),
    Work("a look at readiness", "users", {Depth.FULL: 5_000}, _look),
    Work("a reconcile", "people", {Depth.FULL: 2_500_000, Depth.QUICK: 500_000}, _reconcile),
    Work("a dry night", "people", {Depth.FULL: 250_000, Depth.QUICK: 50_000}, _night),
)
