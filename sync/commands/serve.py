"""`optout sync serve`: take webhooks, drain beside them, show how it goes."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from deployer.commands.options import org_options
from deployer.errors import Exit
from deployer.extras import require_extra
from sync.desk import Ask, Desk, ledger_place, open_desk

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import TypeAlias

    from sync.serve.loop import Loop
    from sync.serve.metrics import Meters
    from sync.webhooks.door import Keyring

    MakeLoops: TypeAlias = Callable[[Desk, Meters], tuple[Loop, ...]]

# Longer than any commit takes, shorter than a sender waits for its answer.
INTAKE_WAIT_S = 5.0
HOUR_S = 3_600.0
# How long the drain's thread may keep the interpreter from the one that answers: a delivery hands
# it over some ten times, and Python's own 5 ms each would be most of what a sender waits.
SWITCH_S = 0.0005


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8470, show_default=True,
    help="The port to listen on; 0 takes a free one.",
)  # fmt: skip
@click.option(
    "--behind-tls-proxy", is_flag=True,
    help="Say that only a proxy that speaks TLS reaches --host.",
)  # fmt: skip
@click.option(
    "--no-drain", is_flag=True,
    help="Only take them, and call the workers (optout worker) that share the ledger.",
)  # fmt: skip
@org_options
def command(  # noqa: PLR0913 - what the command takes
    *, host: str, port: int, behind_tls_proxy: bool, no_drain: bool, org: str | None,
    config: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Take webhooks (POST /unsubscribes) and bring them to both sides until SIGTERM.

    Needs neither the org nor a login to take them. Shows / (status), /healthz, /readyz, /metrics.
    """
    from deployer.settings.key_places import read_secret
    from sync.serve.server import listen
    from sync.webhooks.door import open_keyring
    from sync.webhooks.senders import read_senders

    with open_desk(Ask(org, config, as_json)) as desk:
        senders = read_senders(desk.settings.file)
        keyring = open_keyring(senders, lambda place: read_secret(place, desk.settings.environ))
        make_loops = _call_loops if no_drain else _loops
        if no_drain:
            _refuse_alone(desk)
        with listen(host, port, behind_tls_proxy=behind_tls_proxy) as door:
            asyncio.run(_serve(desk, keyring, door, make_loops))
    return Exit.DONE


async def _serve(desk: Desk, keyring: Keyring, door: socket.socket, make_loops: MakeLoops) -> None:
    from sync.checks.gathering import read_facts
    from sync.ledger.ledger import open_ledger
    from sync.serve.app import Shown, make_app
    from sync.serve.inbox import Inbox
    from sync.serve.intake import Intake
    from sync.serve.metrics import make_meters
    from sync.serve.server import Ended, serve_until_told
    from sync.serve.throttle import Throttle

    sys.setswitchinterval(SWITCH_S)
    meters = make_meters()
    place = ledger_place(desk.settings, desk.sync, desk.org)
    own = open_ledger(place, desk.clock, INTAKE_WAIT_S)
    desk.opened.callback(own.close)
    loops = make_loops(desk, meters)
    inbox = Inbox(own, desk.sync.fields, loops[0].wake)
    intake = Intake(inbox, keyring, Throttle(), meters, desk.clock)
    app = make_app(intake, Shown(desk.org, lambda: read_facts(desk)))
    try:
        ended = await serve_until_told(app, door, loops, lambda: _announce(desk, door, keyring))
        if ended is Ended.CUT_SHORT:
            # A backlog or a night may take hours. What was claimed comes free for the next start,
            # and Python would wait for the thread otherwise.
            os._exit(Exit.DONE)
    finally:
        inbox.close()


def _loops(desk: Desk, meters: Meters) -> tuple[Loop, ...]:
    """Drain, night, alerts and tidying, a thread and sessions each: none waits for another."""
    from sync.commands.alerting import alerting
    from sync.serve.loop import Loop
    from sync.serve.rounds import NightRound, Sides, drain_round, forget_round

    drains, nights, ending = Sides(desk), Sides(desk), Event()
    desk.opened.callback(drains.forget)
    desk.opened.callback(nights.forget)
    rounds = (
        drain_round(drains, meters, lambda: secrets.token_hex(8), ending),
        NightRound(nights, lambda: secrets.token_hex(6)),
        alerting(desk),
    )
    hourly = Loop(forget_round(desk), every_s=HOUR_S)
    return (*(Loop(each, ending=ending) for each in rounds), hourly)


def _refuse_alone(desk: Desk) -> None:
    """Errors: UsageError where there can be no workers."""
    from sync.commands.worker import refuse_file

    require_extra("postgres", "calling workers")
    refuse_file(desk, "--no-drain", "leave it away, and this server drains by itself")


def _call_loops(desk: Desk, _meters: Meters) -> tuple[Loop, ...]:
    """Workers do the rest; without one, nothing is lost and nothing is applied."""
    from sync.serve.loop import Loop
    from sync.worker.calling import calling
    from sync.worker.queue import open_queue

    return (Loop(desk.opened.enter_context(calling(open_queue(desk.ledger)))),)


def _announce(desk: Desk, door: socket.socket, keyring: Keyring) -> None:
    import json

    host, port = door.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    names = sorted(keyring.senders)
    if desk.ask.as_json:
        click.echo(json.dumps({"url": url, "org": desk.org, "senders": names}))
        return
    said = ", ".join(names) or "nobody yet: add [sync.senders.NAME] to optout.toml"
    click.echo(f"{url}/ shows the status; deliveries go to {url}/unsubscribes", err=True)
    click.echo(f"senders: {said}", err=True)
