"""Connected apps: client ids, secrets, keys, and the users an administrator let in beforehand."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from practice_org.login.history import record_grant
from practice_org.login.sessions import end_sessions_of, random_word
from practice_org.org import Org

_TABLES = """
CREATE TABLE IF NOT EXISTS connected_app (
    client_id TEXT PRIMARY KEY, name TEXT NOT NULL, secret_hash TEXT NOT NULL,
    public_key TEXT NOT NULL, run_as TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS app_approval (
    client_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (client_id, user_id));
CREATE TABLE IF NOT EXISTS refresh_token (
    token TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS retired_token (token TEXT PRIMARY KEY, successor TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS authorization_code (
    code TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL, ends_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS password (
    user_id TEXT PRIMARY KEY, salt TEXT NOT NULL, hash TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class App:
    """One connected app.

    `secret_hash` is digest(secret), "" for a public client; `public_key` is PEM, "" when it takes
    no JWT; `run_as` is the user of the client credentials flow, "" when that is off.
    """

    client_id: str
    name: str
    secret_hash: str = ""
    public_key: str = ""
    run_as: str = ""


def create_login_tables(org: Org) -> None:
    """Make room for apps, approvals, refresh tokens, codes and passwords; idempotent."""
    org.db.executescript(_TABLES)


def register_app(org: Org, app: App) -> None:
    """Add a connected app, or replace the one of this client id."""
    org.db.execute(
        "INSERT OR REPLACE INTO connected_app VALUES (?, ?, ?, ?, ?)",
        (app.client_id, app.name, app.secret_hash, app.public_key, app.run_as),
    )


def approve_app(org: Org, client_id: str, user_ids: Iterable[str]) -> None:
    """Pre-authorise these users, as a permission set on the app's policy does."""
    org.db.executemany(
        "INSERT OR IGNORE INTO app_approval VALUES (?, ?)",
        [(client_id, user_id) for user_id in user_ids],
    )


def find_app(org: Org, client_id: str) -> App | None:
    """The app of this client id."""
    row = org.db.execute("SELECT * FROM connected_app WHERE client_id = ?", (client_id,)).fetchone()
    return App(**dict(row)) if row else None


def has_approved(org: Org, client_id: str, user_id: str) -> bool:
    """Whether this user may use the app without being asked."""
    found = org.db.execute(
        "SELECT 1 FROM app_approval WHERE client_id = ? AND user_id = ?", (client_id, user_id)
    ).fetchone()
    return found is not None


def secret_matches(app: App, secret: str) -> bool:
    """Whether this is the app's secret; a public client has none to give."""
    return not app.secret_hash or hmac.compare_digest(app.secret_hash, digest(secret))


def issue_refresh_token(org: Org, client_id: str, user_id: str) -> str:
    """A new refresh token, good until it is revoked or rotated."""
    token = f"5Aep{random_word(org, 80)}"
    org.db.execute("INSERT INTO refresh_token VALUES (?, ?, ?)", (token, client_id, user_id))
    record_grant(org, token)
    return token


def find_refresh_token(org: Org, token: str) -> sqlite3.Row | None:
    """The row behind a refresh token: token, client_id, user_id."""
    row: sqlite3.Row | None = org.db.execute(
        "SELECT * FROM refresh_token WHERE token = ?", (token,)
    ).fetchone()
    return row


def revoke_refresh_token(org: Org, token: str) -> bool:
    """Forget it; whether it was known."""
    return org.db.execute("DELETE FROM refresh_token WHERE token = ?", (token,)).rowcount > 0


def rotate_refresh_token(org: Org, row: sqlite3.Row) -> str:
    """Retire this token for a new one, which is returned."""
    fresh = issue_refresh_token(org, row["client_id"], row["user_id"])
    revoke_refresh_token(org, row["token"])
    org.db.execute("INSERT INTO retired_token VALUES (?, ?)", (row["token"], fresh))
    return fresh


def revoke_successors(org: Org, token: str) -> None:
    """End all that came of a retired token; one that was never retired ends nothing.

    Salesforce help, "Force one-time-use Refresh Tokens": reuse of an invalidated refresh token
    revokes the current one and all associated access tokens.
    """
    seen = token
    while found := _successor(org, seen):
        seen = found
    current = find_refresh_token(org, seen)
    if current is not None:
        revoke_refresh_token(org, seen)
        end_sessions_of(org, current["user_id"], client=current["client_id"])


def _successor(org: Org, token: str) -> str:
    row = org.db.execute("SELECT successor FROM retired_token WHERE token = ?", (token,)).fetchone()
    return str(row["successor"]) if row else ""


def set_password(org: Org, user_id: str, password: str) -> None:
    """Give a user a password: what SOAP login() takes, security token included."""
    salt = random_word(org, 16)
    org.db.execute(
        "INSERT OR REPLACE INTO password VALUES (?, ?, ?)", (user_id, salt, digest(salt + password))
    )


def password_matches(org: Org, user_id: str, password: str) -> bool:
    """Whether this is the user's password; a user without one never matches."""
    row = org.db.execute("SELECT * FROM password WHERE user_id = ?", (user_id,)).fetchone()
    return row is not None and hmac.compare_digest(row["hash"], digest(row["salt"] + password))


def digest(secret: str) -> str:
    """The hash a secret is kept as."""
    return hashlib.sha256(secret.encode()).hexdigest()
