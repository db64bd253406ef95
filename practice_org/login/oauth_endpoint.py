"""/services/oauth2/token, userinfo, introspect and revoke, and the identity URL.

Source: Salesforce, "OAuth Endpoints" and "Identity URLs".
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from practice_org import tables
from practice_org.login.apps import revoke_refresh_token
from practice_org.login.doors import instance_url
from practice_org.login.grants import Form, grant
from practice_org.login.history import Login, record_login
from practice_org.login.refusals import LoginRefused, Refusal, refusal_response
from practice_org.login.scopes import given, note_scopes
from practice_org.login.sessions import (
    end_session,
    organization_id,
    session_user,
    start_session,
)
from practice_org.org import LATEST, Org
from practice_org.route import Call, route
from practice_org.wire import OrgError, Request, Response, json_response

_OAUTH = "/services/oauth2"


def form_of(request: Request) -> Form:
    """Everything sent with this request; the body wins over the query string."""
    body = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    fields = {**request.query, **body}
    return Form(fields, request.headers.get("authorization", ""), request.origin)


def answer_token(call: Call) -> Response:
    """POST token: an access token, or Salesforce's reason why not."""
    form = form_of(call.request)
    try:
        granted = grant(call.org, form)
    except LoginRefused as refused:
        return refusal_response(refused)
    token = start_session(call.org, granted.user_id, client=granted.app.client_id)
    scopes = granted.scopes or given(call.org, granted.app.client_id, "")
    note_scopes(call.org, token, scopes)
    record_login(call.org, granted.user_id, Login(application=granted.app.name))
    answer = {
        "access_token": token,
        "scope": " ".join(scopes),
        "instance_url": instance_url(call.org, form.origin),
        "id": identity_url(call.org, form.origin, granted.user_id),
        "token_type": "Bearer",
        "issued_at": str(int(call.org.now().timestamp() * 1000)),
    }
    if granted.refresh_token:
        answer["refresh_token"] = granted.refresh_token
    return json_response(answer, Cache_Control="no-store")


def answer_userinfo(call: Call) -> Response:
    """GET or POST userinfo: OpenID claims of the caller."""
    user = _user_row(call.org, call.user_id)
    identity = identity_url(call.org, call.request.origin, call.user_id)
    return json_response(
        {
            "sub": identity,
            "user_id": call.user_id,
            "organization_id": organization_id(call.org),
            "preferred_username": user["Username"],
            "nickname": user["Alias"],
            "name": user["Name"],
            "email": user["Email"],
            "email_verified": True,
            "zoneinfo": user["TimeZoneSidKey"],
            "locale": user["LocaleSidKey"],
            "active": bool(user["IsActive"]),
            "user_type": "STANDARD",
            "urls": _urls(call),
        }
    )


def answer_identity(call: Call) -> Response:
    """GET /id/{org}/{user}: the identity of a user, for somebody logged in to this org."""
    if call.parts["org"][:15] != organization_id(call.org)[:15]:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    user = _user_row(call.org, call.parts["user"])
    return json_response(
        {
            "id": identity_url(call.org, call.request.origin, user["Id"]),
            "asserted_user": True,
            "user_id": user["Id"],
            "organization_id": organization_id(call.org),
            "username": user["Username"],
            "display_name": user["Name"],
            "email": user["Email"],
            "active": bool(user["IsActive"]),
            "user_type": "STANDARD",
            "urls": _urls(call),
        }
    )


def answer_revoke(call: Call) -> Response:
    """POST (or GET) revoke: ends a session or forgets a refresh token."""
    token = form_of(call.request).get("token")
    ended = end_session(call.org, token) or revoke_refresh_token(call.org, token)
    return Response(200) if ended else refusal_response(LoginRefused(Refusal.BAD_TOKEN))


def answer_introspect(call: Call) -> Response:
    """POST introspect: whether a token is live, and whose. unverified: the exact claims."""
    try:
        user_id = session_user(call.org, form_of(call.request).get("token"))
    except OrgError:
        return json_response({"active": False})
    user = _user_row(call.org, user_id)
    identity = identity_url(call.org, call.request.origin, user_id)
    return json_response(
        {
            "active": True,
            "token_type": "access_token",
            "username": user["Username"],
            "sub": identity,
        }
    )


def identity_url(org: Org, origin: str, user_id: str) -> str:
    """The URL that stands for a user: origin/id/{org}/{user}."""
    return f"{origin}/id/{organization_id(org)}/{user_id}"


def _user_row(org: Org, user_id: str) -> Any:
    row = tables.find_row(org, "User", user_id)
    if row is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return row


def _urls(call: Call) -> dict[str, str]:
    rest = f"{call.request.origin}/services/data/v{LATEST}"
    return {
        "rest": f"{rest}/",
        "sobjects": f"{rest}/sobjects/",
        "query": f"{rest}/query/",
        "metadata": f"{call.request.origin}/services/Soap/m/{LATEST}/{organization_id(call.org)}",
        "partner": f"{call.request.origin}/services/Soap/u/{LATEST}/{organization_id(call.org)}",
    }


ROUTES = (
    route("POST", f"{_OAUTH}/token", answer_token, session=False),
    route("GET", f"{_OAUTH}/userinfo", answer_userinfo),
    route("POST", f"{_OAUTH}/userinfo", answer_userinfo),
    route("GET", f"{_OAUTH}/revoke", answer_revoke, session=False),
    route("POST", f"{_OAUTH}/revoke", answer_revoke, session=False),
    route("POST", f"{_OAUTH}/introspect", answer_introspect, session=False),
    route("GET", "/id/(?P<org>00D[0-9A-Za-z]+)/(?P<user>005[0-9A-Za-z]+)", answer_identity),
)
