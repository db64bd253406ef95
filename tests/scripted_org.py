"""An https server on loopback that misbehaves as told: for what the practice org never does."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import mkdtemp

from deployer.salesforce.client import Connection, Writer
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.login import Place, Token
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.certificates import Certificates, read_or_write_certificates

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Time that passes only when somebody sleeps, and a little at each look."""

    elapsed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic_s(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds


@dataclass(frozen=True)
class Reply:
    """One answer; `cut` promises more than comes, `drop` hangs up, `silent` says nothing at all."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    drop: bool = False
    silent: bool = False


def json_reply(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), (("Content-Type", "application/json"),))


def error_reply(code: str, status: int = 400, message: str = "because") -> Reply:
    return json_reply([{"errorCode": code, "message": message}], status)


@dataclass
class ScriptedOrg:
    """Answers with `replies` in order, the last one for ever; `seen` holds (method, path, body)."""

    origin: Origin
    ca_file: Path
    replies: list[Reply] = field(default_factory=list)
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    @property
    def place(self) -> Place:
        return Place(self.origin, loopback=Loopback.PRACTICE)

    def session(self, clock: FakeClock | None = None) -> OrgSession:
        opened = OrgSession(clock or FakeClock(), loopback=Loopback.PRACTICE, ca_file=self.ca_file)
        opened.pin(self.origin)
        return opened

    def reader(self) -> Connection:
        return self._client(Connection)

    def writer(self) -> Writer:
        return self._client(Writer)

    def _client(self, kind):
        numbers = iter(range(1, 100))

        def renew() -> Token:
            return Token(Secret(f"token{next(numbers)}"), str(self.origin), Secret(""))

        return kind(self.session(), renew, renew())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        org: ScriptedOrg = self.server.org
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        org.seen.append((self.command, self.path, body))
        org.tokens.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        reply = org.next_reply()
        self.close_connection = reply.cut or reply.drop or reply.silent
        if reply.silent:
            self.rfile.read(1)  # until the client hangs up
        if reply.drop or reply.silent:
            return
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + (100 if reply.cut else 0)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = answer  # noqa: N815 - the names http.server looks for
    do_POST = answer  # noqa: N815
    do_PUT = answer  # noqa: N815
    do_PATCH = answer  # noqa: N815
    do_DELETE = answer  # noqa: N815

    def log_message(self, *_args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is the point of some tests."""


@cache
def _certificates() -> Certificates:
    return read_or_write_certificates(Path(mkdtemp(prefix="optout-test-")), datetime.now(UTC))  # noqa: TID251 - TLS checks real dates


@contextmanager
def scripted_org(*replies: Reply) -> Iterator[ScriptedOrg]:
    """Serve these replies until the block ends."""
    files = _certificates()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files.leaf_file, files.key_file)
    server = _Server(("127.0.0.1", 0), _Handler)
    # Head and body go out in two writes; the second must not wait for the first one's receipt.
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.org = ScriptedOrg(Origin("localhost", server.server_port), files.ca_file, list(replies))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.org
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
