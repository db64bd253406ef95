"""A worker from its start to SIGTERM: answers the queue's calls, and outlives the database's rests.

Two of the queue's workers are in one process: one drains, the other does what is beside that, so
that a night of hours holds up no drain.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from psycopg import Error as PsycopgError

from deployer.errors import TryLater
from sync.ledger.ledger import Ledger
from sync.serve.loop import Loop, Round, Told, carry_out
from sync.serve.server import Ended
from sync.worker.queue import Queue
from sync.worker.rounds import is_much
from sync.worker.tasks import BESIDE, SILENT_S, TAKE_OVER, Kind, Work, call, make_app

# A lot's call to an org is through by then, as a rule; what is not comes free by itself.
GRACE_S = 25.0
AGAIN_S = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class QueueAway(TryLater):
    """The queue cannot be asked; that says nothing of the ledger, which is asked apart."""

    code = "queue-away"

    def __init__(self) -> None:
        super().__init__(
            "the workers' queue cannot be reached, so nothing new is begun here",
            where="ledger_url",
            hint="see that the database is up and reachable; it is tried again every few seconds",
        )


@dataclass(slots=True)
class Shift:
    """One worker: `rounds` are what it can do, `heard` runs beside them.

    `ending` is set at SIGTERM; a round that looks at it can end early.
    """

    ledger: Ledger
    queue: Queue
    rounds: Mapping[Kind, Round]
    heard: Loop
    ending: Event
    _told: Told = field(default_factory=Told)

    async def work(self) -> Ended:
        """Answer calls until SIGTERM or SIGINT; what is under way then has a while to finish.

        Errors: QueueAway when it cannot begin.
        """
        hush()
        asyncio.get_running_loop().set_exception_handler(_note)
        app = make_app(_connector(self.queue), {kind: self._duty(kind) for kind in self.rounds})
        try:
            await app.open_async()
        except (ProcrastinateException, PsycopgError) as away:
            raise QueueAway from away
        beside = [*(kind.value for kind in BESIDE), TAKE_OVER]
        answering = [
            asyncio.create_task(self._answer(app, queues))
            for queues in ([Kind.DRAIN.value], beside)
        ]
        hearing = asyncio.create_task(self.heard.run())
        await _told_to_end()
        self.ending.set()
        self.heard.stop()
        for each in answering:
            each.cancel()  # which ends it in order, once its calls are through
        _, unfinished = await asyncio.wait([*answering, hearing], timeout=GRACE_S)
        if unfinished:
            return Ended.CUT_SHORT
        await app.close_async()
        return Ended.FINISHED

    async def _answer(self, app: App, queues: Sequence[str]) -> None:
        """Answer what these queues call for; it ends by itself only when the database is away."""
        while True:
            try:
                await app.run_worker_async(
                    queues=queues, concurrency=len(queues), install_signal_handlers=False,
                    delete_jobs="always", stalled_worker_timeout=SILENT_S,
                )  # fmt: skip
            except (ProcrastinateException, PsycopgError, OSError) as away:
                structlog.get_logger().debug("the queue is away", why=type(away).__name__)
            self._told.log((QueueAway(),))
            await asyncio.sleep(AGAIN_S)

    def _duty(self, kind: Kind) -> Work:
        thread = ThreadPoolExecutor(1, thread_name_prefix=kind.value)
        told, go = Told(), self.rounds[kind]

        async def work(app: App) -> None:
            self._told.log(())  # whoever is called is not cut off
            if kind is Kind.DRAIN and await asyncio.to_thread(is_much, self.ledger):
                await call(app, kind)
            await carry_out(go, thread, told)

        return work


async def _told_to_end() -> None:
    """Until the first SIGTERM or SIGINT; a second one ends the process, which loses nothing."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, told.set)
    await told.wait()
    for number in _SIGNALS:
        loop.remove_signal_handler(number)


def _note(_loop: asyncio.AbstractEventLoop, what: dict[str, object]) -> None:
    """Such as a call that could not be told through because the database went away meanwhile."""
    structlog.get_logger().debug(str(what.get("message")), of=type(what.get("exception")).__name__)


def _connector(queue: Queue) -> PsycopgConnector:
    return PsycopgConnector(kwargs=dict(queue.connecting), min_size=1, max_size=4)


def hush() -> None:
    """The engine's own log has tracebacks and addresses; what matters of it is told here."""
    for name in ("procrastinate", "psycopg"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
