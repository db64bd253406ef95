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
from sync.desk import Ask, Desk, ledger_place, open_desk

if TYPE_CHECKING:
    import socket

    from sync.serve.loop import Loop, Round
    from sync.serve.metrics import Meters
    from sync.webhooks.door import Keyring

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
@org_options
def command(  # noqa: PLR0913 - what the command takes
    *, host: str, port: int, behind_tls_proxy: bool, org: str | None, config: Path | None,
    as_json: bool,
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
        with listen(host, port, behind_tls_proxy=behind_tls_proxy) as door:
            asyncio.run(_serve(desk, keyring, door))
    return Exit.DONE


async def _serve(desk: Desk, keyring: Keyring, door: socket.socket) -> None:
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
    loops = _loops(desk, meters)
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
    from sync.serve.loop import Loop
    from sync.serve.rounds import NightRound, Sides, drain_round, forget_round

    drains, nights, ending = Sides(desk), Sides(desk), Event()
    desk.opened.callback(drains.forget)
    desk.opened.callback(nights.forget)
    rounds = (
        drain_round(drains, meters, lambda: secrets.token_hex(8), ending),
        NightRound(nights, lambda: secrets.token_hex(6)),
        _alerts(desk),
    )
    hourly = Loop(forget_round(desk), every_s=HOUR_S)
    return (*(Loop(each, ending=ending) for each in rounds), hourly)


def _alerts(desk: Desk) -> Round:
    import requests

    from sync.checks.gathering import read_facts
    from sync.serve.rounds import alert_round
    from sync.serve.sending import read_outlets, run_command, send_alerts

    outlets = read_outlets(desk.settings.file)
    session = desk.opened.enter_context(requests.Session())
    session.trust_env = False
    return alert_round(
        desk,
        lambda: read_facts(desk),
        lambda found: send_alerts(outlets, found, run_command, session),
    )


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
