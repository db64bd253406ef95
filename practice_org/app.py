"""One request in, one answer out: sessions, versions, limits, and who answers what.

Every module named *_endpoint.py lists its ROUTES; this one finds them, runs each request in one
transaction and puts refusals in the shape of the interface that was called.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import practice_org
from practice_org.actions.recycle_bin import purge_expired
from practice_org.async_bulk.answers import refusal as async_refusal
from practice_org.bulk.jobs import create_bulk_tables
from practice_org.faults.firing import end_request, fault_of
from practice_org.faults.showing import Asking, answer_with
from practice_org.faults.store import create_fault_table
from practice_org.limits import count_call, usage
from practice_org.login.apps import create_login_tables
from practice_org.login.callers import caller_of, require_api, token_of
from practice_org.login.history import create_history_tables
from practice_org.login.refusals import refusal_response
from practice_org.login.scopes import create_scope_tables, require_scope
from practice_org.login.sessions import create_session_table
from practice_org.login.soap_endpoint import login_fault
from practice_org.metadata.components import create_store
from practice_org.metadata.jobs import advance_jobs
from practice_org.org import API_VERSIONS, Org, known_versions, open_org
from practice_org.route import Call, Route
from practice_org.tables import create_tables
from practice_org.wire import OrgError, Request, Response, rest_error, soap_fault
from practice_org.workbench.clock import put_ahead

_VERSIONED = re.compile(r"/services/(?:data/v|Soap/m/|async/)(?P<version>\d+\.\d)(?:/.*)?")
_COUNTED = re.compile(r"/services/(?:data/v|Soap/m/|async/).*")
_SHAPES: Mapping[str, Callable[[Request, OrgError], Response]] = {
    "/services/Soap/u/": lambda _, refused: login_fault(refused, "u"),
    "/services/Soap/c/": lambda _, refused: login_fault(refused, "c"),
    "/services/Soap/": lambda _, refused: soap_fault(refused),
    "/services/oauth2/token": lambda _, refused: refusal_response(refused),
    "/services/oauth2/revoke": lambda _, refused: refusal_response(refused),
    "/services/async/": async_refusal,
}
_IDENTITY = re.compile(r"/id/.*|/services/oauth2/userinfo")


def open_practice_org(path: Path | str, now: Callable[[], datetime], seed: int = 0) -> Org:
    """Open the org in this file and make whatever tables it still lacks.

    Errors: ValueError when the file was written by a newer format.
    """
    org = open_org(path, now, seed)
    with org.transaction():
        create_tables(org)
        create_store(org)
    create_session_table(org)
    create_login_tables(org)
    create_scope_tables(org)
    create_history_tables(org)
    create_bulk_tables(org)
    create_fault_table(org)
    put_ahead(org, now)
    return org


def handle(org: Org, request: Request) -> Response:
    """Answer one request; jobs that are due by the org's clock move on first."""
    asked = normalised(request)
    org.request_id = f"{org.rng.getrandbits(64):016x}"
    org.user_id = ""
    with org.transaction():
        advance_jobs(org)
        purge_expired(org)
    asking = Asking(
        org,
        asked,
        carry_out=lambda: _with_headers(org, asked, _carry_out(org, asked)),
        refuse=lambda refused: _with_headers(org, asked, refusal(asked, refused)),
    )
    try:
        return answer_with(fault_of(org, asked), asking)
    finally:
        end_request(org)


def answer_part(org: Org, request: Request) -> Response:
    """Answer a request inside a request: it is no call of its own, so nothing is counted."""
    asked = normalised(request)
    try:
        with org.transaction():
            found, call = _admitted(org, asked)
            return found.endpoint(call)
    except OrgError as refused:
        return refusal(asked, refused)


def normalised(request: Request) -> Request:
    """The request as routes see it: single slashes, no trailing one, the method really meant."""
    path = re.sub("//+", "/", request.path).rstrip("/") or "/"
    method = request.method.upper()
    if method == "POST":
        # Salesforce, "HTTP method override": for clients that cannot send PATCH.
        method = request.query.get("_HttpMethod", method).upper()
    return replace(request, path=path, method="GET" if method == "HEAD" else method)


def refusal(request: Request, refused: OrgError) -> Response:
    """Put a refusal in the shape of the interface that was called."""
    for path, shape in _SHAPES.items():
        if request.path.startswith(path):
            return shape(request, refused)
    if _IDENTITY.fullmatch(request.path) and refused.code == "INVALID_SESSION_ID":
        return Response(403, b"Bad_OAuth_Token", {"Content-Type": "text/html;charset=UTF-8"})
    return rest_error(refused)


@cache
def routes() -> tuple[Route, ...]:
    """Every route of every *_endpoint module of this package, by module name."""
    found: list[Route] = []
    for module in pkgutil.walk_packages(practice_org.__path__, "practice_org."):
        if module.name.endswith("_endpoint"):
            found.extend(importlib.import_module(module.name).ROUTES)
    return tuple(found)


def _carry_out(org: Org, request: Request) -> Response:
    try:
        with org.transaction():
            return _answer(org, request)
    except OrgError as refused:
        return refusal(request, refused)


def _answer(org: Org, request: Request) -> Response:
    found, call = _admitted(org, request)
    if _COUNTED.fullmatch(request.path):
        count_call(org)
    return found.endpoint(call)


def _admitted(org: Org, request: Request) -> tuple[Route, Call]:
    _require_version(org, request.path)
    found, parts = _find_route(request)
    user_id = ""
    if found.session:
        user_id = org.user_id = caller_of(org, request)
        if _COUNTED.fullmatch(request.path):
            require_scope(org, token_of(request), "REST API")
            require_api(org, user_id)
    return found, Call(org, request, user_id, parts)


def _require_version(org: Org, path: str) -> None:
    """Refuse retired versions and those the org is too old for.

    Source: Salesforce, "API End-of-Life".
    """
    match = _VERSIONED.fullmatch(path)
    if match is None or match["version"] in known_versions(org):
        return
    if float(match["version"]) < float(API_VERSIONS[0]):
        raise OrgError(
            "UNSUPPORTED_API_VERSION",
            f"API version {match['version']} is retired, unsupported and no longer available",
            status=410,
        )
    raise _not_found()


def _find_route(request: Request) -> tuple[Route, dict[str, str]]:
    allowed = set()
    for candidate in routes():
        match = candidate.pattern.fullmatch(request.path)
        if match is None:
            continue
        if candidate.method == request.method:
            named = {name: text for name, text in match.groupdict().items() if text is not None}
            return candidate, named
        allowed.add(candidate.method)
    if not allowed:
        raise _not_found()
    raise OrgError(
        "METHOD_NOT_ALLOWED",
        f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(sorted(allowed))}",
        status=405,
    )


def _not_found() -> OrgError:
    return OrgError("NOT_FOUND", "The requested resource does not exist", status=404)


def _with_headers(org: Org, request: Request, answer: Response) -> Response:
    # The org's own time, which clients measure their clocks by.
    date = format_datetime(org.now().astimezone(UTC), usegmt=True)
    extra = {"X-SFDC-Request-Id": org.request_id, "Date": date}
    if request.path.startswith("/services/data/v"):
        extra["Sforce-Limit-Info"] = usage(org).header
    return replace(answer, headers={**answer.headers, **extra})
