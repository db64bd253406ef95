"""What a user may do, as rows: UserPermissionAccess and UserRecordAccess."""

from __future__ import annotations

from collections.abc import Iterator

from practice_org.data.sharing import RecordAccess, record_access
from practice_org.ids import to_18
from practice_org.objects import SYSTEM_PERMISSIONS, object_of_id
from practice_org.org import Org
from practice_org.rights import may
from practice_org.soql.query import Query
from practice_org.tables import find_row
from practice_org.tooling.asked import literals
from practice_org.wire import OrgError

Row = dict[str, object]
_MOST_IDS = 200


def permission_rows(org: Org, user_id: str, _query: Query) -> Iterator[Row]:
    """UserPermissionAccess: the caller's system permissions, one row."""
    held = {f"Permissions{name}": may(org, user_id, name) for name in SYSTEM_PERMISSIONS}
    yield {"Id": "000000000000000AAA", "LastCacheUpdate": org.timestamp(), **held}


def record_access_rows(org: Org, user_id: str, query: Query) -> Iterator[Row]:
    """UserRecordAccess: one user and at most 200 records, both named in the query.

    Errors: OrgError when either is not. Source: Object Reference, UserRecordAccess.
    """
    users, asked = literals(query, "UserId"), literals(query, "RecordId")
    if len(users) != 1 or not 1 <= len(asked) <= _MOST_IDS:
        raise OrgError(
            "MALFORMED_QUERY",
            "UserRecordAccess queries must filter on one UserId and on RecordId with at most "
            f"{_MOST_IDS} ids",
        )
    del user_id
    for record_id in map(to_18, asked):
        yield _record_row(org, to_18(users[0]), record_id)


def _record_row(org: Org, user_id: str, record_id: str) -> Row:
    sobject = object_of_id(record_id)
    row = find_row(org, sobject.name, record_id) if sobject else None
    access = RecordAccess.NONE
    if sobject is not None and row is not None:
        access = record_access(org, user_id, sobject, row)
    return {
        "Id": record_id,
        "UserId": user_id,
        "RecordId": record_id,
        "HasReadAccess": access >= RecordAccess.READ,
        "HasEditAccess": access >= RecordAccess.EDIT,
        "HasDeleteAccess": access >= RecordAccess.DELETE,
        "HasTransferAccess": access >= RecordAccess.ALL,
        "HasAllAccess": access >= RecordAccess.ALL,
        "MaxAccessLevel": access.name.capitalize(),
    }
