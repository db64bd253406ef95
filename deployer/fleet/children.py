"""The processes: one for each org, so many at a time, none of which outlives the fleet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

from deployer.clock import Clock
from deployer.fleet.outcomes import End, Ended

# -P: a file of the current folder, as sync.py, must not be taken for ours. What a shell begins in
# the background ignores SIGINT, and so would its children: by it we stop them.
_CODE = """import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from deployer.cli import main
main()"""
COMMAND = (sys.executable, "-P", "-c", _CODE)
LOOK_S = 0.05
GRACE_S = 30.0
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Job:
    """One org and the words behind `optout`; no secret is among them."""

    org: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many children at a time, how long each may take, and how long to heed being stopped."""

    parallel: int
    deadline_s: float
    grace_s: float = GRACE_S


@dataclass(slots=True)
class Stop:
    """How often this process was asked to stop: once asks the children, twice kills them."""

    asked: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the fleet is: who just ended, if anybody, who is at work, how many have ended."""

    over: Ended | None
    running: tuple[str, ...]
    ended: int
    stopping: bool


Tell = Callable[[Standing], None]


@contextmanager
def heeding_signals() -> Iterator[Stop]:
    """Ctrl-C and its like are counted during the block, and nothing else comes of them.

    What this process was begun to ignore, as under nohup, it goes on to ignore.
    """
    stop = Stop()

    def count(_number: int, _frame: FrameType | None) -> None:
        stop.asked += 1

    heeded = [each for each in _STOPS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {number: signal.signal(number, count) for number in heeded}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class Room:
    """What a fleet is run with: limits, a clock, who may ask to stop, and who is told."""

    limits: Limits
    clock: Clock
    stop: Stop
    tell: Tell


def run_children(jobs: Sequence[Job], room: Room) -> list[Ended]:
    """Run every job, and say what is left of each, in the order in which they ended.

    One child's end never ends another. Once asked to stop, no other is begun, and those that run
    are sent SIGINT, as Ctrl-C is; who does not heed that in time is killed.
    """
    fleet = _Fleet(room, deque(jobs))
    with ExitStack() as until_the_end:
        until_the_end.callback(fleet.kill)
        while fleet.waiting or fleet.running:
            if room.stop.asked:
                fleet.begin_no_more()
            fleet.begin()
            if not fleet.gather():
                room.clock.sleep(LOOK_S)
    return fleet.ended


@dataclass(slots=True)
class _Fleet:
    """Jobs that wait, children at work, and what is left of those that ended."""

    room: Room
    waiting: deque[Job]
    running: list[_Child] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)

    def begin(self) -> None:
        """Begin as many as may be at work."""
        while self.waiting and len(self.running) < self.room.limits.parallel:
            job = self.waiting.popleft()
            try:
                self.running.append(_start(job, self.room.clock.monotonic_s()))
            except OSError as refused:
                why = (refused.strerror or "").encode()
                self._over(Ended(job.org, End.NOT_STARTED, err=why))
            else:
                self._tell(None)

    def begin_no_more(self) -> None:
        """Leave out the orgs whose turn it never was."""
        while self.waiting:
            self._over(Ended(self.waiting.popleft().org, End.NOT_BEGUN))

    def gather(self) -> bool:
        """Take what is left of the children that have ended; False for none."""
        now, room = self.room.clock.monotonic_s(), self.room
        over = [child for child in self.running if child.is_over(now, room.limits, room.stop)]
        for child in over:
            self.running.remove(child)
            self._over(child.to_ended(now))
        return bool(over)

    def kill(self) -> None:
        """Leave none at work, however the fleet ends."""
        for child in self.running:
            child.kill()
            child.out.close()
            child.err.close()

    def _over(self, ended: Ended) -> None:
        self.ended.append(ended)
        self._tell(ended)

    def _tell(self, over: Ended | None) -> None:
        running = tuple(child.org for child in self.running)
        stopping = bool(self.room.stop.asked)
        self.room.tell(Standing(over, running, len(self.ended), stopping))


def _start(job: Job, now: float) -> _Child:
    """Begin a child, in a session of its own: Ctrl-C reaches us alone, and we pass it on.

    Errors: OSError where the machine has no room for another process.
    """
    with ExitStack() as unless_begun:
        out = unless_begun.enter_context(tempfile.TemporaryFile())
        err = unless_begun.enter_context(tempfile.TemporaryFile())
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and package, no shell
            [*COMMAND, *job.words],
            stdin=subprocess.DEVNULL,  # nobody is there to be asked
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        unless_begun.pop_all()
    return _Child(job.org, process, out, err, began=now)


@dataclass(slots=True, eq=False)
class _Child:
    """One org at work; times are the clock's own seconds."""

    org: str
    process: subprocess.Popen[bytes]
    out: IO[bytes]
    err: IO[bytes]
    began: float
    end: End = End.ITSELF
    asked_at: float | None = None

    def is_over(self, now: float, limits: Limits, stop: Stop) -> bool:
        """Whether it has ended; one that should have is told so."""
        if self.process.poll() is not None:
            return True
        if self.asked_at is not None:
            if stop.asked > 1 or now - self.asked_at >= limits.grace_s:
                self.kill()
        elif stop.asked or now - self.began >= limits.deadline_s:
            self.end = End.STOPPED if stop.asked else End.TOO_LONG
            self.asked_at = now
            self.process.send_signal(signal.SIGINT)
        return False

    def kill(self) -> None:
        """Kill it and whatever it started; nothing where it has ended."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def to_ended(self, now: float) -> Ended:
        """What it left; its files are gone afterwards."""
        out, err = _emptied(self.out), _emptied(self.err)
        return Ended(self.org, self.end, self.process.returncode, out, err, now - self.began)


def _emptied(file: IO[bytes]) -> bytes:
    """All that a child wrote; the file has no name, and is gone when it is closed."""
    with file:
        file.seek(0)
        return file.read()
