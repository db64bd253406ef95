"""Listening: loopback unless told otherwise, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from enum import Enum

import uvicorn
from starlette.types import ASGIApp

from deployer.errors import TryLater, UsageError
from sync.serve.loop import Loop

# Less than the ten seconds that a container is given to end.
GRACE_S = 8.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ended(Enum):
    """Whether the rounds under way were through when the server ended."""

    FINISHED = "finished"
    CUT_SHORT = "cut short"


def listen(host: str, port: int, *, behind_tls_proxy: bool) -> socket.socket:
    """Open the door; port 0 takes a free one.

    Errors: UsageError for an address that others can reach without `behind_tls_proxy`; TryLater
    when the port is taken.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError as wrong:
        raise UsageError(
            f"{host!r} is no address", where="--host", hint="write an IP address, like 127.0.0.1"
        ) from wrong
    if not address.is_loopback and not behind_tls_proxy:
        raise UsageError(
            "others could reach this address, and what is served is not encrypted: names and "
            "secret headers would be readable on the way",
            where="--host",
            hint="put a proxy that speaks TLS in front and add --behind-tls-proxy, or leave "
            "--host away",
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as taken:
        raise TryLater(
            f"cannot listen on {host} port {port}: {taken.strerror}",
            where="--port",
            hint="end what listens there, or name another port",
        ) from taken


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals to us: the loop beside it has to end cleanly too."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_until_told(
    app: ASGIApp, door: socket.socket, loops: Sequence[Loop], ready: Callable[[], None]
) -> Ended:
    """Answer and go round until SIGTERM or SIGINT; the rounds under way have a while to finish.

    A second signal ends the process at once, which loses nothing: see `loop`.
    """
    server = _Server(_config(app))

    def stop() -> None:
        server.should_exit = True
        for each in loops:
            each.stop()
        for number in _SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)

    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    going = [asyncio.create_task(each.run()) for each in loops]
    ready()
    await server.serve([door])
    _, unfinished = await asyncio.wait(going, timeout=GRACE_S)
    return Ended.CUT_SHORT if unfinished else Ended.FINISHED


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        # What goes wrong is told by the application; uvicorn would print it with a traceback.
        log_level="critical",
        access_log=False,
        server_header=False,
        # Whatever a client writes into X-Forwarded-For is not where it comes from.
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
