"""Work in forks, a few at a time: a mutant survives when its fork ends in SURVIVED."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator

SIDE_BY_SIDE = 2
SURVIVED, KILLED = 0, 1
# At work: other programs on the machine make no difference to that.
CPU_S = 30
WAIT_S = 300


def survivors_of(jobs: Iterable[tuple[str, Callable[[], int]]]) -> Iterator[str]:
    """The names of those whose work ends in SURVIVED; so many at a time as there are cores."""
    running: dict[int, str] = {}
    for name, work in jobs:
        running[fork(work)] = name
        if len(running) == SIDE_BY_SIDE:
            yield from _ended(running)
    while running:
        yield from _ended(running)


def _ended(running: dict[int, str]) -> Iterator[str]:
    pid, status = os.waitpid(-1, 0)
    name = running.pop(pid, None)
    if name is not None and status == SURVIVED:
        yield name


def fork(work: Callable[[], int], cpu_s: int = CPU_S) -> int:
    """Begin `work` in a process of its own, whose end it decides; at its limit it is ended."""
    pid = os.fork()
    if pid:
        return pid
    with contextlib.suppress(BaseException):  # an error in here is a mutant that was seen
        signal.alarm(WAIT_S)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, resource.RLIM_INFINITY))
        os._exit(work())
    os._exit(KILLED)
