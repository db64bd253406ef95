"""What a piece of work took whole, whatever number of commands it was: a row for each figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benches.rounds import rounds
from benches.row import Row, Side, row_beside
from benches.spent import Spent
from benches.stage.traffic import Traffic

UNITS = {"wall": "s", "CPU": "s", "peak memory": "MB", "API calls": "calls", "on the wire": "kB"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What each name of UNITS came to, and a note about what came out of it."""

    figures: Mapping[str, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who it was, and what is to be known of how it went about it."""

    name: str
    version: str
    note: str = ""


def cost(commands: Sequence[Spent], asked: Traffic, note: str = "") -> Cost:
    """Seconds are those of all commands one after the other, memory that of the largest process.

    Calls are all requests that came to the org; on the wire are the bodies, both ways.
    """
    figures = {
        "wall": sum(each.wall_s for each in commands),
        "CPU": sum(each.cpu_s for each in commands),
        "peak memory": max(each.peak_mb for each in commands),
        "API calls": asked.calls + asked.others,
        "on the wire": asked.size / 1000,
    }
    return Cost(figures, note)


def cost_rounds(
    runs: Mapping[Entrant, Callable[[], Cost]], count: int, *, warm: bool
) -> dict[Entrant, list[Cost]]:
    """What each took in each of so many rounds, in turn."""
    given = rounds({entrant.name: run for entrant, run in runs.items()}, count, warm=warm)
    return {entrant: given[entrant.name] for entrant in runs}


def cost_rows(
    title: tuple[str, str], given: Mapping[Entrant, Sequence[Cost]], goals: Mapping[str, float]
) -> Iterator[Row]:
    """A row for each figure, in UNITS's order; the first tool is ours. Goals are by figure."""
    letter, name = title
    for figure, unit in UNITS.items():
        ours, *peers = (_side(tool, costs, figure) for tool, costs in given.items())
        yield row_beside((letter, f"{name}, {figure}"), ours, peers, goals[figure], unit)


def _side(tool: Entrant, costs: Sequence[Cost], figure: str) -> Side:
    """The notes of rounds that ended differently are all told."""
    notes = dict.fromkeys((*(each.note for each in costs), tool.note))
    told = "; ".join(note for note in notes if note)
    return Side(tool.name, tool.version, tuple(each.figures[figure] for each in costs), told)
