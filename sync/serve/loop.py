"""The drain loop: soon after something was taken, and every minute for what is to be tried again.

A thread does the work, a round at a time; whatever ends a round, the next one comes. Nothing is
lost when the process dies in between: what was taken is in the ledger, what was claimed comes free.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import structlog
from sqlalchemy.exc import SQLAlchemyError

from deployer.errors import OptoutError
from deployer.reporting.problems import to_error
from sync.serve.inbox import NotDurable

COALESCE_S = 1.0
EVERY_S = 60.0
Round = Callable[[], tuple[OptoutError, ...]]


@dataclass(slots=True)
class Told:
    """What went wrong last time, so that it is logged once and not every minute."""

    problems: tuple[tuple[str, str], ...] = ()

    def log(self, problems: tuple[OptoutError, ...]) -> None:
        """Log the problems when they are not those of the last round."""
        now = tuple(sorted({(p.org_code or p.code, p.message) for p in problems}))
        if now == self.problems:
            return
        self.problems = now
        logger = structlog.get_logger()
        for problem in problems:
            logger.warning(str(problem), next=problem.hint)
        if not problems:
            logger.info("it works again")


@dataclass(slots=True)
class Loop:
    """Runs `round` each time it is woken, and every `every_s`; belongs to one event loop.

    Each Loop has a thread of its own, so that a night of hours holds up no drain. `ending` is set
    by `stop`: a round that looks at it can end early. `rests_since` is when the last round ended,
    by the event loop's clock.
    """

    round: Round
    coalesce_s: float = COALESCE_S
    every_s: float = EVERY_S
    told: Told = field(default_factory=Told)
    ending: Event = field(default_factory=Event)
    rests_since: float | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Something new was taken."""
        self._woken.set()

    def stop(self) -> None:
        """Begin no other round."""
        self.ending.set()
        self._woken.set()

    async def run(self) -> None:
        """Go round until stopped; the round under way is finished."""
        with ThreadPoolExecutor(1, thread_name_prefix="drain") as thread:
            while not self.ending.is_set():
                self._woken.clear()
                await carry_out(self.round, thread, self.told)
                self.rests_since = asyncio.get_running_loop().time()
                await self._pause(self.rests_since + self.coalesce_s)

    async def _pause(self, at_least_until: float) -> None:
        """A stream is brought in lots that way, and what comes after a rest at once."""
        try:
            await asyncio.wait_for(self._woken.wait(), self.every_s)
        except TimeoutError:
            return
        if not self.ending.is_set():
            await asyncio.sleep(max(0.0, at_least_until - asyncio.get_running_loop().time()))


async def carry_out(go: Round, thread: Executor, told: Told) -> None:
    """One round in this thread; what went wrong is logged and raises nothing."""
    work = asyncio.get_running_loop().run_in_executor(thread, go)
    await asyncio.wait([work])
    told.log(_problems(work))


def _problems(work: asyncio.Future[tuple[OptoutError, ...]]) -> tuple[OptoutError, ...]:
    """What a round reports; one that broke off is told and does not end the loop."""
    broken = work.exception()
    if broken is None:
        return work.result()
    if isinstance(broken, OptoutError):
        return (broken,)
    if isinstance(broken, SQLAlchemyError):
        return (NotDurable(),)
    if isinstance(broken, Exception):
        return (to_error(broken),)
    raise broken
