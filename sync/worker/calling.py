"""How a server calls the workers: soon after something was taken, many at once being one call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from psycopg import Error as PsycopgError

from deployer.errors import OptoutError
from sync.serve.loop import Round
from sync.worker.queue import Queue
from sync.worker.shift import QueueAway, hush
from sync.worker.tasks import Kind, call_now, make_app


@contextmanager
def calling(queue: Queue) -> Iterator[Round]:
    """A round that asks for a drain. One that fails loses nothing: workers look every minute."""
    hush()
    app = make_app(SyncPsycopgConnector(kwargs=dict(queue.connecting), min_size=1, max_size=2), {})

    def work() -> tuple[OptoutError, ...]:
        try:
            call_now(app, Kind.DRAIN)
        except (ProcrastinateException, PsycopgError) as away:
            raise QueueAway from away
        return ()

    with app.open():
        yield work
