"""`optout worker`: drain and run nights beside others, over one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from deployer.commands.options import org_options
from deployer.errors import Exit, OptoutError, UsageError
from deployer.extras import require_extra

if TYPE_CHECKING:
    from sync.desk import Desk
    from sync.worker.rounds import Log
    from sync.worker.shift import Shift


@click.command("worker")
@org_options
def command(*, org: str | None, config: Path | None, as_json: bool) -> int:
    """Bring opt-outs to both sides and run the night that is owed, until SIGTERM.

    Any number of workers, on any number of machines, share a ledger in PostgreSQL; beside them,
    optout sync serve --no-drain takes webhooks. A worker that dies is replaced by the others.
    """
    require_extra("sync", "a worker")
    require_extra("postgres", "a worker")
    from sync.desk import Ask, open_desk

    with open_desk(Ask(org, config, as_json)) as desk:
        refuse_file(desk, "a worker", "optout sync serve drains it by itself")
        asyncio.run(_work(desk))
    return Exit.DONE


def refuse_file(desk: Desk, who: str, instead: str) -> None:
    """Errors: UsageError when the ledger is a file, which only one machine has."""
    from sync.desk import ledger_place

    if isinstance(ledger_place(desk.settings, desk.sync, desk.org), Path):
        raise UsageError(
            f"{who} needs a ledger in PostgreSQL, and this one is a file of this machine",
            where=desk.ledger.place,
            hint=f"{instead}; for many machines: "
            "optout sync move --to postgresql+psycopg://USER@HOST/DATABASE --by NAME",
        )


async def _work(desk: Desk) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from sync.serve.server import Ended
    from sync.worker.rounds import Log

    log = Log(desk.ledger, lambda line: None if desk.ask.as_json else click.echo(line, err=True))
    shift = _shift(desk, log)
    _announce(desk, log)
    if await shift.work() is Ended.CUT_SHORT:
        # What it has in hand may still be on its way to the org, so nobody else may have it before
        # its time; and Python would wait for the thread.
        os._exit(Exit.DONE)
    with suppress(SQLAlchemyError, OptoutError):  # else it is missed for a day, and forgotten
        log.ended()


def _shift(desk: Desk, log: Log) -> Shift:
    """What this worker can do, each kind with sessions of its own."""
    from sync.commands.alerting import alerting
    from sync.serve.loop import Loop, Round
    from sync.serve.rounds import NightRound, Sides
    from sync.worker.queue import open_queue
    from sync.worker.rounds import HEARD_EVERY_S, tidy_round, worker_round
    from sync.worker.shift import Shift
    from sync.worker.tasks import Kind

    drains, nights, ending = Sides(desk), Sides(desk), Event()
    desk.opened.callback(drains.forget)
    desk.opened.callback(nights.forget)
    rounds: dict[Kind, Round] = {
        Kind.DRAIN: worker_round(drains, log, ending),
        Kind.TICK: NightRound(nights, lambda: secrets.token_hex(6)),
        Kind.ALERTS: alerting(desk),
        Kind.TIDY: tidy_round(desk),
    }
    heard = Loop(log.heard, every_s=HEARD_EVERY_S)
    return Shift(desk.ledger, open_queue(desk.ledger), rounds, heard, ending)


def _announce(desk: Desk, log: Log) -> None:
    import json

    name, place = log.mine.name, desk.ledger.place
    if desk.ask.as_json:
        click.echo(json.dumps({"worker": name, "org": desk.org, "ledger": place}))
        return
    click.echo(f"worker {name} for {desk.org}; ledger {place}; Ctrl-C ends it", err=True)
