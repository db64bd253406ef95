"""Which org it is, what it allows, and whether it is busy."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.errors import BadInput
from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asking import Door, Row, Rows, fetch_rows, then, told
from deployer.salesforce.client import Connection

_ORGANIZATION = "SELECT OrganizationType, TrialExpirationDate, NamespacePrefix FROM Organization"
_DEPLOYS = (
    "SELECT Id, Status, CheckOnly, CreatedBy.Name FROM DeployRequest "
    "WHERE Status IN ('Pending','InProgress')"
)
# Source: Object Reference, OauthToken: LastUsedDate can be filtered.
_IDLE = "SELECT AppName FROM OauthToken WHERE LastUsedDate < LAST_N_DAYS:90"
_NO_SUCH_OBJECT = "INVALID_TYPE"


@dataclass(frozen=True, slots=True)
class OAuthGrants:
    """Apps with grants unused for 90 days; `listed` is false where the org hides the object."""

    listed: bool
    idle: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organization:
    """`edition` is Salesforce's word, as "Enterprise Edition"; `trial_ends` "" for no trial."""

    edition: str
    trial_ends: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Budget:
    """API calls of the rolling day: how many are left, and how many there are."""

    left: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Running:
    """Deployments that are queued or under way, each as a few words."""

    deploys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """The API version that is used, and the newest one the org has."""

    used: float
    newest: float


def fetch_org(conn: Connection) -> dict[str, Fact[object]]:
    """Identity, organization, versions, budget, running and grants_of_apps, in four calls."""
    rest = fetch_rows(conn, Door.REST, {"organization": _ORGANIZATION, "idle": _IDLE}, "edition")
    tooling = fetch_rows(conn, Door.TOOLING, {"deploys": _DEPLOYS}, "running deploys")
    return {
        "identity": told(lambda: conn.org),
        "organization": then(rest["organization"], _organization),
        "versions": told(lambda: _fetch_versions(conn)),
        "budget": told(lambda: _fetch_budget(conn)),
        "grants_of_apps": _grants(rest["idle"]),
        "running": then(tooling["deploys"], _running),
    }


def _grants(rows: Fact[Rows]) -> Fact[object]:
    if isinstance(rows, Unknown):
        hidden = _NO_SUCH_OBJECT in rows.reason
        return Known(OAuthGrants(listed=False)) if hidden else rows
    return Known(
        OAuthGrants(listed=True, idle=tuple(sorted({str(row["AppName"]) for row in rows.value})))
    )


def _organization(rows: Rows) -> Organization:
    row: Row = rows[0] if rows else {}
    return Organization(
        str(row.get("OrganizationType") or ""),
        str(row.get("TrialExpirationDate") or ""),
        str(row.get("NamespacePrefix") or ""),
    )


def _fetch_versions(conn: Connection) -> Versions:
    listed = conn.get_json("/services/data", purpose="API versions")
    try:
        newest = max(float(each["version"]) for each in listed)
    except (KeyError, TypeError, ValueError) as broken:
        raise BadInput("the list of API versions is not one", hint="try again") from broken
    return Versions(float(conn.org.api_version), newest)


def _fetch_budget(conn: Connection) -> Budget:
    """Source: REST API guide, "Limits"; a user without View Setup may not see it."""
    try:
        told_ = conn.limits()["DailyApiRequests"]
        return Budget(int(told_["Remaining"]), int(told_["Max"]))
    except (KeyError, TypeError, ValueError) as broken:
        raise BadInput("the org does not tell its API limit", hint="try again") from broken


def _running(rows: Rows) -> Running:
    return Running(
        tuple(
            f"{row['Id']} ({row['Status']}{', check only' if row['CheckOnly'] else ''})"
            for row in rows
        )
    )
