"""A kept connection of a sender: a whole request in one piece, and the status of its answer.

http.client sends head and body apart, and reads an answer's head as it reads mail: together they
cost a sender more than all else, and the server a second look at its socket.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping

ANSWER_S = 30.0
_END, _LENGTH = b"\r\n\r\n", b"\r\ncontent-length:"


class Line:
    """To the server on this port of this machine; opened when it is first used, and again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer. Errors: OSError, also when there is none to be had."""
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\n"
            f"content-length: {len(body)}\r\n{named}\r\n"
        )
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), ANSWER_S)
        self._socket.sendall(head.encode() + body)
        return self._status(self._socket)

    def close(self) -> None:
        """Hang up; the next request opens it anew."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _status(self, found: socket.socket) -> int:
        answer = b""
        while _END not in answer:
            answer += _more(found)
        head, _, body = answer.partition(_END)
        head = head.lower()
        left = int(head.partition(_LENGTH)[2].partition(b"\r\n")[0]) - len(body)
        while left > 0:
            left -= len(_more(found))
        if b"\r\nconnection: close" in head:
            self.close()
        return int(head[9:12])


def _more(found: socket.socket) -> bytes:
    piece = found.recv(65_536)
    if not piece:
        raise ConnectionResetError("the server hung up before its answer was whole")
    return piece
