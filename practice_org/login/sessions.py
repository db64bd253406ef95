"""Sessions: access tokens with a user behind them and an end, by the org's own clock."""

from __future__ import annotations

import string
from datetime import datetime, timedelta

from practice_org.ids import make_id
from practice_org.org import Org
from practice_org.wire import OrgError

LIFETIME = timedelta(hours=2)
_WORD = string.ascii_letters + string.digits + "_."
_TABLE = """
CREATE TABLE IF NOT EXISTS session (
    token TEXT PRIMARY KEY, user_id TEXT NOT NULL, client TEXT NOT NULL,
    lifetime_s REAL NOT NULL, ends_at TEXT NOT NULL);
"""
# Deactivating a user ends what it has open at once.
_SESSION = """
SELECT s.user_id, s.lifetime_s, s.ends_at, COALESCE(u."IsActive", 1) AS active
FROM session s LEFT JOIN "User" u ON u."Id" = s.user_id WHERE s.token = ?
"""


def create_session_table(org: Org) -> None:
    """Make room for sessions; idempotent."""
    org.db.executescript(_TABLE)


def organization_id(org: Org) -> str:
    """The org's own id, 18 characters."""
    return org.setting("org_id") or make_id("00D", 1)


def random_word(org: Org, length: int) -> str:
    """Draw this many letters, digits, underscores and dots."""
    return "".join(org.rng.choices(_WORD, k=length))


def start_session(
    org: Org, user_id: str, *, client: str = "", lifetime: timedelta = LIFETIME
) -> str:
    """Log this user in and return the access token, in the shape of Salesforce's own.

    `client` names the connected app the login came through.
    """
    token = f"{organization_id(org)[:15]}!AQ{random_word(org, 94)}"
    ends_at = (org.now() + lifetime).isoformat()
    org.db.execute(
        "INSERT INTO session VALUES (?, ?, ?, ?, ?)",
        (token, user_id, client, lifetime.total_seconds(), ends_at),
    )
    return token


def session_user(org: Org, token: str) -> str:
    """The id of the user behind a live token; using it puts its end off, as Salesforce does.

    Errors: OrgError INVALID_SESSION_ID (401) when it is unknown, over, or its user is inactive.
    """
    row = org.db.execute(_SESSION, (token,)).fetchone()
    now = org.now()
    if row is None or not row["active"] or datetime.fromisoformat(row["ends_at"]) <= now:
        raise _invalid()
    lifetime = timedelta(seconds=row["lifetime_s"])
    # Salesforce, "Session Settings": activity in the last half of the timeout renews it.
    if datetime.fromisoformat(row["ends_at"]) - now < lifetime / 2:
        revive_session(org, token)
    return str(row["user_id"])


def revive_session(org: Org, token: str) -> None:
    """Give this token its whole lifetime again, from now."""
    row = org.db.execute("SELECT lifetime_s FROM session WHERE token = ?", (token,)).fetchone()
    ends_at = org.now() + timedelta(seconds=row["lifetime_s"])
    org.db.execute("UPDATE session SET ends_at = ? WHERE token = ?", (ends_at.isoformat(), token))


def end_session(org: Org, token: str) -> bool:
    """Log out; whether there was such a session."""
    return org.db.execute("DELETE FROM session WHERE token = ?", (token,)).rowcount > 0


def end_sessions_of(org: Org, user_id: str, client: str = "") -> None:
    """Log this user out everywhere, as freezing or deactivating does; or of one app only."""
    org.db.execute(
        "DELETE FROM session WHERE user_id = ? AND (? = '' OR client = ?)",
        (user_id, client, client),
    )


def _invalid() -> OrgError:
    return OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
