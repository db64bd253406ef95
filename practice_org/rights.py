"""What a user may do: profile, permission sets and groups taken together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from practice_org.columns import fields_of
from practice_org.objects import OBJECT_FIELDS, Field
from practice_org.org import Org
from practice_org.tables import delete_row, find_rows, insert_many

_OBJECT_COLUMNS = tuple(field.name for field in OBJECT_FIELDS)


class FieldAccess(StrEnum):
    """What field-level security leaves a user of one field."""

    NONE = "none"
    READ = "read"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class ObjectRights:
    """What a user may do with an object's records, sharing aside."""

    create: bool = False
    read: bool = False
    edit: bool = False
    delete: bool = False
    view_all: bool = False
    modify_all: bool = False


@dataclass(frozen=True, slots=True)
class Grants:
    """Permission set ids that give something, and the muting set that takes it back from them."""

    givers: tuple[str, ...]
    muted_by: tuple[str, ...] = ()


def grants_of(org: Org, user_id: str) -> list[Grants]:
    """Where the user's rights come from: profile and assigned sets together, then each group.

    An assignment that has ended gives nothing, nor does what a session would have to activate; no
    session of this org activates anything. In a group a set needs no activation of its own.
    Source: Object Reference, SessionPermSetActivation.
    """
    owned = _column(
        org,
        'SELECT p."Id" FROM "PermissionSet" p JOIN "User" u ON u."ProfileId" = p."ProfileId" '
        'WHERE u."Id" = ? AND p."IsOwnedByProfile" = 1',
        user_id,
    )
    direct = _column(org, f'{_held("PermissionSet")} AND a."PermissionSetGroupId" IS NULL', user_id)
    groups = _column(org, _held("PermissionSetGroup"), user_id)
    return [Grants((*owned, *direct)), *(_group(org, group) for group in groups)]


def _held(table: str) -> str:
    return (
        f'SELECT h."Id" FROM "PermissionSetAssignment" a JOIN "{table}" h '
        f'ON h."Id" = a."{table}Id" '
        'WHERE a."AssigneeId" = ? AND a."IsActive" = 1 AND h."HasActivationRequired" = 0'
    )


def _group(org: Org, group_id: str) -> Grants:
    parts = _column(
        org,
        'SELECT "PermissionSetId" FROM "PermissionSetGroupComponent" '
        'WHERE "PermissionSetGroupId" = ?',
        group_id,
    )
    muting = tuple(part for part in parts if part.startswith("0QM"))
    return Grants(tuple(part for part in parts if part not in muting), muting)


def _column(org: Org, sql: str, *values: str) -> list[str]:
    return [str(row[0]) for row in org.db.execute(sql, values)]


def may(org: Org, user_id: str, permission: str) -> bool:
    """Whether the user holds a system permission, such as "ModifyMetadata"."""
    column = f"Permissions{permission}"
    return any(
        _any(org, "PermissionSet", grants.givers, column)
        and not _any(org, "MutingPermissionSet", grants.muted_by, column)
        for grants in grants_of(org, user_id)
    )


def may_any(org: Org, user_id: str, permissions: Iterable[str]) -> bool:
    """Whether the user holds at least one of these system permissions."""
    return any(may(org, user_id, permission) for permission in permissions)


def _any(org: Org, table: str, ids: tuple[str, ...], column: str) -> bool:
    marks = ", ".join("?" * len(ids))
    sql = f'SELECT 1 FROM "{table}" WHERE "Id" IN ({marks}) AND "{column}" = 1 LIMIT 1'
    return org.db.execute(sql, ids).fetchone() is not None


def object_rights(org: Org, user_id: str, sobject: str) -> ObjectRights:
    """The user's rights on an object; View All Data and Modify All Data count for every object."""
    held: set[str] = set()
    for grants in grants_of(org, user_id):
        held |= _object_columns(org, grants.givers, sobject) - _object_columns(
            org, grants.muted_by, sobject
        )
    if may(org, user_id, "ModifyAllData"):
        held |= set(_OBJECT_COLUMNS)
    elif may(org, user_id, "ViewAllData"):
        held |= {"PermissionsRead", "PermissionsViewAllRecords"}
    return ObjectRights(*(name in held for name in _OBJECT_COLUMNS))


def _object_columns(org: Org, parents: tuple[str, ...], sobject: str) -> set[str]:
    marks = ", ".join("?" * len(parents))
    rows = org.db.execute(
        f'SELECT * FROM "ObjectPermissions" WHERE "SobjectType" = ? AND "ParentId" IN ({marks})',
        (sobject, *parents),
    )
    return {name for row in rows for name in _OBJECT_COLUMNS if row[name]}


def field_accesses(org: Org, user_id: str, sobject: str) -> dict[str, FieldAccess]:
    """What the user may do with each field of the object, by API name; hidden ones are NONE.

    Fields that field security does not rule are EDIT, or READ where the org alone writes them. A
    person account's field on Account follows the Contact's field.
    """
    granted = _granted(org, user_id, sobject)
    contact = _granted(org, user_id, "Contact") if sobject == "Account" else {}
    held = fields_of(org, "Contact") if sobject == "Account" else {}
    found = {}
    for name, field in fields_of(org, sobject).items():
        target = field.mirror.rpartition(".")[2]
        ruled, source = (held[target], contact) if target else (field, granted)
        found[name] = _access(ruled, source)
    return found


def _access(field: Field, granted: Mapping[str, FieldAccess]) -> FieldAccess:
    open_to_all = FieldAccess.EDIT if field.updateable or field.createable else FieldAccess.READ
    if not field.permissionable:
        return open_to_all
    given = granted.get(field.name, FieldAccess.NONE)
    return FieldAccess.READ if given and field.calculated else given


def field_access(org: Org, user_id: str, sobject: str, field: str) -> FieldAccess:
    """What the user may do with one field; a field that is not there is NONE."""
    return field_accesses(org, user_id, sobject).get(field, FieldAccess.NONE)


def _granted(org: Org, user_id: str, sobject: str) -> dict[str, FieldAccess]:
    found: dict[str, FieldAccess] = {}
    for grants in grants_of(org, user_id):
        muted = _field_rows(org, grants.muted_by, sobject)
        for name, (read, edit) in _field_rows(org, grants.givers, sobject).items():
            no_read, no_edit = muted.get(name, (False, False))
            if edit and not (no_edit or no_read):
                found[name] = FieldAccess.EDIT
            elif read and not no_read:
                found.setdefault(name, FieldAccess.READ)
    return found


def _field_rows(org: Org, parents: tuple[str, ...], sobject: str) -> dict[str, tuple[bool, bool]]:
    marks = ", ".join("?" * len(parents))
    rows = org.db.execute(
        'SELECT "Field", max("PermissionsRead"), max("PermissionsEdit") FROM "FieldPermissions" '
        f'WHERE "SobjectType" = ? AND "ParentId" IN ({marks}) GROUP BY "Field"',
        (sobject, *parents),
    )
    return {row[0].partition(".")[2]: (bool(row[1]), bool(row[2])) for row in rows}


def grant_fields(org: Org, parent_id: str, sobject: str, access: Mapping[str, FieldAccess]) -> None:
    """Write FieldPermissions rows for a permission set; NONE writes none, as in Salesforce."""
    insert_many(
        org,
        "FieldPermissions",
        (
            {
                "ParentId": parent_id,
                "SobjectType": sobject,
                "Field": f"{sobject}.{name}",
                "PermissionsRead": True,
                "PermissionsEdit": given is FieldAccess.EDIT,
            }
            for name, given in access.items()
            if given is not FieldAccess.NONE
        ),
    )


def secured_fields(org: Org, sobject: str) -> list[str]:
    """The fields of the object that field security rules, by API name."""
    return [name for name, field in fields_of(org, sobject).items() if field.permissionable]


def drop_grants(org: Org, parent_id: str) -> None:
    """Take away the rows of what a permission set grants, as its deletion does."""
    for sobject in ("FieldPermissions", "ObjectPermissions"):
        for grant in find_rows(org, sobject, ParentId=parent_id):
            delete_row(org, sobject, grant["Id"])
