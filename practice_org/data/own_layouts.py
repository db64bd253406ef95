"""describe/layouts: the page layouts that the caller's own profile is given, and what is on them.

Source: Salesforce, REST API guide, "sObject Layouts"; the shapes are the SOAP API's
DescribeLayoutResult. Of a layout only its detail and edit sections are told here, and a person
account's layouts are not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from practice_org.metadata.canonical import Node, parse_metadata
from practice_org.metadata.components import Component, component_by_id, layout_assignments
from practice_org.objects import SObject
from practice_org.org import Org
from practice_org.rights import FieldAccess, field_accesses
from practice_org.tables import find_row, find_rows
from practice_org.wire import OrgError

MASTER = "012000000000000AAA"
_READONLY = "Readonly"


def describe_layouts(org: Org, user_id: str, sobject: SObject) -> dict[str, Any]:
    """Every layout the caller may meet, and which one a record type gets."""
    given = _given(org, user_id, sobject)
    layouts = {layout.id: layout for layout in given.values()}
    return {
        "layouts": [_layout(org, user_id, sobject, found) for found in layouts.values()],
        "recordTypeMappings": [
            _mapping(org, record_type, found.id) for record_type, found in given.items()
        ],
        "recordTypeSelectorRequired": [len(given) > 1],
    }


def describe_layout(org: Org, user_id: str, sobject: SObject, record_type: str) -> dict[str, Any]:
    """The layout of one record type. Errors: OrgError NOT_FOUND for one there is not."""
    found = _given(org, user_id, sobject).get(record_type)
    if found is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return _layout(org, user_id, sobject, found)


def _given(org: Org, user_id: str, sobject: SObject) -> dict[str, Component]:
    """Record type id -> layout; a type without an assignment of its own gets the master's."""
    user = find_row(org, "User", user_id)
    own = {
        held.record_type_id or MASTER: component_by_id(org, held.layout_id)
        for held in layout_assignments(org)
        if user is not None and held.profile_id == user["ProfileId"]
        and held.object == sobject.name
    }  # fmt: skip
    types = find_rows(org, "RecordType", SobjectType=sobject.name, IsActive=True)
    names = [MASTER, *(str(row["Id"]) for row in types)]
    found = {name: own.get(name) or own.get(MASTER) for name in names}
    return {name: layout for name, layout in found.items() if layout is not None}


def _mapping(org: Org, record_type: str, layout_id: str) -> dict[str, Any]:
    row: sqlite3.Row | None = find_row(org, "RecordType", record_type)
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": row is None,
        "developerName": row["DeveloperName"] if row else "Master",
        "layoutId": layout_id,
        "master": row is None,
        "name": row["Name"] if row else "Master",
        "picklistsForRecordType": None,
        "recordTypeId": record_type,
    }


def _layout(org: Org, user_id: str, sobject: SObject, found: Component) -> dict[str, Any]:
    access = field_accesses(org, user_id, sobject.name)
    sections = list(parse_metadata(found.body).all("layoutSections"))
    told = [_section(section, access) for section in sections]
    return {"id": found.id, "detailLayoutSections": told, "editLayoutSections": told}


def _section(section: Node, access: dict[str, FieldAccess]) -> dict[str, Any]:
    items = list(_items(section, access))
    columns = len(list(section.all("layoutColumns")))
    return {
        "heading": section.value("label"),
        "columns": columns,
        "rows": len(items),
        "useHeading": section.says("detailHeading"),
        "layoutRows": [{"numItems": 1, "layoutItems": [item]} for item in items],
    }


def _items(section: Node, access: dict[str, FieldAccess]) -> Iterator[dict[str, Any]]:
    """The items whose field the caller sees; the others are left out, as on screen."""
    for item in section.all("layoutColumns", "layoutItems"):
        name = item.value("field")
        if name and access.get(name, FieldAccess.NONE) is not FieldAccess.NONE:
            edit = access[name] is FieldAccess.EDIT and item.value("behavior") != _READONLY
            yield {
                "editableForNew": edit,
                "editableForUpdate": edit,
                "label": name,
                "layoutComponents": [{"type": "Field", "value": name}],
                "placeholder": False,
                "required": item.value("behavior") == "Required",
            }
