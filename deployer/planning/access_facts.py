"""Ask one org who may read and edit the field, and who its users are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.org import AccessFacts, Grant, Holder, Profile
from deployer.planning.access import ActiveUser, is_group_word
from deployer.planning.org_facts import FIELD_OBJECTS, Listing, stamp_of
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import query_request
from deployer.salesforce.soql import bind

_PROFILES = (
    "SELECT ProfileId, Profile.Name, COUNT(Id) users FROM User WHERE IsActive = true "
    "GROUP BY ProfileId, Profile.Name"
)
_GRANTS = (
    "SELECT SobjectType, PermissionsRead, PermissionsEdit, ParentId, Parent.IsOwnedByProfile, "
    "Parent.ProfileId FROM FieldPermissions WHERE Field IN :members"
)
_SET = (
    "SELECT Id, NamespacePrefix FROM PermissionSet WHERE Name = :name AND IsOwnedByProfile = false"
)
_HOLDERS = (
    "SELECT AssigneeId, Assignee.ProfileId, PermissionSetId FROM PermissionSetAssignment "
    "WHERE PermissionSetId IN :ids AND Assignee.IsActive = true"
)
_GROUP_PARTS = (
    "SELECT PermissionSetGroupId, PermissionSetId FROM PermissionSetGroupComponent "
    "WHERE PermissionSetId IN :ids"
)
_GROUP_HOLDERS = (
    "SELECT AssigneeId, Assignee.ProfileId, PermissionSetGroupId FROM PermissionSetAssignment "
    "WHERE PermissionSetGroupId IN (SELECT PermissionSetGroupId FROM PermissionSetGroupComponent "
    "WHERE PermissionSetId IN :ids) AND Assignee.IsActive = true"
)
_USERS = "SELECT Id, Username, Name, ProfileId, Profile.Name FROM User WHERE IsActive = true"


def fetch_access(
    conn: Connection, field: str, permission_set: str, saved: Listing
) -> Fact[AccessFacts]:
    """Who may read and edit the field; Unknown when this user may not look."""
    members = [f"{obj}.{field}" for obj in FIELD_OBJECTS]
    try:
        grants, profiles, sets = (
            conn.rows_of(answer)
            for answer in conn.composite(
                [
                    query_request("grants", bind(_GRANTS, members=members)),
                    query_request("profiles", _PROFILES),
                    query_request("sets", bind(_SET, name=permission_set)),
                ],
                purpose="field access and users",
            )
        )
        own = sets[0] if sets else {}
        givers = [row for row in grants if not _profile_of(row)] + [
            {"ParentId": s["Id"]} for s in sets
        ]
        holders = _fetch_holders(conn, sorted({str(row["ParentId"]) for row in givers}))
    except OptoutError as refused:
        return Unknown(str(refused))
    return Known(
        AccessFacts(
            profiles=tuple(
                Profile(str(r["ProfileId"]), str(r["Name"]), int(r["users"])) for r in profiles
            ),
            grants=tuple(_grant(row) for row in grants),
            holders=holders,
            permission_set_id=str(own.get("Id") or ""),
            permission_set_namespace=str(own.get("NamespacePrefix") or ""),
            permission_set_stamp=_set_stamp(saved, permission_set),
        )
    )


def fetch_active_users(conn: Connection, words: Iterable[str]) -> tuple[ActiveUser, ...]:
    """The active users that --assign words can mean; all of them when a set of users is meant."""
    named = list(words)
    single = not any(is_group_word(word) for word in named)
    query = f"{_USERS} AND (Username IN :names OR Id IN :ids)" if single else _USERS
    ids = [word for word in named if word.startswith("005")] or ["005000000000000AAA"]
    return tuple(
        ActiveUser(
            user_id=str(row["Id"]),
            username=str(row["Username"]),
            name=str(row["Name"]),
            profile_id=str(row["ProfileId"]),
            profile=str((row["Profile"] or {}).get("Name", "")),
        )
        for row in conn.query(bind(query, names=named, ids=ids), purpose="users to assign")
    )


def _fetch_holders(conn: Connection, ids: list[str]) -> tuple[Holder, ...]:
    """Active users who hold one of the sets, directly or as part of a group."""
    if not ids:
        return ()
    direct, parts, members = (
        conn.rows_of(answer)
        for answer in conn.composite(
            [
                query_request("direct", bind(_HOLDERS, ids=ids)),
                query_request("parts", bind(_GROUP_PARTS, ids=ids)),
                query_request("members", bind(_GROUP_HOLDERS, ids=ids)),
            ],
            purpose="permission set assignments",
        )
    )
    sets_of: dict[str, list[str]] = {}
    for row in parts:
        group = str(row["PermissionSetGroupId"])
        sets_of.setdefault(group, []).append(str(row["PermissionSetId"]))
    found = [_holder(row, str(row["PermissionSetId"])) for row in direct]
    for row in members:
        found += [_holder(row, s) for s in sets_of.get(str(row["PermissionSetGroupId"]), [])]
    return tuple(found)


def _grant(row: Mapping[str, Any]) -> Grant:
    return Grant(
        object=str(row["SobjectType"]),
        parent_id=str(row["ParentId"]),
        edit=bool(row["PermissionsEdit"]),
        profile_id=_profile_of(row),
    )


def _profile_of(row: Mapping[str, Any]) -> str:
    """The profile whose own permission set this is; "" for a permission set of its own."""
    parent = row["Parent"] or {}
    return str(parent.get("ProfileId") or "") if parent.get("IsOwnedByProfile") else ""


def _holder(row: Mapping[str, Any], set_id: str) -> Holder:
    assignee = row["Assignee"] or {}
    return Holder(str(row["AssigneeId"]), str(assignee.get("ProfileId", "")), set_id)


def _set_stamp(saved: Listing, name: str) -> str:
    return next((stamp_of(s) for s in saved.permission_sets if s.full_name == name), "")
