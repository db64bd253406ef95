"""Stages of a run: each is a process of its own that works on the same files, at a later time."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import stamina
import structlog
from org_clock import START, OrgClock
from prove.points import Points, watch, watched
from sync_house import House
from walk import StepClock

from practice_org.app import open_practice_org
from practice_org.wire import Request, Response
from sync.ledger.ledger import open_ledger
from sync.people.sql import open_embedded

# Longer than any stage works on a slow machine: one that hangs has failed.
PATIENCE_S = 120
# The real one: what a test notes for itself is no point of the product's.
_FSYNC = os.fsync


@dataclass(frozen=True, slots=True)
class Stage:
    """A process of a run: `number` makes its random words its own, `hours` is when it begins."""

    number: int
    hours: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How a stage ended: the signal that ended it (0 for none), or what it raised ("" for none)."""

    signal: int
    error: str

    @property
    def well(self) -> bool:
        """Whether it came to its end."""
        return not self.signal and not self.error


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one run: org, ledger, people, and what the test noted beside them."""

    path: Path

    def note(self, name: str, line: object) -> None:
        """Append a line of JSON; it outlives this process."""
        handle = os.open(self.path / f"{name}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, json.dumps(line).encode() + b"\n")
        _FSYNC(handle)
        os.close(handle)

    def noted(self, name: str) -> list:
        """Every line of that name, in order."""
        file = self.path / f"{name}.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@dataclass
class WatchedHouse(House):
    """A house whose calls to the org are points."""

    points: Points = None

    def answer(self, asked: Request) -> Response:
        return watched(super().answer, self.points)(asked)


@contextmanager
def open_house(place: Place, stage: Stage, points: Points) -> Iterator[WatchedHouse]:
    """The run's files, opened as this stage's own."""
    clock = OrgClock()
    clock.at = START + timedelta(hours=stage.hours)
    org = open_practice_org(place.path / "org.sqlite", clock, seed=stage.number)
    step = StepClock(clock)
    ledger = open_ledger(place.path / "ledger.sqlite", step)
    people = open_embedded(place.path / "people.sqlite", step)
    own = count(stage.number * 1_000)
    with stamina.set_testing(True, attempts=2, cap=True):
        yield WatchedHouse(ledger, people, org, step, own, points=points)
    people.close()
    ledger.close()
    org.db.close()


def run_stage(place: Place, stage: Stage, work: Callable[[Points], None], at: int | None) -> Ended:
    """Run `work` in a process of its own, which kills itself at the point of that number.

    The names of the points it passed are noted as trace-NUMBER.
    """

    def child() -> None:
        points = Points(
            lambda name: place.note(f"trace-{stage.number}", name), at,
            lambda: os.kill(os.getpid(), signal.SIGKILL),
        )  # fmt: skip
        watch(points)
        work(points)

    return wait_for(start(child, place.path / f"error-{stage.number}.txt"))


def be_silent() -> None:
    """Let the product log nothing: thousands of runs would fill a disk."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def start(work: Callable[[], None], errors: Path) -> tuple[int, Path]:
    """Begin a process of its own; what it raises goes into the file."""
    pid = os.fork()
    if pid:
        return pid, errors
    code = 1
    try:
        signal.alarm(PATIENCE_S)
        work()
        code = 0
    finally:
        if code:
            errors.write_text("".join(traceback.format_exception(*sys.exc_info())))
        os._exit(code)


def wait_for(started: tuple[int, Path]) -> Ended:
    """How the process ended."""
    pid, errors = started
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return Ended(os.WTERMSIG(status), "")
    if os.WEXITSTATUS(status):
        return Ended(0, errors.read_text().strip().splitlines()[-1])
    return Ended(0, "")
