"""What gives access to the field: profiles and permission sets, never a user's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.model.facts import Fact
from deployer.readiness.facts.asking import Door, Rows, fetch_rows, then
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

OBJECTS = ("Contact", "Lead")
_GRANTS = (
    "SELECT SobjectType, PermissionsEdit, Parent.IsOwnedByProfile, Parent.Profile.Name "
    "FROM FieldPermissions WHERE Field IN :members"
)


@dataclass(frozen=True, slots=True)
class Grants:
    """How many profiles and sets give edit, by object, and the profiles that give any access."""

    editing: Mapping[str, int]
    profiles: frozenset[str]


def fetch_grants(conn: Connection, field: str) -> Fact[object]:
    """One call. No row is no access. Source: Object Reference, FieldPermissions."""
    query = bind(_GRANTS, members=[f"{obj}.{field}" for obj in OBJECTS])
    found = fetch_rows(conn, Door.REST, {"grants": query}, "who gives access to the field")
    return then(found["grants"], _grants)


def _grants(rows: Rows) -> object:
    editing = [str(row["SobjectType"]) for row in rows if row["PermissionsEdit"]]
    owned = [row["Parent"] for row in rows if row["Parent"]["IsOwnedByProfile"]]
    return Grants(
        {obj: editing.count(obj) for obj in OBJECTS},
        frozenset(str((parent["Profile"] or {}).get("Name", "")) for parent in owned),
    )
