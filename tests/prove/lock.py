"""Two runners at once: together, one stopped, one come back too late, a copied ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

from prove.kill import WORKERS
from prove.meetings import (
    ONE,
    Case,
    copied,
    expect,
    killed,
    leases,
    naive_leases,
    overtaken,
    stopped,
    taken_over,
    together,
)
from prove.oracle import Sown
from prove.outcome import Outcome, Size, digest
from prove.races import Race, SharedClock
from prove.scenes import (
    Scene,
    adopted_world,
    asked_of,
    drain,
    drain_and_night,
    night,
    opted_out_world,
    resubscribe,
)
from prove.stages import Place, Stage, wait_for
from prove.stores import copied as copied_world
from prove.stores import is_postgresql
from prove.worlds import look, memory_folder, sow_all
from sync_house import House

from sync.ledger.events import Selector

END = Stage(9, 0)
HOUR_S = 3_600.0
TOGETHER = {Size.SHORT: 2, Size.LONG: 100}
STOPS = {Size.SHORT: 6, Size.LONG: 500}


def accepted_world(house: House) -> Sown:
    """Five have asked already, and nothing has been done about it."""
    sown = asked_of(house)
    who = [each for each in sown.asking if each != "eve"]
    for each in who:
        house.accept(Selector.PERSON, each)
    return replace(sown, out=who)


def busy_world(house: House) -> Sown:
    """A night has something to do in both directions, and a drain has, too."""
    sown = adopted_world(house)
    house.accept(Selector.PERSON, "cleo")
    return replace(sown, out=[*sown.out, "cleo"])


DRAINS = Scene("drains", accepted_world, drain, drain)
NIGHTS = Scene("nights", adopted_world, night, night)
BOTH = Scene("night and drain", busy_world, night, drain)
CLEARING = Scene("resubscribe", opted_out_world, resubscribe, drain_and_night)
SCENES = (DRAINS, NIGHTS, BOTH, CLEARING)
MEETINGS = (DRAINS, NIGHTS, BOTH)


@dataclass(frozen=True, slots=True)
class Run:
    """What is wrong after one case."""

    case: Case
    wrong: tuple[str, ...]

    @property
    def title(self) -> str:
        """The case in a few words."""
        at = "" if self.case.at is None else f" (point {self.case.at})"
        return f"{self.case.title}{at}"


def run(seed: int, size: Size) -> Outcome:
    """Meetings of every kind; at which points, and how many, seed and size say."""
    draw = Random(seed)  # noqa: S311 - repeatable on purpose
    with memory_folder() as root:
        sow_all(root, SCENES)
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as workers:
            traces = list(workers.map(partial(_trace, root), SCENES))
            cases = list(_cases(dict(zip(SCENES, traces, strict=True)), draw, size))
            runs = list(workers.map(partial(run_case, root), cases))
    return Outcome(
        n=len(runs),
        failures=tuple(f"{told.title}: {each}" for told in runs for each in told.wrong),
        trace=digest(f"{told.title} {told.wrong}" for told in runs),
    )


def _cases(traces: dict[Scene, list[str]], draw: Random, size: Size) -> Iterator[Case]:
    for scene in MEETINGS:
        yield from [Case(f"{scene.name} together", scene, together)] * TOGETHER[size]
        for at in _some(_between(traces[scene]), draw, STOPS[size] // 2):
            yield Case(f"{scene.name}, one stopped", scene, stopped, at)
    held = _while_held(traces[NIGHTS], "sync.night.night._end")
    for at in _some(held, draw, STOPS[size]):
        yield Case("a night that was taken over", NIGHTS, taken_over, at)
    for at in _some(held, draw, STOPS[size] // 3):
        yield Case("a night that was killed", NIGHTS, killed, at)
    for at in _some(_while_held(traces[CLEARING], "sync.ledger.resubscribes.finish"), draw,
                    STOPS[size]):  # fmt: skip
        yield Case("a resubscribe that was taken over", CLEARING, overtaken, at)
    if not is_postgresql():
        yield from [Case("a copied ledger", BOTH, copied)] * TOGETHER[size]
    yield Case("leases", DRAINS, leases)
    yield Case("naive leases", DRAINS, naive_leases)


def _some(points: Sequence[int], draw: Random, most: int) -> list[int]:
    return sorted(draw.sample(points, min(most, len(points))))


def _between(trace: Sequence[str]) -> list[int]:
    """The points outside transactions of the ledger; a person is cleared inside one."""
    inside = ("commit.before", "commit.after sync.people.sql.clear")
    return [n for n, name in enumerate(trace) if not name.startswith(inside)]


def _while_held(trace: Sequence[str], end: str) -> list[int]:
    """Those of them at which a runner holds its lease, up to the function of its last write."""
    first = trace.index("commit.after sync.ledger.lease.take")
    last = trace.index(f"commit.before {end}")
    return [n for n in _between(trace) if first <= n < last]


def _trace(root: Path, scene: Scene) -> list[str]:
    """The points that the first runner of the scene passes when nobody else is there."""
    with _race(root, scene) as race:
        wait_for(race.begin(ONE, scene.act))
        return race.trace(ONE)


def run_case(root: Path, case: Case) -> Run:
    """One meeting, and the look at what has become of everybody."""
    with _race(root, case.scene) as race:
        wrong = list(case.how(race, case))
        race.move(HOUR_S)
        wrong += expect(race, END, race.begin(END, look), "done")
        wrong += [each for lot in race.place.noted("wrong") for each in lot]
    return Run(case, tuple(wrong))


@contextmanager
def _race(root: Path, scene: Scene) -> Iterator[Race]:
    with copied_world(root / scene.name) as folder:
        race = Race(Place(folder), SharedClock())
        race.move(24 * HOUR_S)
        yield race
