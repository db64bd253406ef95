"""Every fault we know of Salesforce at every call of the sync: it reacts as the table says.

And whatever befell it: nothing was opted in, no event is settled that did not reach its records,
a night tells of a person's work exactly when there is some, and once the fault is over the next
night finishes and empties the quarantine.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import structlog
from begun_night import begun_night, tick_by_bulk
from prove.fault_cells import SITES, Act, Cell, Lasts, every_cell, sample
from prove.fault_house import FaultHouse, Template, copied, make_template
from prove.fault_laws import Seen, broken_laws
from prove.outcome import Outcome, Size, digest

from deployer.errors import OptoutError
from practice_org.faults.firing import standing_faults
from sync.night.night import Outcome as Ended
from sync.night.night import Summary

PROCESSES = 2
DAY_S = 25 * 3_600


def run(seed: int, size: Size) -> Outcome:
    """A drawn cell for each code and each site; the long run takes every cell."""
    cells = every_cell()
    draw = Random(seed)  # noqa: S311 - repeatable on purpose
    chosen = cells if size is Size.LONG else sample(cells, draw)
    numbers = [cells.index(cell) for cell in chosen]
    shares = [numbers[first::PROCESSES] for first in range(PROCESSES)]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as pool:
        failures = [each for share in pool.map(try_cells, shares) for each in share]
    unmet = {site.name for site in SITES} - {cell.site.name for cell in chosen}
    failures += [f"no cell at {name}" for name in sorted(unmet)]
    told = [cell.name for cell in chosen]
    return Outcome(len(chosen), tuple(failures), digest([*told, *failures]))


def try_cells(numbers: Sequence[int]) -> list[str]:
    """What was wrong in these cells, a sentence each."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    cells = every_cell()
    with tempfile.TemporaryDirectory(prefix="optout-faults-") as folder:
        template = make_template(Path(folder))
        return [
            f"{cells[number].name}: {each}"
            for number in numbers
            for each in try_cell(cells[number], template)
        ]


def try_cell(cell: Cell, template: Template) -> Iterator[str]:
    """What is wrong in one cell."""
    with copied(template) as house:
        if cell.site.act is not Act.DRAIN:
            house.drain()
            house.asked.clear()
        times = 1 if cell.lasts is Lasts.ONCE else None
        house.fault(cell.site.place, cell.typed, times=times, after=cell.site.after)
        seen, summary = _act(cell, house, template)
        yield from broken_laws(cell, seen)
        yield from _told(summary, seen)
        yield from unsafe(house, template)
        house.clear_faults()
        house.clock.sleep(DAY_S)
        yield from unhealed(house, template)


def _act(cell: Cell, house: FaultHouse, template: Template) -> tuple[Seen, Summary | None]:
    error, summary, states, unknown = None, None, frozenset(), 0
    try:
        if cell.site.act is Act.DRAIN:
            error = next(iter(house.drain().problems), None)
        elif cell.site.act is Act.NIGHT:
            summary = house.night(approve_all=True)
            unknown = summary.unknown
        else:
            told = tick_by_bulk(begun_night(house), template.records[:2])
            states = frozenset(row.state.value for row in told.values())
    except OptoutError as problem:
        error = problem
    fired = standing_faults(house.org)[0].fired
    seen = Seen(error, fired, list(house.asked), dict(house.cases()), states, unknown)
    return seen, summary


def _told(summary: Summary | None, seen: Seen) -> Iterator[str]:
    """A night that ends says that it needs a person exactly when it does."""
    if summary is not None and summary.needs_a_person != bool(seen.cases or seen.unknown):
        yield f"needs a person: {summary.needs_a_person}, with {dict(seen.cases)}, {seen.unknown}"


def unsafe(house: FaultHouse, template: Template) -> Iterator[str]:
    """What may never be so, whatever befell it."""
    if house.opt_ins():
        yield "something was opted in"
    for event, records in template.pushed.items():
        missing = [each for each in records if not house.ticked(each)]
        if house.settled(event) and missing:
            yield f"event {event} is settled, and {len(missing)} records are not ticked"


def unhealed(house: FaultHouse, template: Template) -> Iterator[str]:
    """What is left once the fault is over and the next night has been."""
    try:
        summary = house.night(approve_all=True)
    except OptoutError as problem:
        yield f"the next night fails: {problem.org_code or problem.code}"
        return
    left = [each for each in template.records if not house.ticked(each)]
    out = [each for each in template.persons if not house.out(each)]
    open_events = [each for each in template.pushed if not house.settled(each)]
    if summary.outcome is not Ended.DONE or summary.unknown:
        yield f"the next night is {summary.outcome.value} with {summary.unknown} unknown"
    if left or out:
        yield f"{len(left)} records and {out} are not opted out after the next night"
    if open_events or house.cases():
        yield f"open after the next night: {open_events}, in quarantine: {house.cases()}"
    if house.opt_ins():
        yield "something was opted in by the next night"
