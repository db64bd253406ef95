"""The routes of `optout sync serve`, and what every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployer.errors import OptoutError
from deployer.reporting.problems import to_error
from sync.serve.inbox import NotDurable
from sync.serve.intake import Intake, refusal
from sync.serve.metrics import write_out
from sync.serve.pages import EVERY_S, NEVER, STILL, STYLE, render_page
from sync.status import StatusFacts, heard_lately, to_status

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
        await intake.inbox.probe()
        return PlainTextResponse("ready\n")

    async def metrics(_request: Request) -> Response:
        facts = await run_in_threadpool(shown.read_facts)
        text = write_out(intake.meters, to_status(facts), len(heard_lately(facts)))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    async def page(request: Request) -> Response:
        facts = await run_in_threadpool(shown.read_facts)
        every_s = NEVER if request.url.path == STILL else EVERY_S
        return Response(render_page(shown.org, facts, every_s), media_type="text/html")

    async def style(_request: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    shows: dict[str, Callable[[Request], Awaitable[Response]]] = {
        "/": page, STILL: page, "/style.css": style, "/healthz": healthz, "/readyz": readyz,
        "/metrics": metrics,
    }  # fmt: skip
    routes = [Route(path, show, methods=["GET"]) for path, show in shows.items()]
    routes.append(Route("/unsubscribes", intake.take, methods=["POST"]))
    # A bug's own text may quote a delivery: neither the sender nor the log may see it.
    return _with_headers(Starlette(routes=routes, exception_handlers=_REFUSALS))


def _refuse(_request: Request, problem: Exception) -> Response:
    if isinstance(problem, SQLAlchemyError):
        return refusal(NotDurable())
    told = problem if isinstance(problem, OptoutError) else to_error(problem)
    structlog.get_logger().error(str(told), next=told.hint)
    return refusal(told)


_REFUSALS: dict[Any, Callable[[Request, Exception], Response]] = dict.fromkeys(
    (OptoutError, SQLAlchemyError, Exception), _refuse
)


def _with_headers(app: ASGIApp) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await app(scope, receive, send_with)

    return application
