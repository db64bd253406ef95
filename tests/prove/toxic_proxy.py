"""A TCP proxy before the practice org that harms one exchange: the wire's own ways to fail.

It reads a request whole, asks which harm it is to do, and then deals in bytes and sockets alone:
late, in slices, cut off, reset, half closed, never answered, refused. Every other exchange passes.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

HOST = "127.0.0.1"
LATE_S = 0.02
# Longer than a client of the suite waits, so that it is the client who gives up.
STALL_S = 90.0
_HEAD, _LENGTH = b"\r\n\r\n", b"content-length:"
_LINGER = struct.pack("ii", 1, 0)  # a close is then a reset


class Toxic(Enum):
    """What is done to one exchange."""

    LATENCY = "the answer is late"
    SLICES = "the answer comes in small pieces"
    DRIP = "the answer drips for longer than anybody waits"
    TIMEOUT = "no answer ever comes"
    RESET = "a reset in the middle of the answer"
    HALF_CLOSE = "an end in the middle of the answer"
    LIMIT = "an end after a few bytes of the answer"
    COMMIT_THEN_DROP = "carried out, and a reset in place of the answer"
    REQUEST_CUT = "a reset in the middle of the request"
    SLOW_CLOSE = "a whole answer, and the connection is reset when it is used again"
    DOWN = "nothing is heard, and nobody listens for a while"

    @property
    def is_harmless(self) -> bool:
        """Whether the whole answer arrives."""
        return self in {Toxic.LATENCY, Toxic.SLICES}


@dataclass(slots=True)
class Proxy:
    """The proxy's door; `choose` hears the bytes of each request and names the harm, if any.

    It shows what the org shows (`shown`), and trusts it (`trusted`). `drip` is called for every
    piece of an answer that drips. `hurt` counts harms done.
    """

    upstream: tuple[str, int]
    shown: ssl.SSLContext
    trusted: ssl.SSLContext
    choose: Callable[[bytes], Toxic | None]
    drip: Callable[[], object] = lambda: None
    door: socket.socket = field(default_factory=lambda: socket.create_server((HOST, 0)))
    hurt: int = 0
    down: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.door.getsockname()[1])

    def run(self) -> None:
        """Take one connection after the other until it is stopped."""
        while not self.stopped.is_set():
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            if self.down:
                self.down -= 1
                _reset(client)
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, bare: socket.socket) -> None:
        """The exchanges of one connection."""
        bare.settimeout(STALL_S)
        with suppress(OSError), self.shown.wrap_socket(bare, server_side=True) as client:
            while request := _read_request(client):
                toxic = self.choose(request)
                if toxic is None:
                    client.sendall(self._ask(request))
                    continue
                self.hurt += 1
                if not self._harm(toxic, request, client):
                    return

    def _harm(self, toxic: Toxic, request: bytes, client: socket.socket) -> bool:
        """Do it; whether the connection goes on."""
        if toxic is Toxic.DOWN:
            self.down = 2
            _reset(client)
            return False
        if toxic is Toxic.REQUEST_CUT:
            self._ask(request[: len(request) // 2], is_whole=False)
            _reset(client)
            return False
        answer = self._ask(request)
        return _DEEDS[toxic](self, client, answer)

    def _ask(self, request: bytes, *, is_whole: bool = True) -> bytes:
        """What the org answers, whole."""
        bare = socket.create_connection(self.upstream, STALL_S)
        with self.trusted.wrap_socket(bare, server_hostname="localhost") as org:
            org.sendall(_closing(request))
            if not is_whole:
                _reset(org)
                return b""
            parts = []
            while part := org.recv(1 << 16):
                parts.append(part)
        return _going_on(b"".join(parts))


def _late(proxy: Proxy, client: socket.socket, answer: bytes) -> bool:
    proxy.stopped.wait(LATE_S)
    client.sendall(answer)
    return True


def _sliced(_proxy: Proxy, client: socket.socket, answer: bytes) -> bool:
    size = max(1, len(answer) // 200)
    for at in range(0, len(answer), size):
        client.sendall(answer[at : at + size])
    return True


def _drip(proxy: Proxy, client: socket.socket, answer: bytes) -> bool:
    """So many pieces that the whole deadline passes, by the clock that the client reads."""
    at = answer.find(_HEAD) + len(_HEAD)
    client.sendall(answer[:at])
    for number in range(at, len(answer)):
        proxy.drip()
        client.sendall(answer[number : number + 1])
        proxy.stopped.wait(0.002)
    return True


def _silent(proxy: Proxy, client: socket.socket, _answer: bytes) -> bool:
    """Until the client hangs up."""
    client.settimeout(STALL_S)
    client.recv(1)
    return False


def _half_reset(_proxy: Proxy, client: socket.socket, answer: bytes) -> bool:
    client.sendall(answer[: len(answer) // 2])
    _reset(client)
    return False


def _half_closed(_proxy: Proxy, client: socket.socket, answer: bytes) -> bool:
    client.sendall(answer[: len(answer) // 2])
    client.shutdown(socket.SHUT_WR)
    client.recv(1)
    return False


def _limited(_proxy: Proxy, client: socket.socket, answer: bytes) -> bool:
    client.sendall(answer[:10])
    return False


def _dropped(_proxy: Proxy, client: socket.socket, _answer: bytes) -> bool:
    _reset(client)
    return False


def _stale(_proxy: Proxy, client: socket.socket, answer: bytes) -> bool:
    """It looks as if it stayed open, and does not."""
    client.sendall(answer)
    client.recv(1)  # the next request has come
    _reset(client)
    return False


_DEEDS = {
    Toxic.LATENCY: _late, Toxic.SLICES: _sliced, Toxic.DRIP: _drip, Toxic.TIMEOUT: _silent,
    Toxic.RESET: _half_reset, Toxic.HALF_CLOSE: _half_closed, Toxic.LIMIT: _limited,
    Toxic.COMMIT_THEN_DROP: _dropped, Toxic.SLOW_CLOSE: _stale,
}  # fmt: skip


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    connection.close()


def _read_request(client: socket.socket) -> bytes:
    """One request with its body; empty when the client is gone."""
    read = b""
    while _HEAD not in read:
        part = client.recv(1 << 16)
        if not part:
            return b""
        read += part
    whole = read.index(_HEAD) + len(_HEAD) + _length(read)
    while len(read) < whole:
        read += client.recv(1 << 16)
    return read


def _length(request: bytes) -> int:
    lines = request.partition(_HEAD)[0].lower().split(b"\r\n")
    named = [line for line in lines if line.startswith(_LENGTH)]
    return int(named[0].partition(b":")[2]) if named else 0


def _closing(request: bytes) -> bytes:
    """The same, asking for a connection of its own, whose end is the answer's."""
    head, end, body = request.partition(_HEAD)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + end + body


def _going_on(answer: bytes) -> bytes:
    head, end, body = answer.partition(_HEAD)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join(lines) + end + body


@contextmanager
def running(proxy: Proxy) -> Iterator[Proxy]:
    """Let it take connections for the block."""
    thread = threading.Thread(target=proxy.run, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stopped.set()
        proxy.door.shutdown(socket.SHUT_RDWR)
        proxy.door.close()
        thread.join()
