"""Disks that fill, fail and cannot be written, a SIGTERM, and clocks that are set wrong.

The store's files fail by SQLite's own codes and the others by the kernel's, each at one operation
and from one on: what was answered with 202 is kept, what was not is answered with 503, nothing is
sent to an org that could not be put back, and once the disk is mended everything goes on.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from random import Random

from prove import disk_clock, disk_files, disk_store, kill
from prove.disk_files import FileCase
from prove.disk_store import Case
from prove.failing import Trouble
from prove.outcome import Outcome, Size, digest
from prove.scenes import SCENES
from prove.stages import be_silent
from prove.worlds import memory_folder, sow_all

WORKERS = 2
KILLED = tuple(s for s in SCENES if s.name in ("push", "serve", "nightly", "resubscribe"))
# How many of each the short run takes.
STORES, SIGTERMS, CLOCKS = 120, 8, 8
SHIFTS_H = (-24.0, -1.0, 24.0)


@dataclass(frozen=True, slots=True)
class Told:
    """One case: its name with all that was seen, and what is wrong."""

    trace: str
    wrong: tuple[str, ...]


def run(seed: int, size: Size) -> Outcome:
    """A short run draws operations by their names, and a trouble for each; else all have all."""
    draw = Random(seed)  # noqa: S311 - repeatable on purpose
    be_silent()
    with memory_folder() as root:
        sow_all(root, disk_store.SCENES)
        sow_all(root / "killed", _made(root / "killed", KILLED))
        # Forked: what is imported and built here needs no import in a thousand processes.
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as workers:
            told = [
                *_store(workers.map, root, draw, size),
                *_files(workers.map, root, draw, size),
                *_killed(workers.map, root / "killed", draw, size),
            ]
    told += [
        Told(watch.name, tuple(disk_clock.wrong_nights(watch)))
        for watch in disk_clock.every_watch()
    ]
    failures = tuple(each for case in told for each in case.wrong)
    return Outcome(len(told), failures, digest(case.trace for case in told))


Map = Callable[..., Iterable]


def _made(folder: Path, scenes: Sequence) -> Sequence:
    folder.mkdir()
    return scenes


def _store(each: Map, root: Path, draw: Random, size: Size) -> Iterator[Told]:
    go = partial(disk_store.run_case, root)
    first = list(each(go, map(Case, disk_store.SCENES)))
    cases, seen = [], set()
    for told in first:
        every = disk_store.cases_at(told.names, told.case.scene)
        cases += every if size is Size.LONG else _one_by_name(every, told.names, seen, draw)
    if size is Size.SHORT:
        cases = draw.sample(cases, STORES)
    for told in chain(first, each(go, cases)):
        wrong = tuple(f"{told.title}: {what}" for what in told.wrong)
        yield Told(f"{told.title} {len(told.names)} {wrong}", wrong)


def _one_by_name(
    cases: Sequence[Case], names: Sequence[str], seen: set[str], draw: Random
) -> Iterator[Case]:
    """One drawn operation and one drawn trouble for every name that no scene before it has."""
    new = dict.fromkeys(name for name in names if name not in seen)
    seen |= new.keys()
    for name in new:
        yield draw.choice([case for case in cases if names[case.at or 0] == name])


def _files(each: Map, root: Path, draw: Random, size: Size) -> Iterator[Told]:
    seeded = disk_files.seeded_org()
    first = [disk_files.run_file_case(seeded, root, FileCase(act)) for act in disk_files.ACTS]
    troubles = list(Trouble)
    cases = [
        (told.case.act, trouble, at)
        for told in first
        for at in range(len(told.names))
        for trouble in (troubles if size is Size.LONG else [draw.choice(troubles)])
    ]
    shares = [cases[at::WORKERS] for at in range(WORKERS)]
    for told in chain(first, *each(partial(_file_runs, root), shares)):
        wrong = tuple(f"{told.title}: {what}" for what in told.wrong)
        yield Told(f"{told.title} {len(told.names)} {wrong}", wrong)


def _file_runs(root: Path, cases: Sequence[tuple[str, Trouble, int]]) -> list[disk_files.FileRun]:
    seeded = disk_files.seeded_org()
    return [disk_files.run_file_case(seeded, root, FileCase(*case)) for case in cases]


def _killed(each: Map, root: Path, draw: Random, size: Size) -> Iterator[Told]:
    """SIGTERM at points, and a clock that is another one after a kill."""
    go = partial(kill.run_case, root)
    first = list(each(go, map(kill.Case, KILLED)))
    points = [(told.case.scene, at) for told in first for at in range(len(told.act))]
    terms = points if size is Size.LONG else draw.sample(points, SIGTERMS)
    clocks = points if size is Size.LONG else draw.sample(points, CLOCKS)
    cases = [kill.Case(scene, at, by=signal.SIGTERM) for scene, at in terms]
    cases += [kill.Case(scene, at, later_h=draw.choice(SHIFTS_H)) for scene, at in clocks]
    for told in chain(first, each(go, cases)):
        wrong = tuple(f"{told.title}: {what}" for what in told.wrong)
        yield Told(f"{told.title} {told.act} {told.recovery} {wrong}", wrong)
