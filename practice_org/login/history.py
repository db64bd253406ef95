"""What the org remembers of logins: LoginHistory, and the grants of OauthToken.

Source: Salesforce, Object Reference, LoginHistory and OauthToken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from practice_org.org import Org, to_timestamp
from practice_org.rights import may
from practice_org.soql.query import Query

Row = dict[str, object]
OAUTH = "Remote Access 2.0"
# Salesforce: "six months of login history".
_KEPT = timedelta(days=180)
_SUCCESS = "Success"
_NO_ID = "000000000000000AAA"
_TABLES = """
CREATE TABLE IF NOT EXISTS login_history (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, at TEXT NOT NULL, login_type TEXT NOT NULL,
    api_type TEXT NOT NULL, api_version TEXT NOT NULL, application TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS grant_use (
    token TEXT PRIMARY KEY, created_at TEXT NOT NULL, used_at TEXT NOT NULL, uses INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody came in; the words are LoginHistory's, "N/A" where there is none.

    Which words an OAuth login and a SOAP login() leave is unverified.
    """

    login_type: str = OAUTH
    api_type: str = "N/A"
    api_version: str = "N/A"
    application: str = "N/A"


def create_history_tables(org: Org) -> None:
    """Make room for logins and for the use of grants; idempotent."""
    org.db.executescript(_TABLES)


def record_login(org: Org, user_id: str, login: Login, at: datetime | None = None) -> None:
    """Remember a login, now unless told otherwise."""
    org.db.execute(
        "INSERT INTO login_history VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            org.new_id("0Ya"), user_id, to_timestamp(at or org.now()),
            login.login_type, login.api_type, login.api_version, login.application,
        ),
    )  # fmt: skip


def record_grant(org: Org, token: str, at: datetime | None = None) -> None:
    """Remember that a refresh token was issued, or used again, now unless told otherwise."""
    now = to_timestamp(at or org.now())
    org.db.execute(
        "INSERT INTO grant_use VALUES (?, ?, ?, 1) "
        "ON CONFLICT (token) DO UPDATE SET used_at = excluded.used_at, uses = uses + 1",
        (token, now, now),
    )


def last_use(org: Org, token: str) -> datetime:
    """When this refresh token was issued or last used."""
    row = org.db.execute("SELECT used_at FROM grant_use WHERE token = ?", (token,)).fetchone()
    return datetime.fromisoformat(row["used_at"]) if row else org.now()


def login_rows(org: Org, user_id: str, _query: Query) -> Iterator[Row]:
    """LoginHistory: everybody's with Manage Users, else the caller's own."""
    everybody = may(org, user_id, "ManageUsers")
    since = to_timestamp(org.now() - _KEPT)
    for row in org.db.execute("SELECT * FROM login_history WHERE at >= ? ORDER BY at", (since,)):
        if everybody or row["user_id"] == user_id:
            yield {
                "Id": row["id"],
                "UserId": row["user_id"],
                "LoginTime": row["at"],
                "LoginType": row["login_type"],
                "ApiType": row["api_type"],
                "ApiVersion": row["api_version"],
                "Application": row["application"],
                "Status": _SUCCESS,
            }


def grant_rows(org: Org, user_id: str, _query: Query) -> Iterator[Row]:
    """OauthToken: everybody's with Customize Application, else the caller's own.

    That only grants with a refresh token are in it is unverified. The tokens themselves are not
    told here.
    """
    everybody = may(org, user_id, "CustomizeApplication")
    found = org.db.execute(
        "SELECT r.user_id, a.name, u.created_at, u.used_at, u.uses FROM refresh_token r "
        "JOIN connected_app a ON a.client_id = r.client_id "
        "LEFT JOIN grant_use u ON u.token = r.token"
    )
    for row in found:
        if everybody or row["user_id"] == user_id:
            yield {
                "Id": _NO_ID,
                "AppName": row["name"],
                "UserId": row["user_id"],
                "CreatedDate": row["created_at"],
                "LastUsedDate": row["used_at"],
                "UseCount": row["uses"] or 0,
            }
