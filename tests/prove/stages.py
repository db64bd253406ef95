"""Stages of a run: each is a process of its own that works on the same files, at a later time."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
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
from prove.stores import open_stores
from sync_house import House
from walk import StepClock

from deployer.state import Hold, wait_to_hold
from practice_org.app import open_practice_org
from practice_org.wire import Request, Response

# Longer than any stage works on a slow machine: one that hangs has failed.
PATIENCE_S = 120
# While one thread of a process is in the org, no other ends or stops the process: the org is not
# its own.
_IN_ORG = threading.Lock()


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
    ledger: str = "ledger.sqlite"

    def note(self, name: str, line: object) -> None:
        """Append a line of JSON; the kernel has it when this returns, whoever is killed then."""
        handle = os.open(self.path / f"{name}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, json.dumps(line).encode() + b"\n")
        os.close(handle)

    def noted(self, name: str) -> list:
        """Every line of that name, in order."""
        file = self.path / f"{name}.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@dataclass
class WatchedHouse(House):
    """A house whose calls to the org are points; the org carries out one at a time."""

    points: Points = None
    turn: Path = None

    def answer(self, asked: Request) -> Response:
        return watched(self._in_turn, self.points)(asked)

    def _in_turn(self, asked: Request) -> Response:
        with _IN_ORG, wait_to_hold(self.turn, Hold.ALONE):
            return super().answer(asked)


@contextmanager
def open_house(
    place: Place, stage: Stage, points: Points, clock: OrgClock | None = None
) -> Iterator[WatchedHouse]:
    """The run's files, opened as this stage's own; `clock` when others share it."""
    if clock is None:
        clock = OrgClock()
        clock.at = START + timedelta(hours=stage.hours)
    turn = place.path / "turn"
    with _IN_ORG, wait_to_hold(turn, Hold.ALONE):  # opening writes, as a call does
        org = open_practice_org(place.path / "org.sqlite", clock, seed=stage.number)
    step = StepClock(clock)
    ledger, people = open_stores(place.path, place.ledger, step)
    own = count(stage.number * 1_000)
    with stamina.set_testing(True, attempts=2, cap=True):
        yield WatchedHouse(
            ledger, people, org, step, own, folder=place.path, points=points, turn=turn
        )
    people.close()
    ledger.close()
    org.db.close()


@dataclass(frozen=True, slots=True)
class Blow:
    """The signal that a process sends itself at its point of that number; None: at none."""

    at: int | None = None
    signal: int = signal.SIGKILL

    def strike(self) -> None:
        """Send it, to this very thread: the kernel may let it run on when another one takes it.

        Then it would leave the org to a third one, which the stop finds holding the org's lock.
        """
        with _IN_ORG:
            signal.pthread_kill(threading.get_ident(), self.signal)


def begin_stage(place: Place, stage: Stage, work: Callable[[Points], None], blow: Blow) -> Started:
    """Begin `work` in a process of its own; the points it passes are noted as trace-NUMBER."""

    def child() -> None:
        points = Points(
            lambda name: place.note(f"trace-{stage.number}", name), blow.at, blow.strike
        )
        watch(points)
        work(points)

    return start(child, place.path / f"error-{stage.number}.txt")


def run_stage(place: Place, stage: Stage, work: Callable[[Points], None], blow: Blow) -> Ended:
    """As `begin_stage`, to the end."""
    return wait_for(begin_stage(place, stage, work, blow))


def be_silent() -> None:
    """Let the product log nothing: thousands of runs would fill a disk."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@dataclass(frozen=True, slots=True)
class Started:
    """A process that was begun; what it raises is in the file."""

    pid: int
    errors: Path

    def is_stopped(self) -> bool:
        """Wait until it stops itself, or ends; whether it has stopped."""
        told = os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        return told.si_code == os.CLD_STOPPED

    def go_on(self) -> None:
        """Let it go on after it stopped itself."""
        os.kill(self.pid, signal.SIGCONT)


def start(work: Callable[[], None], errors: Path) -> Started:
    """Begin a process of its own."""
    pid = os.fork()
    if pid:
        return Started(pid, errors)
    code = 1
    try:
        signal.alarm(PATIENCE_S)
        work()
        code = 0
    finally:
        if code:
            errors.write_text("".join(traceback.format_exception(*sys.exc_info())))
        os._exit(code)


def wait_for(started: Started) -> Ended:
    """How the process ended."""
    _, status = os.waitpid(started.pid, 0)
    if os.WIFSIGNALED(status):
        return Ended(os.WTERMSIG(status), "")
    if os.WEXITSTATUS(status):
        return Ended(0, started.errors.read_text().strip().splitlines()[-1])
    return Ended(0, "")
