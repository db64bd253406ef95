"""The routes of `optout sync serve`, and what every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployer.errors import OptoutError
from sync.serve.intake import Intake, refusal
from sync.serve.metrics import write_out
from sync.serve.pages import STYLE, render_page
from sync.status import StatusFacts, to_status

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pages are made of: the ledger as it is now, and the org's name here."""

    org: str
    read_facts: Callable[[], StatusFacts]


def make_app(intake: Intake, shown: Shown) -> ASGIApp:
    """The ASGI application; it needs no org, no login, no network and no people store."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_request: Request) -> Response:
        try:
            await intake.inbox.probe()
        except OptoutError as away:
            return refusal(away)
        return PlainTextResponse("ready\n")

    async def metrics(_request: Request) -> Response:
        status = to_status(await run_in_threadpool(shown.read_facts))
        return Response(write_out(intake.meters, status), media_type=CONTENT_TYPE_LATEST)

    async def page(_request: Request) -> Response:
        facts = await run_in_threadpool(shown.read_facts)
        return Response(render_page(shown.org, facts), media_type="text/html")

    async def style(_request: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    shows: dict[str, Callable[[Request], Awaitable[Response]]] = {
        "/": page, "/style.css": style, "/healthz": healthz, "/readyz": readyz,
        "/metrics": metrics,
    }  # fmt: skip
    routes = [Route(path, show, methods=["GET"]) for path, show in shows.items()]
    app = Starlette(routes=[*routes, Route("/unsubscribes", intake.take, methods=["POST"])])
    return _with_headers(app)


def _with_headers(app: ASGIApp) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await app(scope, receive, send_with)

    return application
