"""Layouts that somebody saved since this machine deployed to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import PERSON_OBJECTS
from deployer.readiness.facts.asked import Deployed
from deployer.readiness.facts.asking import Door, Row, Rows, fetch_rows
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

_LAYOUTS = (
    "SELECT Name, NamespacePrefix, TableEnumOrId, LastModifiedDate FROM Layout "
    "WHERE TableEnumOrId IN :tables"
)
# Rows are kept for 30 days. Source: Tooling API guide, DeployRequest.
_DEPLOY = "SELECT CompletedDate FROM DeployRequest WHERE Id = :id"
# For an older deploy: no deploy of layouts runs for longer.
_AT_MOST = timedelta(hours=2)
# That no component is stamped later than its job's end is unverified; what is saved in these
# seconds the deploy itself reads back.
_SLACK = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Drift:
    """Layouts, as Object-Name, of our last deploy of this field that were saved after it.

    `deployed_at` is when that deploy was asked for; "" when this machine has made none.
    """

    deployed_at: str
    layouts: tuple[str, ...] = ()


def fetch_drift(conn: Connection, deployed: Deployed | None) -> Fact[object]:
    """One call, and none where nothing was deployed."""
    if deployed is None:
        return Known(Drift(""))
    queries = {
        "layouts": bind(_LAYOUTS, tables=PERSON_OBJECTS),
        "deploy": bind(_DEPLOY, id=deployed.deploy_id),
    }
    found = fetch_rows(conn, Door.TOOLING, queries, "layouts saved since the deploy")
    layouts, deploy = found["layouts"], found["deploy"]
    if isinstance(layouts, Unknown):
        return layouts
    ended = ended_at(deployed, deploy)
    saved = _saved_after(layouts.value, ended + _SLACK)
    return Known(Drift(deployed.asked_at, tuple(sorted(set(saved) & set(deployed.layouts)))))


def ended_at(deployed: Deployed, deploy: Fact[Rows]) -> datetime:
    """When the deploy was over: as the org has it, else the latest that it can have been."""
    if isinstance(deploy, Known) and deploy.value and deploy.value[0]["CompletedDate"]:
        return datetime.fromisoformat(str(deploy.value[0]["CompletedDate"]))
    return datetime.fromisoformat(deployed.asked_at) + _AT_MOST


def _saved_after(rows: Rows, ended: datetime) -> Iterator[str]:
    for row in rows:
        if datetime.fromisoformat(str(row["LastModifiedDate"])) > ended:
            yield _title(row)


def _title(row: Row) -> str:
    prefix = f"{row['NamespacePrefix']}__" if row["NamespacePrefix"] else ""
    return f"{row['TableEnumOrId']}-{prefix}{row['Name']}"
