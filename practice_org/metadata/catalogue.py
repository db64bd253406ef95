"""Every component by type and name, wherever its truth is: stored XML, or rows of the data side."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from practice_org.metadata.canonical import Node, branch, leaf, parse_metadata, serialise
from practice_org.metadata.components import Component, find_component, list_components
from practice_org.metadata.names import key_of
from practice_org.metadata.object_file import object_settings
from practice_org.metadata.permission_set_file import all_sets, set_as_node, set_name
from practice_org.metadata.profile_file import all_profiles, profile_as_node, profile_name
from practice_org.metadata.record_types import record_type_as_node, record_type_name
from practice_org.metadata.references import has_field
from practice_org.objects import OBJECTS
from practice_org.org import Org
from practice_org.tables import find_rows


def find_any(org: Org, kind: str, full_name: str) -> Component | None:
    """The component of this type and name; a standard field counts, with nothing in it."""
    if kind in _DERIVED:
        wanted = key_of(full_name)
        found = (c for c in list_any(org, kind) if key_of(c.full_name) == wanted)
        return next(found, None)
    stored = find_component(org, kind, full_name)
    if stored is not None:
        return stored
    entity, _, field = full_name.partition(".")
    if kind == "CustomField" and field and "__" not in field and has_field(org, entity, field):
        return _derived(kind, full_name, "", Node(kind), None)
    return None


def list_any(org: Org, kind: str) -> list[Component]:
    """All components of a type by name; [] for a type the org does not emulate."""
    derive = _DERIVED.get(kind)
    found = derive(org) if derive else list_components(org, kind)
    return sorted(found, key=lambda component: component.full_name)


def file_root(org: Org, component: Component) -> Node:
    """The tree of the component's own file, root and all."""
    if component.type == "CustomObject":
        return object_root(org, component.full_name)
    return parse_metadata(component.body)


def object_root(org: Org, name: str, parts: dict[str, set[str]] | None = None) -> Node:
    """A .object file: the whole object, or only the named parts of it.

    `parts` has keys of full names by type (CustomField, RecordType).
    """
    settings = object_settings(org, name).children if parts is None else ()
    fields = [
        branch("fields", [leaf("fullName", local), *parse_metadata(field.body).children])
        for field, local in _of_object(list_components(org, "CustomField"), name)
        if parts is None or key_of(field.full_name) in parts.get("CustomField", set())
    ]
    wanted = (parts or {}).get("CustomField", set())
    bare = [branch("fields", [leaf("fullName", n)]) for n in _bare_fields(org, name, wanted)]
    types = [
        branch("recordTypes", [leaf("fullName", local), *parse_metadata(held.body).children])
        for held, local in _of_object(_record_types(org), name)
        if parts is None or key_of(held.full_name) in parts.get("RecordType", set())
    ]
    return branch("CustomObject", [*settings, *fields, *bare, *types])


def _bare_fields(org: Org, entity: str, wanted: set[str]) -> list[str]:
    """Standard fields that were asked for by name and of which the org holds no file."""
    if entity not in OBJECTS:
        return []
    stored = {key_of(field.full_name) for field in list_components(org, "CustomField")}
    return [
        field.name
        for field in OBJECTS[entity].fields.values()
        if key_of(f"{entity}.{field.name}") in wanted - stored
    ]


def _of_object(components: list[Component], name: str) -> list[tuple[Component, str]]:
    prefix = f"{name}.".casefold()
    return [
        (held, held.full_name.partition(".")[2])
        for held in components
        if held.full_name.casefold().startswith(prefix)
    ]


def _sets(org: Org) -> list[Component]:
    return [
        _derived("PermissionSet", set_name(row), row["NamespacePrefix"], set_as_node(org, row), row)
        for row in all_sets(org)
    ]


def _profiles(org: Org) -> list[Component]:
    return [
        _derived("Profile", profile_name(row), "", profile_as_node(org, row), row)
        for row in all_profiles(org)
    ]


def _record_types(org: Org) -> list[Component]:
    return [
        _derived(
            "RecordType",
            record_type_name(row),
            row["NamespacePrefix"],
            record_type_as_node(row),
            row,
        )
        for row in find_rows(org, "RecordType")
    ]


def _objects(org: Org) -> list[Component]:
    stored = {held.full_name: held for held in list_components(org, "CustomObject")}
    standard = [name for name, sobject in OBJECTS.items() if sobject.business]
    if org.setting("person_accounts") == "1":
        standard.append("PersonAccount")
    return [
        stored.get(name) or _derived("CustomObject", name, "", Node("CustomObject"), None)
        for name in {*stored, *standard}
    ]


def _derived(
    kind: str, name: str, namespace: str | None, node: Node, row: sqlite3.Row | None
) -> Component:
    stamps = ("CreatedById", "CreatedDate", "LastModifiedById", "LastModifiedDate")
    by, at, changed_by, changed_at = (str(row[s] or "") if row else "" for s in stamps)
    body = serialise(node)
    record_id = str(row["Id"]) if row else ""
    return Component(kind, name, record_id, namespace or "", body, by, at, changed_by, changed_at)


_DERIVED: dict[str, Callable[[Org], list[Component]]] = {
    "PermissionSet": _sets,
    "Profile": _profiles,
    "RecordType": _record_types,
    "CustomObject": _objects,
}
