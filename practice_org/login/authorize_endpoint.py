"""/services/oauth2/authorize: the web flow, with a page that says yes by itself.

The user of the page is the administrator, or `login_hint`'s. Source: Salesforce, "OAuth 2.0 Web
Server Flow", and RFC 7636 (PKCE).
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from urllib.parse import urlencode, urlsplit

from practice_org import tables
from practice_org.login.apps import find_app
from practice_org.login.grants import Form
from practice_org.login.oauth_endpoint import form_of
from practice_org.login.scopes import given, may_give, note_scopes
from practice_org.login.sessions import random_word
from practice_org.org import Org
from practice_org.route import Call, route
from practice_org.wire import Response

CODE_LIFETIME = timedelta(minutes=2)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KEPT = (
    "response_type", "client_id", "redirect_uri", "state", "code_challenge", "login_hint", "scope",
)  # fmt: skip
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Allow access? - practice org</title></head>
<body><h1>Practice org</h1><p>{app} asks for access as {username}. This page allows it.</p>
<form method="post" action="/services/oauth2/authorize">{inputs}<button>Allow</button></form>
<script>document.forms[0].submit()</script></body></html>
"""


def show_page(call: Call) -> Response:
    """GET: a page that submits itself; or why this cannot be asked."""
    form = form_of(call.request)
    problem = _problem(call.org, form)
    if problem:
        return _plain(400, problem)
    app = find_app(call.org, form.get("client_id"))
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{escape(form.get(name))}">'
        for name in _KEPT
        if form.get(name)
    )
    page = _PAGE.format(
        app=escape(app.name if app else ""),
        username=escape(_username(call.org, form)),
        inputs=inputs,
    )
    return Response(200, page.encode(), {"Content-Type": "text/html;charset=UTF-8"})


def allow(call: Call) -> Response:
    """POST: send the browser back to the loopback redirect_uri with a code of two minutes."""
    form = form_of(call.request)
    problem = _problem(call.org, form)
    if problem:
        return _plain(400, problem)
    code = f"aPrx{random_word(call.org, 60)}"
    user = tables.find_rows(call.org, "User", Username=_username(call.org, form))[0]
    ends_at = (call.org.now() + CODE_LIFETIME).isoformat()
    call.org.db.execute(
        "INSERT INTO authorization_code VALUES (?, ?, ?, ?, ?, ?)",
        (code, form.get("client_id"), user["Id"], form.get("redirect_uri"),
         form.get("code_challenge"), ends_at),
    )  # fmt: skip
    note_scopes(call.org, code, given(call.org, form.get("client_id"), form.get("scope")))
    answer = {"code": code, **({"state": form.get("state")} if form.get("state") else {})}
    joint = "&" if urlsplit(form.get("redirect_uri")).query else "?"
    location = f"{form.get('redirect_uri')}{joint}{urlencode(answer)}"
    return Response(302, b"", {"Location": location})


def _problem(org: Org, form: Form) -> str:
    """Say why this request cannot be allowed, in error=... words; "" when it can."""
    redirect = urlsplit(form.get("redirect_uri"))
    if find_app(org, form.get("client_id")) is None:
        return "error=invalid_client_id&error_description=client%20identifier%20invalid"
    # Real apps list their callback URLs; the practice org takes any on this machine, no other.
    if redirect.scheme not in {"http", "https"} or redirect.hostname not in _LOOPBACK:
        return (
            "error=redirect_uri_mismatch"
            "&error_description=redirect_uri%20must%20match%20configuration"
        )
    if form.get("response_type") != "code":
        return "error=unsupported_response_type&error_description=response%20type%20not%20supported"
    # Public reports end here, on a page of Salesforce's own, from which nobody is sent back.
    if not may_give(org, form.get("client_id"), form.get("scope")):
        return "error=invalid_scope&error_description=the%20requested%20scope%20is%20not%20allowed"
    if org.setting("require_pkce", "0") == "1" and not form.get("code_challenge"):
        return "error=invalid_request&error_description=missing%20required%20code%20challenge"
    if not tables.find_rows(org, "User", Username=_username(org, form)):
        return "error=access_denied&error_description=end-user%20denied%20authorization"
    return ""


def _username(org: Org, form: Form) -> str:
    return form.get("login_hint") or org.setting("admin_username")


def _plain(status: int, text: str) -> Response:
    return Response(status, text.encode(), {"Content-Type": "text/plain;charset=UTF-8"})


ROUTES = (
    route("GET", "/services/oauth2/authorize", show_page, session=False),
    route("POST", "/services/oauth2/authorize", allow, session=False),
)
