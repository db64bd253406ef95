"""What the login itself may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asking import Door, fetch_rows
from deployer.salesforce.client import Connection

VIEW_SETUP = "ViewSetup"
RIGHTS = (VIEW_SETUP, "ApiEnabled", "ModifyMetadata", "ModifyAllData", "CustomizeApplication",
          "ManageProfilesPermissionsets", "ManageUsers")  # fmt: skip
_RIGHT = "SELECT Permissions{name} FROM UserPermissionAccess"


@dataclass(frozen=True, slots=True)
class Rights:
    """The login's own system permissions; one that the org does not have is not in `has`."""

    has: Mapping[str, bool]

    @property
    def sees_setup(self) -> bool:
        """Whether the org would show it layouts, permissions and pages at all."""
        return self.has.get(VIEW_SETUP, False)


def fetch_rights(conn: Connection) -> Fact[object]:
    """One query a permission: a permission the org lacks is INVALID_FIELD for the whole query."""
    queries = {name: _RIGHT.format(name=name) for name in RIGHTS}
    found = fetch_rows(conn, Door.REST, queries, "rights of this login")
    has = {
        name: bool(fact.value[0][f"Permissions{name}"])
        for name, fact in found.items()
        if isinstance(fact, Known) and fact.value
    }
    reasons = [fact.reason for fact in found.values() if isinstance(fact, Unknown)]
    return Known(Rights(has)) if has else Unknown(reasons[0] if reasons else "the org says nothing")
