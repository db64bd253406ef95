"""What the queue calls, how often, and who takes over what a dead worker had in hand.

Of each kind of work one call waits at most (a queueing lock), however many workers and servers
ask for it; of all but drains one is under way at most (a lock).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import TypeAlias

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, JobDeferrer, Status

SILENT_S = 30.0
"""Who has not been heard by the queue for so long is dead: others get its calls."""


class Kind(StrEnum):
    """Each kind of work is a task, in a queue of its name."""

    DRAIN = "drain"
    TICK = "tick"  # the night, when it is owed
    ALERTS = "alerts"
    TIDY = "tidy"


CRON: Mapping[Kind, str] = {
    Kind.DRAIN: "* * * * *",
    Kind.TICK: "* * * * *",
    Kind.ALERTS: "* * * * *",
    Kind.TIDY: "17 * * * *",
}
TAKE_OVER = "take-over"
TAKE_OVER_CRON = "* * * * * */20"  # the sixth field is seconds
# What a worker does beside drains, one of each at a time.
BESIDE = (Kind.TICK, Kind.ALERTS, Kind.TIDY)
Work: TypeAlias = Callable[[App], Awaitable[None]]


def make_app(connector: BaseConnector, work: Mapping[Kind, Work]) -> App:
    """An app whose tasks do this work."""
    app = App(connector=connector)
    for kind, doing in work.items():
        _add_task(app, kind, doing)

    @app.periodic(cron=TAKE_OVER_CRON)
    @app.task(name=TAKE_OVER, queue=TAKE_OVER, queueing_lock=TAKE_OVER, lock=TAKE_OVER)
    async def take_over(timestamp: int) -> None:
        del timestamp
        await take_over_from_dead(app)

    return app


def _add_task(app: App, kind: Kind, doing: Work) -> None:
    @app.periodic(cron=CRON[kind])
    @app.task(name=kind.value, queue=kind.value, queueing_lock=kind.value, lock=_lock(kind))
    async def task(timestamp: int = 0) -> None:
        del timestamp
        await doing(app)


def _lock(kind: Kind) -> str | None:
    # Drains take whole persons each, so any number may be under way.
    return None if kind is Kind.DRAIN else kind.value


async def take_over_from_dead(app: App) -> None:
    """Call anew for what workers had in hand that are heard no more. Errors: as `call`."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S):
        await _give_anew(app, job)


async def _give_anew(app: App, job: Job) -> None:
    """The documented way sets the job back to wait, which fails while another of its kind waits."""
    with suppress(ConnectorException):  # another worker was quicker
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
    if job.task_name in set(Kind):
        await call(app, Kind(job.task_name))


async def call(app: App, kind: Kind) -> None:
    """Ask for this work once more, unless that has been asked for and not begun.

    Errors: ConnectorException when the database is away.
    """
    with suppress(AlreadyEnqueued):
        await _configured(app, kind).defer_async()


def call_now(app: App, kind: Kind) -> None:
    """As `call`, from a thread, of an app that is open for threads."""
    with suppress(AlreadyEnqueued):
        _configured(app, kind).defer()


def _configured(app: App, kind: Kind) -> JobDeferrer:
    name = kind.value
    return app.configure_task(name, queue=name, queueing_lock=name, lock=_lock(kind))
