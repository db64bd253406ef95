"""Records made, changed and removed for a caller: rights, field security, what the row needs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from practice_org.actions.guards import (
    require_rules,
    require_unlocked,
)
from practice_org.columns import is_person
from practice_org.data.cells import to_cell
from practice_org.data.permits import Permit, permit_of
from practice_org.data.sharing import RecordAccess
from practice_org.faults.firing import befall
from practice_org.ids import to_18
from practice_org.objects import Field, Kind, SObject
from practice_org.org import Org
from practice_org.rights import FieldAccess, drop_grants
from practice_org.tables import (
    delete_found,
    find_from,
    find_row,
    find_rows,
    insert_cast,
    update_found,
)
from practice_org.wire import OrgError

_UNWRITABLE = (
    "Unable to create/update fields: {names}. Please check the security settings of this field "
    "and verify that it is read/write for your profile or permission set."
)
_RECORD_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
_NO_RIGHT = "insufficient access rights on object id"


def create_record(org: Org, user_id: str, sobject: SObject, values: Mapping[str, Any]) -> str:
    """Insert for this user; the new id.

    Errors: OrgError in Salesforce's words.
    """
    return create_under(permit_of(org, user_id, sobject), values)


def create_under(permit: Permit, values: Mapping[str, Any]) -> str:
    """Insert as create_record does."""
    org, sobject = permit.org, permit.sobject
    _require_operation(sobject, "create", "inserted")
    cells = _cells(permit, values, "createable")
    if not permit.reach.creates:
        raise no_right()
    _require_values(permit, cells)
    for rule in _CREATE_RULES.get(sobject.name, ()):
        rule(org, cells)
    require_rules(permit.rules, cells)
    befall(org, "record.create", sobject.name)
    return insert_cast(org, permit.mould, cells)


def change_record(
    org: Org, user_id: str, sobject: SObject, record_id: str, values: Mapping[str, Any]
) -> None:
    """Update for this user.

    Errors: OrgError in Salesforce's words.
    """
    change_under(permit_of(org, user_id, sobject), record_id, values)


def change_under(permit: Permit, record_id: str, values: Mapping[str, Any]) -> None:
    """Update as change_record does."""
    org, sobject = permit.org, permit.sobject
    _require_operation(sobject, "update", "updated")
    row = _row_under(permit, record_id)
    cells = _cells(permit, values, "updateable")
    if permit.reach.access(row) < RecordAccess.EDIT:
        raise no_right()
    _require_own_record(sobject, row)
    require_not_converted(sobject, row)
    _require_unlocked(permit, row["Id"])
    empty = [name for name in _required(sobject, cells) if name in cells and not cells[name]]
    if empty:
        raise _missing(empty)
    if permit.rules:
        require_rules(permit.rules, {**dict(row), **cells})
    befall(org, "record.update", row["Id"])
    update_found(org, permit.mould, row, cells)


def remove_record(org: Org, user_id: str, sobject: SObject, record_id: str) -> None:
    """Delete for this user.

    Errors: OrgError in Salesforce's words.
    """
    remove_under(permit_of(org, user_id, sobject), record_id)


def remove_under(permit: Permit, record_id: str) -> None:
    """Delete as remove_record does."""
    sobject = permit.sobject
    _require_operation(sobject, "delete", "deleted")
    row = _row_under(permit, record_id)
    if permit.reach.access(row) < RecordAccess.DELETE:
        raise no_right()
    _require_own_record(sobject, row)
    _require_unlocked(permit, row["Id"])
    befall(permit.org, "record.delete", row["Id"])
    if sobject.name == "PermissionSet":
        drop_grants(permit.org, row["Id"])
    delete_found(permit.org, permit.mould, row)


def no_right() -> OrgError:
    """The refusal of a caller who may not do this with that record."""
    return OrgError("INSUFFICIENT_ACCESS_OR_READONLY", _NO_RIGHT, status=403)


def require_not_converted(sobject: SObject, row: sqlite3.Row) -> None:
    """Refuse a converted lead, which is read-only. Errors: CANNOT_UPDATE_CONVERTED_LEAD."""
    if sobject.name == "Lead" and row["IsConverted"]:
        raise OrgError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")


def _require_own_record(sobject: SObject, row: sqlite3.Row) -> None:
    # Salesforce, knowledge article 005305352, shows this refusal for a person contact's record
    # type; that every other field and a deletion are refused alike is unverified.
    if sobject.name == "Contact" and is_person(row):
        raise no_right()


def _require_operation(sobject: SObject, operation: str, done: str) -> None:
    if sobject.kind is Kind.VIRTUAL or operation not in sobject.operations:
        raise OrgError(
            "INVALID_TYPE_FOR_OPERATION", f"entity type cannot be {done}: {sobject.name}"
        )


def row_to_write(org: Org, sobject: SObject, record_id: str) -> sqlite3.Row:
    """The live row of this id. Errors: OrgError MALFORMED_ID, NOT_FOUND, ENTITY_IS_DELETED."""
    _require_id(sobject, record_id)
    return _live(sobject, find_row(org, sobject.name, record_id))


def _row_under(permit: Permit, record_id: str) -> sqlite3.Row:
    _require_id(permit.sobject, record_id)
    row = permit.ahead.pop(to_18(record_id), None)
    if row is None:
        row = find_from(permit.org, permit.mould.source, record_id, permit.wanted)
    return _live(permit.sobject, row)


def _require_id(sobject: SObject, record_id: str) -> None:
    if not _RECORD_ID.fullmatch(record_id) or record_id[:3] != sobject.prefix:
        raise OrgError(
            "MALFORMED_ID", f"{sobject.label} ID: id value of incorrect type: {record_id}",
            fields=("Id",),
        )  # fmt: skip


def _live(sobject: SObject, row: sqlite3.Row | None) -> sqlite3.Row:
    if row is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    if sobject.keeps_deleted and row["IsDeleted"]:
        raise OrgError("ENTITY_IS_DELETED", "entity is deleted", status=404)
    return row


def _require_unlocked(permit: Permit, record_id: str) -> None:
    if record_id in permit.locked:
        require_unlocked(permit.org, permit.user_id, record_id)


def _cells(permit: Permit, values: Mapping[str, Any], ability: str) -> dict[str, object]:
    """The values by canonical field name, checked against what the caller may write."""
    writable = permit.writable[ability]
    cells: dict[str, object] = {}
    refused = []
    for name, value in values.items():
        field = writable.get(name.lower())
        if field is None:
            refused.append(_seen_field(permit, name).name)
        else:
            cells[field.name] = to_cell(field, value)
    if refused:
        sentence = _UNWRITABLE.format(names=", ".join(refused))
        raise OrgError("INVALID_FIELD_FOR_INSERT_UPDATE", sentence, fields=tuple(refused))
    return cells


def _seen_field(permit: Permit, name: str) -> Field:
    """The field of this name. Errors: INVALID_FIELD for one that the caller cannot even see."""
    field, sobject = permit.names.get(name.lower()), permit.sobject
    if field is None or (sobject.business and permit.access[field.name] is FieldAccess.NONE):
        sentence = f"No such column '{name}' on sobject of type {sobject.name}"
        raise OrgError("INVALID_FIELD", sentence)
    return field


def _required(sobject: SObject, cells: Mapping[str, object]) -> tuple[str, ...]:
    if sobject.name == "Account" and "LastName" in cells:
        return ("LastName",)
    return sobject.required


def _require_values(permit: Permit, cells: Mapping[str, object]) -> None:
    missing = [name for name in _required(permit.sobject, cells) if not cells.get(name)]
    missing += [name for name in permit.needed if cells.get(name) is None]
    if missing:
        raise _missing(missing)


def _missing(names: list[str]) -> OrgError:
    sentence = f"Required fields are missing: [{', '.join(names)}]"
    return OrgError("REQUIRED_FIELD_MISSING", sentence, fields=tuple(names))


def _targets_exist(org: Org, cells: Mapping[str, object]) -> None:
    for name, target in (
        ("AssigneeId", "User"),
        ("PermissionSetId", "PermissionSet"),
        ("PermissionSetGroupId", "PermissionSetGroup"),
    ):
        if cells.get(name) and find_row(org, target, str(cells[name])) is None:
            raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def _assigns_something(_org: Org, cells: Mapping[str, object]) -> None:
    if not (cells.get("PermissionSetId") or cells.get("PermissionSetGroupId")):
        raise _missing(["PermissionSetId"])


def _assigned_once(org: Org, cells: Mapping[str, object]) -> None:
    """Source: the sentence of a repeated PermissionSetAssignment; its ids have 15 characters."""
    wanted = {
        name: cells.get(name) for name in ("AssigneeId", "PermissionSetId", "PermissionSetGroupId")
    }
    if find_rows(org, "PermissionSetAssignment", **wanted):
        group = wanted["PermissionSetId"] or wanted["PermissionSetGroupId"]
        raise OrgError(
            "DUPLICATE_VALUE",
            f"Duplicate PermissionSetAssignment. Assignee: {str(wanted['AssigneeId'])[:15]}; "
            f"Permission Set: {str(group)[:15]}",
            fields=("AssigneeId", "PermissionSetId"),
        )


_CREATE_RULES: dict[str, tuple[Callable[[Org, Mapping[str, object]], None], ...]] = {
    "PermissionSetAssignment": (_assigns_something, _targets_exist, _assigned_once),
}
