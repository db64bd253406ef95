"""HTTP and HTTPS on loopback around app.handle; one request at a time touches the org."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import parse_qsl

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp, Receive, Scope, Send

from practice_org.certificates import Certificates
from practice_org.delivery import Closable, Wire, deliver
from practice_org.tunnel import tunnelling
from practice_org.wire import Request, Response

_IN_MEMORY = 1_000_000
# Longer than any client's pause between polls, so that none meets a connection being closed.
_KEEP_ALIVE_S = 75


@dataclass(frozen=True, slots=True)
class Doors:
    """The two listening sockets: clients based on simple-salesforce speak https only."""

    http: socket.socket
    https: socket.socket

    @property
    def http_url(self) -> str:
        """http://localhost:PORT."""
        return f"http://localhost:{self.http.getsockname()[1]}"

    @property
    def https_url(self) -> str:
        """https://localhost:PORT."""
        return f"https://localhost:{self.https.getsockname()[1]}"


@dataclass(frozen=True, slots=True)
class Listening:
    """Open doors, and what the https one shows."""

    doors: Doors
    certificates: Certificates


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Listen on this machine only; port 0 takes a free one.

    Errors: ValueError for an address that others could reach; OSError when the port is taken.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"the practice org listens on loopback only, not on {host}")
    door = socket.create_server((host, port))
    # Accepted sockets inherit it. Without it each answer waits 40 ms for a delayed ACK.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door


def serve(
    answer: Callable[[Request], Response],
    doors: Doors,
    certificates: Certificates,
    *,
    ready: Callable[[], None],
) -> None:
    """Answer requests until SIGTERM or SIGINT; `ready` runs once both doors are open."""
    app = asgi_app(answer)

    async def until_told() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await serve_until(stop, app, Listening(doors, certificates), ready)

    asyncio.run(until_told())


def stop_when_stdin_closes() -> None:
    """Send this process SIGTERM once stdin is at its end: a killed parent leaves no orphan."""

    def wait_for_the_end() -> None:
        # os.read instead of sys.stdin: its lock would be held at the interpreter's end.
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


def asgi_app(answer: Callable[[Request], Response]) -> ASGIApp:
    """A synchronous `answer` as an ASGI application; its one thread is the org's lock."""
    one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="org")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope, receive)
        try:
            request = to_request(http, await _body(http))
        except ClientDisconnect:
            return  # who hangs up in the middle of a request waits for no answer
        loop = asyncio.get_running_loop()
        answered = await loop.run_in_executor(one_at_a_time, answer, request)

        async def piece() -> bytes:
            return await loop.run_in_executor(one_at_a_time, next, answered.more, b"")

        await deliver(answered, Wire(scope, receive, send), piece)

    return application


async def _body(http: HttpRequest) -> bytes:
    """The whole body; a large one is gathered on disk, so that memory holds it once, not twice."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as gathered:
        async for chunk in http.stream():
            gathered.write(chunk)
        gathered.seek(0)
        return gathered.read()


def to_request(http: HttpRequest, body: bytes) -> Request:
    """Take the transport off: decoded path, last value of each query name, lower-case headers."""
    host = http.headers.get("host", "localhost")
    return Request(
        method=http.method,
        path=http.scope["path"],
        query=dict(parse_qsl(http.url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in http.headers.items()},
        body=body,
        origin=f"{http.scope['scheme']}://{host}",
    )


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals to us: two servers share one process and one clean end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.opened = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.opened.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_until(
    stop: asyncio.Event, app: ASGIApp, listening: Listening, ready: Callable[[], None]
) -> None:
    """Serve both doors until `stop` is set, then finish what is under way."""
    doors = listening.doors
    behind = _config(app, listening.certificates)
    plain = _Server(_config(app, http=tunnelling(behind, listening.certificates.context())))
    secure = _Server(behind)
    async with asyncio.TaskGroup() as running:
        running.create_task(plain.serve([doors.http]))
        running.create_task(secure.serve([doors.https]))
        for server in (plain, secure):
            await server.opened.wait()
        ready()
        await stop.wait()
        for server in (plain, secure):
            server.should_exit = True


def _config(
    app: ASGIApp,
    certificates: Certificates | None = None,
    *,
    http: type[asyncio.Protocol] = Closable,
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=http,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
        ssl_certfile=certificates.leaf_file if certificates else None,
        ssl_keyfile=certificates.key_file if certificates else None,
    )
