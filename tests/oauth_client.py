"""What an OAuth client sends to the practice org, and what it reads of the answer."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

from practice_org.app import handle
from practice_org.wire import Request

ORIGIN = "https://localhost:8443"
DEPLOYER = "deployer@practice.example.com"
REDIRECT = "http://localhost:1717/OauthRedirect"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().strip("=")
WEB = {
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "state": "s&1",
    "code_challenge": CHALLENGE,
    "login_hint": DEPLOYER,
}


def post(org, path, form, authorization=""):
    headers = {"authorization": authorization} if authorization else {}
    body = urlencode(form).encode()
    return handle(org, Request("POST", path, headers=headers, body=body, origin=ORIGIN))


def token(org, form, authorization=""):
    answer = post(org, "/services/oauth2/token", form, authorization)
    return answer.status, json.loads(answer.body)


def refused(org, form, authorization=""):
    status, answer = token(org, form, authorization)
    assert status == 400
    return answer["error"], answer["error_description"]


def whoami(org, access_token):
    headers = {"authorization": f"Bearer {access_token}"}
    answer = handle(org, Request("GET", "/services/oauth2/userinfo", headers=headers))
    return json.loads(answer.body)["preferred_username"]


def app(org, name):
    return {
        "client_id": org.setting(f"client_id:{name}"),
        "client_secret": org.setting(f"client_secret:{name}"),
    }


def allowed(org, form):
    """Fetch the page, send the form it holds, and return what the redirect carries."""
    page = handle(org, Request("GET", "/services/oauth2/authorize", query=form)).body.decode()
    inputs = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    sent = {name: html.unescape(value) for name, value in inputs.items()}
    answer = post(org, "/services/oauth2/authorize", sent)
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"{REDIRECT}?")
    return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def exchange(web, code, **changes):
    form = {"grant_type": "authorization_code", "client_id": web["client_id"], "code": code}
    return {**form, "redirect_uri": REDIRECT, "code_verifier": VERIFIER, **changes}
