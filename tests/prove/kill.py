"""SIGKILL at every point the product passes, and again in the recovery.

The first run of a scene lists its points. Then each is a run of its own: a process that kills
itself there, another that recovers an hour later, and one that looks whether anything is lost.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

from prove.outcome import Outcome, Size, digest
from prove.points import Points
from prove.scenes import SCENES, Names, Scene
from prove.stages import Blow, Ended, Place, Stage, open_house, run_stage
from prove.stores import copied
from prove.worlds import look, memory_folder, sow_all
from sync_house import House

ACT, RECOVER, AGAIN, END = (
    Stage(2, 24), Stage(3, 25), Stage(4, 26), Stage(5, 48),
)  # fmt: skip
BUSY = "sync.ledger.lease.Busy"
_NONE = Blow()
PAIRS = {Size.SHORT: 12, Size.LONG: 1_000}
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Case:
    """Killed at point `at` of the act, and at point `again` of the recovery; None: not killed.

    `by` is the signal; the recovery begins `later_h` hours after the act, which a clock that was
    set back makes less than none.
    """

    scene: Scene
    at: int | None = None
    again: int | None = None
    by: signal.Signals = signal.SIGKILL
    later_h: float = 1.0

    @property
    def recover(self) -> Stage:
        """When the recovery is."""
        return replace(RECOVER, hours=ACT.hours + self.later_h)

    @property
    def is_set_back(self) -> bool:
        """Whether the clock shows less at the recovery than it did before.

        Then the lease of who was killed may still stand: nobody can tell that its time has passed.
        """
        return self.later_h < 0

    @property
    def recover_again(self) -> Stage:
        """When the last recovery is."""
        return replace(AGAIN, hours=40) if self.is_set_back else AGAIN

    @property
    def end(self) -> Stage:
        """When it is looked what has become of it: a day after everything else."""
        return replace(END, hours=max(END.hours, self.recover.hours + 24))


@dataclass(frozen=True, slots=True)
class Run:
    """What happened: the points passed by act and recovery, and what is wrong at the end."""

    case: Case
    act: tuple[str, ...]
    recovery: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def title(self) -> str:
        """The scene, and where it was killed."""
        words = self.case.scene.name
        if self.case.at is not None:
            words += f", killed at {''.join(self.act[-1:])} (point {self.case.at})"
        if self.case.by is not signal.SIGKILL:
            words += f" by {self.case.by.name}"
        if self.case.later_h != 1:
            words += f", the clock {self.case.later_h:+} hours"
        if self.case.again is not None:
            words += f" and at {''.join(self.recovery[-1:])} (point {self.case.again})"
        return words


def run(seed: int, size: Size, scenes: Sequence[Scene] = SCENES) -> Outcome:
    """Every named point of every scene, and pairs of points; the seed chooses among many."""
    draw = Random(seed)  # noqa: S311 - repeatable on purpose
    with memory_folder() as root:
        sow_all(root, scenes)
        go = partial(run_case, root)
        # Forked: what is imported and built here needs no import in a thousand processes.
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as workers:
            first = list(workers.map(go, map(Case, scenes)))
            once = list(workers.map(go, _kills(first, draw, size)))
            twice = list(workers.map(go, _second_kills(once, draw, PAIRS[size])))
    runs = [*first, *once, *twice]
    return Outcome(
        n=len(once) + len(twice),
        failures=tuple(f"{told.title}: {each}" for told in runs for each in told.wrong),
        trace=digest(f"{told.title} {told.act} {told.recovery} {told.wrong}" for told in runs),
    )


def _kills(first: Sequence[Run], draw: Random, size: Size) -> Iterator[Case]:
    """Every point there is; or points by name, of those that only read the new ones."""
    seen: set[str] = set()
    for told in first:
        scene, named = told.case.scene, _by_name(told.act)
        for name, numbers in named.items():
            old = name in seen and (" GET " in name or scene.names is Names.NEW)
            left_out = old or (scene.names is Names.SOME and draw.randrange(3))
            short = [] if left_out else [draw.choice(numbers)]
            yield from (Case(scene, at) for at in (numbers if size is Size.LONG else short))
        seen |= named.keys()


def _by_name(trace: Sequence[str]) -> dict[str, list[int]]:
    """The numbers of the points of each name."""
    named: dict[str, list[int]] = {}
    for number, name in enumerate(trace):
        named.setdefault(name, []).append(number)
    return named


def _second_kills(once: Sequence[Run], draw: Random, most: int) -> Iterator[Case]:
    able = [told for told in once if told.recovery]
    for told in draw.sample(able, min(most, len(able))):
        yield Case(told.case.scene, told.case.at, draw.randrange(len(told.recovery)))


def run_case(root: Path, case: Case) -> Run:
    """One run, from a copy of its scene's world."""
    with copied(root / case.scene.name) as folder:
        place = Place(folder)
        wrong = tuple(_run(place, case))
        act, recovery = (tuple(place.noted(f"trace-{stage.number}")) for stage in (ACT, RECOVER))
    return Run(case, act, recovery, wrong)


def _run(place: Place, case: Case) -> Iterator[str]:
    """Act, recover, recover again, look; yields what is wrong."""
    scene = case.scene
    blow = Blow(case.at, case.by)
    yield from _as_expected("the act", _go(place, ACT, scene.act, blow), blow)
    if case.at is not None:
        blow = Blow(case.again, case.by)
        told = _go(place, case.recover, scene.recover, blow)
        if not (case.is_set_back and BUSY in told.error):
            yield from _as_expected("the recovery", told, blow)
    if case.again is not None or case.is_set_back:
        told = _go(place, case.recover_again, scene.recover, _NONE)
        yield from _as_expected("the second recovery", told, _NONE)
    yield from _as_expected("the end", _go(place, case.end, look, _NONE), _NONE)
    for sentences in place.noted("wrong"):
        yield from sentences


def _go(place: Place, stage: Stage, work: Callable[[House, Place], None], blow: Blow) -> Ended:
    def working(points: Points) -> None:
        with open_house(place, stage, points) as house:
            work(house, place)

    return run_stage(place, stage, working, blow)


def _as_expected(what: str, told: Ended, blow: Blow) -> Iterator[str]:
    if blow.at is None and not told.well:
        yield f"{what} ended with {told.error or signal.Signals(told.signal).name}"
    if blow.at is not None and told.signal != blow.signal:
        yield f"{what} never came to point {blow.at}"
