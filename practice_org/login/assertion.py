"""The JWT of the bearer flow: whose it is, who signed it, whom it is for, until when.

Source: Salesforce, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt.types import Options

from practice_org.login.apps import App, find_app
from practice_org.login.doors import known_doors
from practice_org.login.refusals import LoginRefused, Refusal
from practice_org.org import Org

# Salesforce allows three minutes of clock skew; a client in use sends exp = now.
SKEW_S = 180
# A client in use sends exp in milliseconds; no date in seconds comes near this.
_MILLISECONDS_FROM = 100_000_000_000
_AUDIENCE_PATHS = ("", "/", "/services/oauth2/token")
# What else the JWT says is checked here: no library takes every client's spelling of it.
_ONLY_THE_SIGNATURE: Options = {
    "verify_exp": False,
    "verify_aud": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_sub": False,
}


@dataclass(frozen=True, slots=True)
class Assertion:
    """A JWT that has passed every check: the app that signed it, the username it speaks for."""

    app: App
    username: str


def read_assertion(org: Org, token: str, origin: str) -> Assertion:
    """Check a JWT against the app's registered key, its audience and the org's clock.

    Errors: LoginRefused in the order Salesforce finds faults: form, app, signature, audience, time.
    """
    app = find_app(org, str(_claims_unchecked(token).get("iss", "")))
    if app is None:
        raise LoginRefused(Refusal.UNKNOWN_CLIENT)
    claims = _claims_signed_by(app, token)
    if not _is_for_us(
        str(claims.get("aud", "")), {*known_doors(org), origin, org.setting("my_domain")}
    ):
        raise LoginRefused(Refusal.BAD_AUDIENCE)
    if _seconds(claims.get("exp")) + SKEW_S < org.now().timestamp():
        raise LoginRefused(Refusal.EXPIRED)
    return Assertion(app, str(claims.get("sub") or claims.get("prn") or ""))


def _claims_unchecked(token: str) -> Mapping[str, Any]:
    try:
        claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as broken:
        raise LoginRefused(Refusal.BAD_ASSERTION) from broken
    return claims


def _claims_signed_by(app: App, token: str) -> Mapping[str, Any]:
    if not app.public_key:
        raise LoginRefused(Refusal.BAD_ASSERTION)
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token, app.public_key, algorithms=["RS256"], options=_ONLY_THE_SIGNATURE
        )
    except jwt.PyJWTError as broken:
        raise LoginRefused(Refusal.BAD_ASSERTION) from broken
    return claims


def _is_for_us(audience: str, ours: set[str]) -> bool:
    # simple-salesforce builds its audience from the address it posts to, token path and all.
    parts = urlsplit(audience)
    return f"{parts.scheme}://{parts.netloc}" in ours and parts.path in _AUDIENCE_PATHS


def _seconds(exp: object) -> float:
    """Take an exp of any client: a number or text, in seconds or milliseconds."""
    try:
        moment = float(str(exp))
    except ValueError as broken:
        raise LoginRefused(Refusal.BAD_ASSERTION) from broken
    if not math.isfinite(moment):
        raise LoginRefused(Refusal.BAD_ASSERTION)
    return moment / 1000 if moment > _MILLISECONDS_FROM else moment
