"""Bulk jobs: all opted-out ids out of an org, and flags into it, beside the tools that do that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benches.bulk_faults import fault_row
from benches.bulk_tools import Tool
from benches.depth import Depth
from benches.rounds import rounds
from benches.row import Figure, Row, Side, row_beside
from benches.stage.bulk_field import SOQL, Field, Took, open_field, put_in, take_out

OUT, FLAGS = 1_000_000, 50_000
# More flags than a night sends without a bulk job.
FEW = 5_000


FIGURES: tuple[Figure[Took], ...] = (
    Figure("peak memory", "MB", 0.34, lambda took: max(each.peak_mb for each in took.spent)),
    Figure(
        "API calls, polls apart", "calls", 1.0, lambda took: took.traffic.calls - took.traffic.polls
    ),
    Figure("API calls, polls too", "calls", 1.0, lambda took: took.traffic.calls),
    Figure("wall", "s", 1.5, lambda took: sum(each.wall_s for each in took.spent)),
    Figure("CPU", "s", 1.5, lambda took: sum(each.cpu_s for each in took.spent)),
    Figure("bytes", "MB", 1.5, lambda took: took.traffic.size / 1e6),
)


def rows(depth: Depth) -> Iterator[Row]:
    """Each way, and what becomes of a job when the org is out of order for one call.

    All are logged in before, which is not measured; what a tool asks to find its bearings is.
    """
    if depth is Depth.QUICK:
        with open_field(OUT // 20, FEW) as field:
            yield from _both_ways(field, 1)
            yield fault_row(field)
        return
    with open_field(OUT, FLAGS) as field:
        for tool in field.tools.values():  # once for whatever a tool does the first time
            with field.room() as room:
                tool.out(room, f"{SOQL} LIMIT 1")
        yield from _both_ways(field, 5)
    with open_field(FEW, FEW) as field:
        yield fault_row(field)


def _both_ways(field: Field, count: int) -> Iterator[Row]:
    yield from _way_rows(f"{field.count():,} opted-out ids out", field, take_out, count)
    yield from _way_rows(f"{field.count_flags():,} flags in", field, put_in, count)


def _way_rows(
    name: str, field: Field, job: Callable[[Field, Tool], Took], count: int
) -> Iterator[Row]:
    """A row for each figure; a tool that has not ended right has none."""
    tools = field.tools.values()
    took = rounds(
        {tool.name: lambda tool=tool: job(field, tool) for tool in tools}, count, warm=False
    )
    for figure in FIGURES:
        ours, *peers = [_side(tool, took[tool.name], figure) for tool in tools]
        yield row_beside(("f", f"{name}, {figure.name}"), ours, peers, figure.goal, figure.unit)


def _side(tool: Tool, took: Sequence[Took], figure: Figure) -> Side:
    wrong = next((each.why for each in took if each.why), "")
    if wrong:
        return Side(tool.name, tool.version, (), wrong)
    bearings = took[0].traffic.others
    note = f"{bearings} more to find its bearings" if figure.unit == "calls" and bearings else ""
    return Side(tool.name, tool.version, tuple(figure.of(each) for each in took), note)
