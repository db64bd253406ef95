"""SIGKILL at every point the product passes, and again in the recovery.

The first run of a scene lists its points. Then each is a run of its own: a process that kills
itself there, another that recovers an hour later, and one that looks whether anything is lost.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

from org_clock import OrgClock
from prove.oracle import Sown, verdict
from prove.outcome import Outcome, Size, digest
from prove.points import Points
from prove.scenes import SCENES, Names, Scene
from prove.stages import Ended, Place, Stage, be_silent, open_house, run_stage
from sync_house import House

from practice_org.app import open_practice_org
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize

SOW, ACT, RECOVER, AGAIN, END = (
    Stage(1, 0), Stage(2, 24), Stage(3, 25), Stage(4, 26), Stage(5, 48),
)  # fmt: skip
PAIRS = {Size.SHORT: 24, Size.LONG: 1_000}
WORKERS = 2
MEMORY = Path("/dev/shm")  # noqa: S108 - a kill loses nothing that a disk would keep


@dataclass(frozen=True, slots=True)
class Case:
    """Killed at point `at` of the act, and at point `again` of the recovery; None: not killed."""

    scene: Scene
    at: int | None = None
    again: int | None = None


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
        if self.case.again is not None:
            words += f" and at {''.join(self.recovery[-1:])} (point {self.case.again})"
        return words


def run(seed: int, size: Size, scenes: Sequence[Scene] = SCENES) -> Outcome:
    """Every named point of every scene, and pairs of points; the seed chooses among many."""
    draw = Random(seed)  # noqa: S311 - repeatable on purpose
    with _root() as root:
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
    """Every point there is; or one of each name, and of those that only read the new ones."""
    seen: set[str] = set()
    for told in first:
        named: dict[str, list[int]] = {}
        for number, name in enumerate(told.act):
            named.setdefault(name, []).append(number)
        for name, numbers in named.items():
            old = name in seen and (" GET " in name or told.case.scene.names is Names.NEW)
            chosen = numbers if size is Size.LONG else [] if old else [draw.choice(numbers)]
            yield from (Case(told.case.scene, at) for at in chosen)
        seen |= named.keys()


def _second_kills(once: Sequence[Run], draw: Random, most: int) -> Iterator[Case]:
    able = [told for told in once if told.recovery]
    for told in draw.sample(able, min(most, len(able))):
        yield Case(told.case.scene, told.case.at, draw.randrange(len(told.recovery)))


@contextmanager
def _root() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def sow_all(root: Path, scenes: Sequence[Scene]) -> None:
    """A folder for each scene with its world in it, which every run begins from.

    It is done in this process, whose children then find everything loaded.
    """
    be_silent()
    for scene in scenes:
        place = Place(root / scene.name)
        place.path.mkdir()
        org = open_practice_org(place.path / "org.sqlite", OrgClock(), seed=SOW.number)
        seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=3)))
        org.db.close()
        with open_house(place, SOW, Points(lambda _name: None)) as house:
            sown = scene.sow(house)
        place.note("sown", [sown.records, sown.out, sown.asking])
        for name in scene.without:
            (place.path / name).unlink()


def run_case(root: Path, case: Case) -> Run:
    """One run, from a copy of its scene's world."""
    with tempfile.TemporaryDirectory(dir=root) as folder:
        place = Place(Path(folder) / "run")
        shutil.copytree(root / case.scene.name, place.path)
        wrong = tuple(_run(place, case))
        act, recovery = (tuple(place.noted(f"trace-{stage.number}")) for stage in (ACT, RECOVER))
    return Run(case, act, recovery, wrong)


def _run(place: Place, case: Case) -> Iterator[str]:
    """Act, recover, recover again, look; yields what is wrong."""
    scene = case.scene
    yield from _as_expected("the act", _go(place, ACT, scene.act, case.at), case.at)
    if case.at is not None:
        told = _go(place, RECOVER, scene.recover, case.again)
        yield from _as_expected("the recovery", told, case.again)
    if case.again is not None:
        yield from _as_expected("the second recovery", _go(place, AGAIN, scene.recover), None)
    yield from _as_expected("the end", _go(place, END, _look), None)
    for sentences in place.noted("wrong"):
        yield from sentences


def _go(
    place: Place, stage: Stage, work: Callable[[House, Place], None], at: int | None = None
) -> Ended:
    def working(points: Points) -> None:
        with open_house(place, stage, points) as house:
            work(house, place)

    return run_stage(place, stage, working, at)


def _as_expected(what: str, told: Ended, at: int | None) -> Iterator[str]:
    if at is None and not told.well:
        yield f"{what} ended with {told.error or signal.Signals(told.signal).name}"
    if at is not None and told.signal != signal.SIGKILL:
        yield f"{what} never came to point {at}"


def _look(house: House, place: Place) -> None:
    """Nobody is harmed any more: what is due is drained, and a night finds nothing to write."""
    house.clear_faults()
    house.drain()
    writes = house.night(approve_all=True).writes
    acked = {each for lot in place.noted("acked") for each in lot}
    wrong = verdict(house, Sown(*place.noted("sown")[0]), acked)
    if any(writes.values()):
        wrong.append(f"the night after the recovery still wrote {writes}")
    place.note("wrong", wrong)
