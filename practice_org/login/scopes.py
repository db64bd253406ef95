"""OAuth scopes: what an app may give, what was asked for, and what a token may therefore do.

Source: Salesforce help, "OAuth Tokens and Scopes" and article 005226515; that an app whose policy
nobody set gives whatever is asked for is the practice org's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from practice_org.org import Org
from practice_org.wire import OrgError

REFRESH = "refresh_token"
USUAL = ("id", "api", "web", REFRESH, "openid")
_API = frozenset({"api", "full"})
# Salesforce help: "offline_access: synonymous with refresh_token".
_SAME = {"offline_access": REFRESH}
_TABLES = """
CREATE TABLE IF NOT EXISTS app_policy (
    client_id TEXT PRIMARY KEY, scopes TEXT NOT NULL, refresh_secret INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS word_scope (word TEXT PRIMARY KEY, scopes TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What an administrator set at an app.

    `scopes` are its OAuth Scopes; `refresh_secret` is "Require secret for Refresh Token Flow".
    """

    scopes: tuple[str, ...] = USUAL
    refresh_secret: bool = False


def create_scope_tables(org: Org) -> None:
    """Make room for policies and for the scopes of codes and tokens; idempotent."""
    org.db.executescript(_TABLES)


def set_policy(org: Org, client_id: str, policy: Policy) -> None:
    """Set what this app may give; what it gave before keeps what it has."""
    org.db.execute(
        "INSERT OR REPLACE INTO app_policy VALUES (?, ?, ?)",
        (client_id, " ".join(policy.scopes), policy.refresh_secret),
    )


def find_policy(org: Org, client_id: str) -> Policy | None:
    """What was set at this app, None when nobody did."""
    row = org.db.execute("SELECT * FROM app_policy WHERE client_id = ?", (client_id,)).fetchone()
    return Policy(tuple(row["scopes"].split()), bool(row["refresh_secret"])) if row else None


def may_give(org: Org, client_id: str, asked: str) -> bool:
    """Whether the app has every scope that is asked for; full has all but refresh_token."""
    policy = find_policy(org, client_id)
    if policy is None:
        return True
    missing = set(_named(asked)) - set(policy.scopes)
    return not missing or ("full" in policy.scopes and missing.isdisjoint({REFRESH}))


def given(org: Org, client_id: str, asked: str) -> tuple[str, ...]:
    """What was asked for; all that the app has when nothing was."""
    policy = find_policy(org, client_id) or Policy()
    return _named(asked) or policy.scopes


def note_scopes(org: Org, word: str, scopes: Iterable[str]) -> None:
    """Remember what this code or token may do."""
    org.db.execute("INSERT OR REPLACE INTO word_scope VALUES (?, ?)", (word, " ".join(scopes)))


def scopes_of(org: Org, word: str) -> tuple[str, ...]:
    """What this code or token may do; one that came through no app may do everything."""
    row = org.db.execute("SELECT scopes FROM word_scope WHERE word = ?", (word,)).fetchone()
    return tuple(row["scopes"].split()) if row else USUAL


def require_scope(org: Org, token: str, interface: str) -> None:
    """Refuse a token without the scope api, in the words for this interface.

    Errors: OrgError INVALID_SESSION_ID (401). Source: Salesforce help, article 005226515, for REST;
    for the other interfaces unverified.
    """
    if _API.isdisjoint(scopes_of(org, token)):
        raise OrgError(
            "INVALID_SESSION_ID",
            f"This session is not valid for use with the {interface}",
            status=401,
        )


def _named(asked: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_SAME.get(word, word) for word in asked.split()))
