"""Log in through a browser: PKCE, and a redirect to a port of this machine that we listen on."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from deployer.clock import Clock
from deployer.errors import LoginRefused, TryLater
from deployer.salesforce.faults import Refusal
from deployer.salesforce.login import Place, Token, fetch_oauth_token
from deployer.salesforce.login_refusals import to_login_error
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret

CALLBACK_PORT = 1717  # the Salesforce CLI's, so apps set up for it serve us too
CALLBACK_PATH = "/OauthRedirect"
WAIT_S = 300.0
_PAGE = b"<!doctype html><title>optout</title><p>You may close this page.</p>"


@dataclass(frozen=True, slots=True)
class WebApp:
    """The app that is logged in to; a public client has an empty secret."""

    client_id: str
    client_secret: Secret
    port: int = CALLBACK_PORT


def fetch_web_token(
    app: WebApp,
    place: Place,
    session: OrgSession,
    clock: Clock,
    show: Callable[[str], None],
) -> Token:
    """Let a person log in; `show` gets the address to open (and may open a browser itself).

    Errors: LoginRefused when it was declined; TryLater after five minutes or when the port is
    taken. Source: Salesforce help, "OAuth 2.0 Web Server Flow" with PKCE.
    """
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(64)
    with _listen(app.port, state) as listener:
        redirect = f"http://localhost:{listener.server_port}{CALLBACK_PATH}"
        show(_address(app, place, redirect, (state, verifier)))
        code = _wait_for_code(listener, clock, str(place.token_origin))
    secret = app.client_secret.reveal()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "redirect_uri": redirect,
        "code_verifier": verifier,
        **({"client_secret": secret} if secret else {}),
    }
    return fetch_oauth_token(form, place, session)


def _address(app: WebApp, place: Place, redirect: str, proof: tuple[str, str]) -> str:
    state, verifier = proof
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    # No scope is asked for, so that the app's own are given: asking for one that it lacks ends on a
    # page of Salesforce's that says "unexpected error" and sends nobody back to be told more.
    return f"{place.token_origin}/services/oauth2/authorize?{urlencode(query)}"


class _Listener(HTTPServer):
    """Takes the one redirect that carries our own state; everything else gets 404."""

    def __init__(self, port: int, state: str) -> None:
        super().__init__(("127.0.0.1", port), _Callback)
        self.state = state
        self.answer: dict[str, str] = {}
        self.timeout = 0.5


class _Callback(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 5.0

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        answer = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        ours = secrets.compare_digest(answer.get("state", ""), self.server.state)
        if parts.path != CALLBACK_PATH or not ours:
            self.send_error(404)
            return
        self.server.answer = answer
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(_PAGE)))
        self.end_headers()
        self.wfile.write(_PAGE)

    def log_message(self, *_args: object) -> None:
        """Say nothing: the request line holds the code."""


def _listen(port: int, state: str) -> _Listener:
    try:
        return _Listener(port, state)
    except OSError as taken:
        raise TryLater(
            "the port for the browser's answer is taken",
            where=f"localhost:{port}",
            hint="close the other program (the Salesforce CLI uses it too), or give --port and add "
            f"http://localhost:PORT{CALLBACK_PATH} to the app's callback URLs",
        ) from taken


def _wait_for_code(listener: _Listener, clock: Clock, where: str) -> str:
    until = clock.monotonic_s() + WAIT_S
    while not listener.answer:
        if clock.monotonic_s() > until:
            raise TryLater(
                "nobody logged in within five minutes",
                where=where,
                hint="run the same command again and log in in the browser; if its page showed an "
                "error, docs/operating/logins.md says what it means; a sandbox's users log in with "
                "--login-url https://test.salesforce.com",
            )
        listener.handle_request()
    answer = listener.answer
    if "error" in answer:
        refusal = Refusal(400, answer["error"], answer.get("error_description", ""))
        raise to_login_error(refusal, where=where)
    if not answer.get("code"):
        raise LoginRefused("the browser came back without a code", where=where, hint="try again")
    return answer["code"]
