"""Grants between metadata and tables: rows are the truth, XML is written from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from practice_org.metadata.canonical import Node, branch, leaf
from practice_org.objects import SYSTEM_PERMISSIONS
from practice_org.org import Org
from practice_org.rights import drop_grants
from practice_org.tables import delete_row, find_rows, insert_row, update_row

_OBJECT_RIGHTS = {
    "allowCreate": "PermissionsCreate",
    "allowDelete": "PermissionsDelete",
    "allowEdit": "PermissionsEdit",
    "allowRead": "PermissionsRead",
    "modifyAllRecords": "PermissionsModifyAllRecords",
    "viewAllRecords": "PermissionsViewAllRecords",
}
SECTIONS = frozenset({"fieldPermissions", "objectPermissions", "userPermissions"})


def write_grants(org: Org, parent_id: str, root: Node) -> None:
    """Add the file's grants to a permission set; a grant on the same thing is replaced."""
    for entry in root.all("fieldPermissions"):
        _write_field(org, parent_id, entry)
    for entry in root.all("objectPermissions"):
        rights = {column: entry.says(name) for name, column in _OBJECT_RIGHTS.items()}
        key = {"ParentId": parent_id, "SobjectType": entry.value("object")}
        _replace(org, "ObjectPermissions", key, rights)
    said = {e.value("name"): e.says("enabled") for e in root.all("userPermissions")}
    if said:
        values = {f"Permissions{name}": enabled for name, enabled in said.items()}
        update_row(org, "PermissionSet", parent_id, values)


def clear_grants(org: Org, parent_id: str) -> None:
    """Take every grant of a permission set back."""
    drop_grants(org, parent_id)
    nothing = {f"Permissions{name}": False for name in SYSTEM_PERMISSIONS}
    update_row(org, "PermissionSet", parent_id, nothing)


def grants_as_nodes(org: Org, owner: sqlite3.Row) -> Iterator[Node]:
    """The grants of a PermissionSet row, sorted by what they are on."""
    rows = find_rows(org, "FieldPermissions", ParentId=owner["Id"])
    for row in sorted(rows, key=lambda row: str(row["Field"])):
        given = {"editable": "PermissionsEdit", "readable": "PermissionsRead"}
        yield branch("fieldPermissions", [leaf("field", row["Field"]), *_flags(row, given)])
    rows = find_rows(org, "ObjectPermissions", ParentId=owner["Id"])
    for row in sorted(rows, key=lambda row: str(row["SobjectType"])):
        named = leaf("object", row["SobjectType"])
        yield branch("objectPermissions", [named, *_flags(row, _OBJECT_RIGHTS)])
    for name in sorted(SYSTEM_PERMISSIONS):
        if owner[f"Permissions{name}"]:
            yield branch("userPermissions", [leaf("enabled", value=True), leaf("name", name)])


def extra_sections(org: Org, owner_id: str) -> bytes:
    """What a file held that no table has; b"" when nothing."""
    row = org.db.execute("SELECT body FROM extra_access WHERE id = ?", (owner_id,)).fetchone()
    return bytes(row[0]) if row else b""


def keep_extra_sections(org: Org, owner_id: str, body: bytes) -> None:
    """Store what no table has."""
    org.db.execute("INSERT OR REPLACE INTO extra_access VALUES (?, ?)", (owner_id, body))


def _write_field(org: Org, parent_id: str, entry: Node) -> None:
    name = entry.value("field")
    edit = entry.says("editable")
    # Edit without read: the platform's answer is unverified; here edit brings read.
    read = edit or entry.says("readable")
    sobject = name.partition(".")[0]
    key = {"ParentId": parent_id, "SobjectType": sobject, "Field": name}
    _replace(org, "FieldPermissions", key, {"PermissionsRead": read, "PermissionsEdit": edit})


def _replace(org: Org, sobject: str, key: dict[str, str], rights: dict[str, bool]) -> None:
    """One row for the key; no right at all is no row, as in Salesforce."""
    for row in find_rows(org, sobject, **key):
        delete_row(org, sobject, row["Id"])
    if any(rights.values()):
        insert_row(org, sobject, {**key, **rights})


def _flags(row: sqlite3.Row, names: dict[str, str]) -> Iterable[Node]:
    return (leaf(name, value=bool(row[column])) for name, column in names.items())
