"""How an answer leaves the server: whole, late, cut in the middle, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response as HttpResponse
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from practice_org.wire import Response, Sent

_CLOSE = "practice_org.close"


class Closable(H11Protocol):
    """uvicorn's protocol; its requests can close their own connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self.app

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await answer({**scope, _CLOSE: self._close}, receive, send)

        self.app = application

    def _close(self) -> None:
        self.transport.close()


@dataclass(frozen=True, slots=True)
class Wire:
    """The three things an ASGI application is called with."""

    scope: Scope
    receive: Receive
    send: Send


async def deliver(answered: Response, wire: Wire, piece: Callable[[], Awaitable[bytes]]) -> None:
    """Send the answer as its `delivery` says. Only the client waits: the org goes on meanwhile.

    `piece` makes the next piece of a long body, empty when there is none.
    """
    if answered.delivery.delay_s:
        await asyncio.sleep(answered.delivery.delay_s)
    next_piece = await piece()
    if next_piece and answered.delivery.sent is Sent.WHOLE:
        pieces = _pieces(answered.body, next_piece, piece)
        long = StreamingResponse(pieces, answered.status, dict(answered.headers))
        await _spelled(long, answered)(wire.scope, wire.receive, wire.send)
        return
    short = HttpResponse(answered.body, answered.status, dict(answered.headers))
    response = _spelled(short, answered)
    if answered.delivery.sent is Sent.WHOLE:
        await response(wire.scope, wire.receive, wire.send)
        return
    if answered.delivery.sent is Sent.HALF:
        head = {"status": response.status_code, "headers": response.raw_headers}
        half = response.body[: len(response.body) // 2]
        await wire.send({"type": "http.response.start", **head})
        await wire.send({"type": "http.response.body", "body": half, "more_body": True})
    wire.scope[_CLOSE]()
    # uvicorn would answer 500 in our place if we were back before the connection is gone.
    while (await wire.receive())["type"] != "http.disconnect":
        pass


def _spelled(response: HttpResponse, answered: Response) -> HttpResponse:
    """The response with the letter case of the answer's own header names, as Salesforce has it.

    Starlette writes small letters; a client that looks for content-type by that very spelling
    does not find Salesforce's Content-Type, and stumbles over what it then finds here.
    """
    own = {name.lower().encode("latin-1"): name.encode("latin-1") for name in answered.headers}
    response.raw_headers = [(own.get(name, name), value) for name, value in response.raw_headers]
    return response


async def _pieces(
    first: bytes, second: bytes, piece: Callable[[], Awaitable[bytes]]
) -> AsyncIterator[bytes]:
    yield first
    while second:
        yield second
        second = await piece()
