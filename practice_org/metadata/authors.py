"""Who did it, and who may: user names in results, the rights every metadata call needs."""

from __future__ import annotations

from practice_org.metadata.problems import Problem
from practice_org.org import Org
from practice_org.rights import may_any
from practice_org.tables import find_row
from practice_org.wire import OrgError

# The permission of the feature that a component belongs to, which a user needs besides Modify
# Metadata. Source: Salesforce Help, "Metadata API Edit Access". Which one each type asks for, and
# that these do, is unverified.
_FEATURES = {
    "PermissionSet": "ManageProfilesPermissionsets",
    "Profile": "ManageProfilesPermissionsets",
}
_OTHERS = "CustomizeApplication"


def user_name(org: Org, user_id: str) -> str:
    """A user's full name, or the id when there is no such row."""
    row = find_row(org, "User", user_id) if user_id else None
    if row is None:
        return user_id
    return " ".join(str(row[part]) for part in ("FirstName", "LastName") if row[part])


def require_metadata_rights(org: Org, user_id: str) -> None:
    """Refuse a user who may not use the Metadata API, reading included. Errors: OrgError."""
    if not may_any(org, user_id, ("ModifyMetadata", "ModifyAllData")):
        raise OrgError(
            "INSUFFICIENT_ACCESS",
            "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata "
            "permissions",
            status=403,
        )


def feature_problem(org: Org, kind: str) -> Problem | None:
    """Why org.user_id may not change components of this type; None when they may.

    The sentence is unverified.
    """
    feature = _FEATURES.get(kind, _OTHERS)
    if may_any(org, org.user_id, (feature, "ModifyAllData")):
        return None
    sentence = (
        "You do not have the level of access necessary to perform the operation you requested"
    )
    return Problem(f"{sentence}: {kind} needs {feature}")
