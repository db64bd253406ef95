"""How the integration user has logged in lately: what goes away is seen before it is gone."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asking import Door, Row, fetch_rows, then
from deployer.readiness.facts.rights import Rights
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

DAYS = 90
MANAGE_USERS = "ManageUsers"
# Only LoginTime, LoginType and a few others can be filtered, and the rest can be grouped by.
# Source: Object Reference, LoginHistory.
_LOGINS = (
    "SELECT LoginType, ApiType, ApiVersion, COUNT(Id) logins FROM LoginHistory "
    "WHERE UserId = :user AND LoginTime = LAST_N_DAYS:90 "
    "GROUP BY LoginType, ApiType, ApiVersion"
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """One way in: LoginHistory's words, and how often it was used; `version` 0.0 for none."""

    login_type: str
    api_type: str
    version: float
    logins: int

    @property
    def is_soap_login(self) -> bool:
        """Whether it was SOAP login(), as far as the words tell (unverified)."""
        return self.api_type.startswith("SOAP") and not self.login_type.startswith("Remote Access")


@dataclass(frozen=True, slots=True)
class Entrances:
    """Every way in that the integration user took in the last 90 days.

    `shown` is false where the org tells this login of nobody's logins but its own.
    """

    all: tuple[Entrance, ...]
    shown: bool = True


def fetch_entrances(conn: Connection, user: str, rights: Fact[object]) -> Fact[object]:
    """One call, counted by the org. Without Manage Users no row of another user is shown."""
    if isinstance(rights, Unknown):
        return rights
    if not isinstance(rights.value, Rights) or not rights.value.has.get(MANAGE_USERS):
        return Known(Entrances((), shown=False))
    query = {"logins": bind(_LOGINS, user=user)}
    found = fetch_rows(conn, Door.REST, query, "integration user's logins")["logins"]
    return then(found, lambda rows: Entrances(tuple(map(_entrance, rows))))


def _entrance(row: Row) -> Entrance:
    return Entrance(
        str(row["LoginType"] or ""),
        str(row["ApiType"] or ""),
        _version(str(row["ApiVersion"] or "")),
        int(row["logins"]),
    )


def _version(text: str) -> float:
    """0.0 for a login that tells none, which is written "N/A"."""
    try:
        return float(text)
    except ValueError:
        return 0.0
