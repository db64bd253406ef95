"""The OAuth grants: each turns a form into a user to log in, or refuses.

Source: Salesforce, "OAuth Authorization Flows".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

from practice_org import tables
from practice_org.login.apps import (
    App,
    find_app,
    find_refresh_token,
    has_approved,
    issue_refresh_token,
    password_matches,
    revoke_successors,
    rotate_refresh_token,
    secret_matches,
)
from practice_org.login.assertion import read_assertion
from practice_org.login.doors import check_door
from practice_org.login.history import last_use, record_grant
from practice_org.login.refusals import LoginRefused, Refusal
from practice_org.login.scopes import REFRESH, Policy, find_policy, note_scopes, scopes_of
from practice_org.org import Org


@dataclass(frozen=True, slots=True)
class Form:
    """What was posted: the fields, the Authorization header, the origin the client sees."""

    fields: Mapping[str, str]
    authorization: str
    origin: str

    def get(self, name: str) -> str:
        """One field, "" when absent."""
        return self.fields.get(name, "")


@dataclass(frozen=True, slots=True)
class Granted:
    """Who gets a session, through which app, and the refresh token that goes with it, if any.

    `scopes` are what it may do; empty for all that the app has.
    """

    app: App
    user_id: str
    refresh_token: str = ""
    scopes: tuple[str, ...] = ()


def by_assertion(org: Org, form: Form) -> Granted:
    """urn:ietf:params:oauth:grant-type:jwt-bearer; users are let in by the app's policy."""
    assertion = read_assertion(org, form.get("assertion"), form.origin)
    user_id = _user_named(org, assertion.username)
    if not user_id or not has_approved(org, assertion.app.client_id, user_id):
        raise LoginRefused(Refusal.NOT_APPROVED)
    return Granted(assertion.app, user_id)


def by_client_credentials(org: Org, form: Form) -> Granted:
    """client_credentials: the app's secret, in the body or as HTTP Basic; its run-as user."""
    client_id, secret = _client_credentials(form)
    app = _app(org, client_id)
    if not app.secret_hash or not secret_matches(app, secret):
        raise LoginRefused(Refusal.WRONG_SECRET)
    if not app.run_as:
        raise LoginRefused(Refusal.NO_RUN_AS)
    return Granted(app, app.run_as)


def by_refresh_token(org: Org, form: Form) -> Granted:
    """refresh_token; with the org setting refresh_rotation = 1 each token works once.

    With refresh_idle_days one that was not used for so long is no longer good.
    """
    row = find_refresh_token(org, form.get("refresh_token"))
    client_id, secret = _client_credentials(form)
    if row is None:
        revoke_successors(org, form.get("refresh_token"))
    if row is None or row["client_id"] != client_id or _is_idle(org, row["token"]):
        raise LoginRefused(Refusal.BAD_REFRESH_TOKEN)
    app = _app(org, client_id)
    # The secret is optional here unless the app demands it; a wrong one never passes. What is said
    # of one that is missing is unverified.
    policy = find_policy(org, client_id) or Policy()
    if (secret or policy.refresh_secret) and not secret_matches(app, secret):
        raise LoginRefused(Refusal.WRONG_SECRET)
    fresh, scopes = "", scopes_of(org, row["token"])
    record_grant(org, row["token"])
    if org.setting("refresh_rotation", "0") == "1":
        fresh = rotate_refresh_token(org, row)
        note_scopes(org, fresh, scopes)
    return Granted(app, str(row["user_id"]), fresh, scopes)


def by_code(org: Org, form: Form) -> Granted:
    """authorization_code with PKCE: once, within its two minutes, from the same redirect_uri."""
    row = org.db.execute(
        "DELETE FROM authorization_code WHERE code = ? RETURNING *", (form.get("code"),)
    ).fetchone()
    client_id, secret = _client_credentials(form)
    app = _app(org, client_id)
    if row is None or row["client_id"] != client_id:
        raise LoginRefused(Refusal.BAD_CODE)
    if datetime.fromisoformat(row["ends_at"]) <= org.now():
        raise LoginRefused(Refusal.EXPIRED)
    if row["redirect_uri"] != form.get("redirect_uri"):
        raise LoginRefused(Refusal.BAD_REDIRECT)
    if row["challenge"] and not _proves(form.get("code_verifier"), row["challenge"]):
        raise LoginRefused(Refusal.BAD_VERIFIER)
    # A code without PKCE needs the secret; a wrong one never passes.
    if (secret or not row["challenge"]) and not secret_matches(app, secret):
        raise LoginRefused(Refusal.WRONG_SECRET)
    scopes, fresh = scopes_of(org, form.get("code")), ""
    if REFRESH in scopes:
        fresh = issue_refresh_token(org, client_id, str(row["user_id"]))
        note_scopes(org, fresh, scopes)
    return Granted(app, str(row["user_id"]), fresh, scopes)


def by_password(org: Org, form: Form) -> Granted:
    """password; off unless the org setting password_grant = 1, as in every new Salesforce org."""
    client_id, secret = _client_credentials(form)
    app = _app(org, client_id)
    user_id = _user_named(org, form.get("username"))
    allowed = org.setting("password_grant", "0") == "1" and secret_matches(app, secret)
    if not (allowed and user_id and password_matches(org, user_id, form.get("password"))):
        raise LoginRefused(Refusal.WRONG_PASSWORD)
    return Granted(app, user_id)


GRANTS: Mapping[str, Callable[[Org, Form], Granted]] = {
    "urn:ietf:params:oauth:grant-type:jwt-bearer": by_assertion,
    "client_credentials": by_client_credentials,
    "refresh_token": by_refresh_token,
    "authorization_code": by_code,
    "password": by_password,
}


def grant(org: Org, form: Form) -> Granted:
    """Run the grant the form asks for.

    Errors: LoginRefused, also when the user behind a good credential is inactive.
    """
    run = GRANTS.get(form.get("grant_type"))
    if run is None:
        raise LoginRefused(Refusal.UNSUPPORTED_GRANT)
    check_door(org, form.origin, form.get("grant_type"))
    granted = run(org, form)
    user = tables.find_row(org, "User", granted.user_id)
    if user is None or not user["IsActive"]:
        raise LoginRefused(Refusal.INACTIVE_USER)
    return granted


def _is_idle(org: Org, token: str) -> bool:
    days = int(org.setting("refresh_idle_days", "0"))
    return days > 0 and org.now() - last_use(org, token) > timedelta(days=days)


def _app(org: Org, client_id: str) -> App:
    app = find_app(org, client_id)
    if app is None:
        raise LoginRefused(Refusal.UNKNOWN_CLIENT)
    return app


def _client_credentials(form: Form) -> tuple[str, str]:
    """The client id and secret: HTTP Basic when it is there, else the body."""
    scheme, _, word = form.authorization.partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id"), form.get("client_secret")
    try:
        plain = base64.b64decode(word, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as broken:
        raise LoginRefused(Refusal.WRONG_SECRET) from broken
    client_id, _, secret = plain.partition(":")
    return unquote(client_id), unquote(secret)


def _user_named(org: Org, username: str) -> str:
    rows = tables.find_rows(org, "User", Username=username) if username else []
    return str(rows[0]["Id"]) if rows else ""


def _proves(verifier: str, challenge: str) -> bool:
    """Whether this verifier hashes to the challenge (RFC 7636, S256)."""
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    return hmac.compare_digest(hashed.rstrip(b"="), challenge.rstrip("=").encode())
