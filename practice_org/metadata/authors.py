"""Who did it, and who may: user names in results, the rights every metadata call needs."""

from __future__ import annotations

from practice_org.org import Org
from practice_org.rights import may_any
from practice_org.tables import find_row
from practice_org.wire import OrgError


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
