"""Ways to get a token, each one request. Never repeated by itself: orgs lock users out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, cast

import requests

from deployer.clock import Clock
from deployer.errors import LoginRefused, UsageError
from deployer.salesforce.answers import mapping, text, text_or
from deployer.salesforce.clocks import blame_clock
from deployer.salesforce.faults import Effect, Refusal
from deployer.salesforce.hosts import LOGIN_HOST, Loopback, Origin, login_origin, trusted_origin
from deployer.salesforce.login_refusals import to_login_error
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret

_TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path
_NO_SOAP = "the answer is not SOAP"
_LIVES_S = 180  # Source: "OAuth 2.0 JWT Bearer Flow": exp within three minutes
_SFDX_URL = re.compile(r"force://([^:@/]*):([^:@/]*):([^@/]+)@([^/]+)/?")
SOAP_VERSION = "63.0"  # login() is gone from API 65 on


@dataclass(frozen=True, slots=True)
class Token:
    """What a login gives; `refresh` is empty unless the org sent a (new) refresh token."""

    access: Secret
    instance_url: str
    refresh: Secret


@dataclass(frozen=True, slots=True)
class Place:
    """Where the org is: `instance` as configured (None: the login tells), `login` overrides."""

    instance: Origin | None = None
    login: Origin | None = None
    loopback: Loopback = Loopback.REFUSED

    @property
    def token_origin(self) -> Origin:
        """Where the token endpoint is asked."""
        return self.login or self.instance or Origin(LOGIN_HOST)

    @property
    def audience(self) -> Origin:
        """A signed login's aud: Salesforce's own is login or test, whoever serves the endpoint."""
        origin = self.token_origin
        return login_origin(origin) if origin.host.endswith(".salesforce.com") else origin


@dataclass(frozen=True, slots=True)
class JwtLogin:
    """JWT bearer: no secret travels and nothing has to be kept but the key."""

    client_id: str
    username: str
    key: Secret


@dataclass(frozen=True, slots=True)
class ClientCredentialsLogin:
    """The app's own run-as user; the org's own address is needed."""

    client_id: str
    client_secret: Secret


class RefreshStore(Protocol):
    """Keeps the newest refresh token of one identity: an org may change it at each use."""

    def hold(self) -> AbstractContextManager[Secret]:
        """The newest token, for one refresh at a time: a second one at once kills both."""
        ...

    def keep(self, fresh: Secret) -> None:
        """Store the token durably; called before what came with it is used."""
        ...


@dataclass(frozen=True, slots=True)
class RefreshLogin:
    """A refresh token (web login or sfdx URL)."""

    client_id: str
    client_secret: Secret
    store: RefreshStore


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """An access token somebody else got; it cannot be renewed."""

    token: Secret


@dataclass(frozen=True, slots=True)
class SoapLogin:
    """User name and password; only where nothing else is possible (ends in Summer '27)."""

    username: str
    password: Secret
    security_token: Secret


Login = JwtLogin | ClientCredentialsLogin | RefreshLogin | TokenLogin | SoapLogin


def fetch_token(login: Login, place: Place, session: OrgSession, clock: Clock) -> Token:
    """Log in once. Errors: LoginRefused with the reason; OrgUnreachable; UsageError."""
    if isinstance(login, TokenLogin):
        return Token(login.token, str(place.instance), Secret(""))
    if isinstance(login, SoapLogin):
        return _fetch_by_soap(login, place, session)
    if isinstance(login, RefreshLogin):
        with login.store.hold() as refresh:
            form = _refresh_form(login, refresh)
            return fetch_oauth_token(form, place, session, login.store.keep)
    if isinstance(login, ClientCredentialsLogin):
        form = {
            "grant_type": "client_credentials",
            "client_id": login.client_id,
            "client_secret": login.client_secret.reveal(),
        }
        return fetch_oauth_token(form, place, session)
    return _fetch_by_jwt(login, place, session, clock)


def _fetch_by_jwt(login: JwtLogin, place: Place, session: OrgSession, clock: Clock) -> Token:
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    form = {"grant_type": grant, "assertion": _assertion(login, place, clock)}
    try:
        return fetch_oauth_token(form, place, session)
    except LoginRefused as refused:
        raise blame_clock(refused, session.server_time, clock.now()) from refused


def _refresh_form(login: RefreshLogin, refresh: Secret) -> dict[str, str]:
    secret = login.client_secret.reveal()
    form = {"client_id": login.client_id, "refresh_token": refresh.reveal()}
    return {"grant_type": "refresh_token", **form, **({"client_secret": secret} if secret else {})}


def _assertion(login: JwtLogin, place: Place, clock: Clock) -> str:
    import jwt

    claims = {
        "iss": login.client_id,
        "sub": login.username,
        "aud": str(place.audience),
        "exp": int(clock.now().timestamp()) + _LIVES_S,
    }
    try:
        return jwt.encode(claims, login.key.reveal(), algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError) as broken:
        raise UsageError(
            "the private key cannot be used to sign",
            where="key",
            hint="an unencrypted RSA key in PEM form is needed: openssl genrsa -out jwt.key 2048",
        ) from broken


def fetch_oauth_token(
    form: Mapping[str, str],
    place: Place,
    session: OrgSession,
    keep: Callable[[Secret], None] | None = None,
) -> Token:
    """Ask the token endpoint; what `keep` is given is stored before the new token is used.

    Not through simple_salesforce: it can only reach NAME.salesforce.com, writes exp as a text and
    drops a rotated refresh token. Errors as `fetch_token`.
    """
    origin = place.token_origin
    session.pin(origin)
    answer = _post(session, f"{origin}{_TOKEN_PATH}", form)
    token = Token(
        Secret(text(answer, "access_token")),
        _instance_url(text(answer, "instance_url"), place),
        Secret(text_or(answer, "refresh_token")),
    )
    if keep is not None and token.refresh:
        keep(token.refresh)
    return token


def _post(session: OrgSession, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
    try:
        # A login changes nothing in the org, but only one attempt is made: see the module.
        answer = session.request(
            "POST", url, data=dict(form), purpose="log in", effect=Effect.READ,
            headers={"Accept": "application/json"}, refuse=to_login_error,
        )  # fmt: skip
        return mapping(answer.json(), "the login's answer")
    except (requests.JSONDecodeError, RecursionError) as html:
        raise LoginRefused(
            "the login address did not answer as Salesforce does",
            where=url,
            hint="check login_url and instance_url; a proxy's own page is a usual cause",
        ) from html


def _instance_url(url: str, place: Place) -> str:
    return str(trusted_origin(url.rstrip("/"), place.instance, place.loopback))


def _fetch_by_soap(login: SoapLogin, place: Place, session: OrgSession) -> Token:
    from xml.parsers.expat import ExpatError

    from simple_salesforce.exceptions import (  # noqa: TID251 - this is its one home
        SalesforceAuthenticationFailed,
    )
    from simple_salesforce.login import SalesforceLogin  # noqa: TID251 - this is its one home

    origin = place.token_origin
    session.pin(origin)
    try:
        token, host = SalesforceLogin(
            username=login.username,
            password=login.password.reveal() + login.security_token.reveal(),
            security_token="",
            sf_version=SOAP_VERSION,
            scratch_url=str(origin),
            session=cast("requests.Session", _SoapDoor(session)),
        )
    except SalesforceAuthenticationFailed as refused:
        refusal = Refusal(500, str(refused.code or ""), refused.auth_message)
        raise to_login_error(refusal, where=str(origin)) from None
    except ExpatError as html:
        raise to_login_error(Refusal(200, "", _NO_SOAP), where=str(origin)) from html
    return Token(Secret(token), _instance_url(f"https://{host}", place), Secret(""))


class _SoapDoor:
    """What simple_salesforce's login needs of a session: `post`, with our refusals."""

    def __init__(self, session: OrgSession) -> None:
        self._session = session

    def post(self, url: str, body: str, headers: Mapping[str, str], proxies: object) -> Any:
        del proxies  # the session's own are in force
        answer = self._session.request(
            "POST", url, data=body.encode(), headers=dict(headers), purpose="log in",
            effect=Effect.READ, refuse=to_login_error)  # fmt: skip
        if "<!DOCTYPE" in answer.text:  # its reader would expand entities without end
            raise to_login_error(Refusal(200, "", _NO_SOAP), where=url)
        return answer


def read_sfdx_url(url: Secret) -> tuple[str, Secret, Secret, str]:
    """Client id, secret, refresh token and https instance URL of a force:// URL.

    Errors: UsageError; the URL itself is never shown. Source: Salesforce CLI reference, "org
    login sfdx-url".
    """
    content = url.reveal().strip()
    if content.startswith("{"):  # the JSON of `sf org auth show-sfdx-auth-url --json`
        content = _url_in_json(content)
    found = _SFDX_URL.fullmatch(content)
    if found is None:
        raise UsageError(
            "that is not an sfdx auth URL",
            where="url",
            # Source: forcedotcom/cli issue 3560: since May 2026 `sf org display` shows no secret.
            hint="force://CLIENT:SECRET:TOKEN@HOST is expected, as told by: "
            "sf org auth show-sfdx-auth-url --json",
        )
    return found[1], Secret(found[2]), Secret(found[3]), f"https://{found[4]}"


def _url_in_json(content: str) -> str:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    result = document.get("result", document) if isinstance(document, dict) else {}
    return str(result.get("sfdxAuthUrl", "")) if isinstance(result, dict) else ""


def end_session(token: Secret, place: Place, session: OrgSession) -> None:
    """Revoke an access or refresh token. Errors: as `fetch_token`; a dead token is fine.

    Source: Salesforce help, "Revoke OAuth Tokens".
    """
    session.pin(place.token_origin)
    url = f"{place.token_origin}/services/oauth2/revoke"
    try:
        session.request("POST", url, data={"token": token.reveal()}, purpose="log out",
                        refuse=to_login_error)  # fmt: skip
    except LoginRefused as refused:
        if refused.org_code not in {"invalid_token", "unsupported_token_type"}:
            raise
