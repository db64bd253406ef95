"""What the catalogue says of itself: entities, fields, and what a user may do with each field."""

from __future__ import annotations

from collections.abc import Iterator

from practice_org.columns import fields_of
from practice_org.metadata.components import find_component
from practice_org.objects import OBJECTS, Field
from practice_org.org import Org
from practice_org.rights import FieldAccess, field_accesses, object_rights
from practice_org.soql.query import Query
from practice_org.tooling.asked import literals

Row = dict[str, object]
_DATA_TYPES = {
    "id": "Lookup()", "boolean": "Checkbox", "picklist": "Picklist", "email": "Email",
    "phone": "Phone", "url": "URL", "datetime": "Date/Time", "date": "Date", "int": "Number(18, 0)",
    "double": "Number(18, 2)", "textarea": "Long Text Area", "currency": "Currency(16, 2)",
}  # fmt: skip


def entity_rows(_org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """EntityDefinition: one row per object; DurableId is the name."""
    for sobject in OBJECTS.values():
        yield {
            "Id": "000000000000000AAA",
            "DurableId": sobject.name,
            "QualifiedApiName": sobject.name,
            "DeveloperName": sobject.name,
            "MasterLabel": sobject.label,
            "Label": sobject.label,
            "PluralLabel": sobject.plural,
            "KeyPrefix": sobject.prefix or None,
            "NamespacePrefix": None,
            "IsCustomizable": sobject.business,
            "IsLayoutable": sobject.business,
            "IsQueryable": True,
            "InternalSharingModel": "Private" if sobject.business else "ReadWrite",
        }


def field_rows(org: Org, user_id: str, query: Query) -> Iterator[Row]:
    """FieldDefinition: every field of the objects that the caller may read.

    That it ignores field security is unverified: with the org setting field_definition = secured it
    follows it. That an object's read right is asked for is unverified too.
    """
    secured = org.setting("field_definition", "open") == "secured"
    for entity in _entities(query):
        if not _may_read(org, user_id, entity):
            continue
        access = field_accesses(org, user_id, entity) if secured else {}
        for field in fields_of(org, entity).values():
            if access.get(field.name) is FieldAccess.NONE:
                continue
            yield {
                **_field_row(org, entity, field),
                "IsFieldHistoryTracked": field.history,
                "NamespacePrefix": _namespace(field.name),
                "DataType": data_type(field),
            }


def particle_rows(org: Org, user_id: str, query: Query) -> Iterator[Row]:
    """EntityParticle: the fields the caller can see, as describe tells them."""
    for entity in _entities(query):
        if not _may_read(org, user_id, entity):
            continue
        access = field_accesses(org, user_id, entity)
        for field in fields_of(org, entity).values():
            if access[field.name] is not FieldAccess.NONE:
                edit = access[field.name] is FieldAccess.EDIT
                yield {
                    **_field_row(org, entity, field),
                    "Name": field.name,
                    "DataType": field.type,
                    "FieldDefinitionId": _durable(org, entity, field),
                    "IsCreatable": edit and field.createable,
                    "IsUpdatable": edit and field.updateable,
                    "IsPermissionable": field.permissionable,
                }


def field_access_rows(org: Org, user_id: str, query: Query) -> Iterator[Row]:
    """UserFieldAccess: one user (the query's UserId, else the caller) and every field."""
    for asked in literals(query, "UserId") or [user_id]:
        for entity in _entities(query):
            rights = object_rights(org, asked, entity)
            for name, access in field_accesses(org, asked, entity).items():
                field = fields_of(org, entity)[name]
                edit = access is FieldAccess.EDIT
                yield {
                    "DurableId": f"{_durable(org, entity, field)}.{asked}",
                    "UserId": asked,
                    "EntityDefinitionId": entity,
                    "FieldDefinitionId": _durable(org, entity, field),
                    "IsAccessible": rights.read and access is not FieldAccess.NONE,
                    "IsCreatable": rights.create and edit and field.createable,
                    "IsUpdatable": rights.edit and edit and field.updateable,
                }


def _may_read(org: Org, user_id: str, entity: str) -> bool:
    return not OBJECTS[entity].business or object_rights(org, user_id, entity).read


def _entities(query: Query) -> list[str]:
    """The objects a query asks for by name, else those that have layouts and field security."""
    paths = (
        "EntityDefinition.QualifiedApiName",
        "EntityDefinitionId",
        "EntityDefinition.DurableId",
    )
    asked = {name for path in paths for name in literals(query, path)}
    fields = [*literals(query, "DurableId"), *literals(query, "FieldDefinitionId")]
    asked |= {name.partition(".")[0] for name in fields}
    known = {name.lower(): name for name in OBJECTS}
    named = [known[name.lower()] for name in asked if name.lower() in known]
    return sorted(named) or [name for name, sobject in OBJECTS.items() if sobject.business]


def _field_row(org: Org, entity: str, field: Field) -> Row:
    bare = field.name.removesuffix("__c") if field.custom else field.name
    return {
        "Id": "000000000000000AAA",
        "DurableId": _durable(org, entity, field),
        "EntityDefinitionId": entity,
        "QualifiedApiName": field.name,
        "DeveloperName": bare.rpartition("__")[2] if field.custom else bare,
        "MasterLabel": field.label,
        "Label": field.label,
        "Length": field.length,
        "IsNillable": field.nillable,
        "IsCalculated": field.calculated,
    }


def _durable(org: Org, entity: str, field: Field) -> str:
    """Object.Field for a standard field, Object.00N... (15 characters) for a custom one."""
    found = find_component(org, "CustomField", f"{entity}.{field.name}") if field.custom else None
    return f"{entity}.{found.id[:15]}" if found else f"{entity}.{field.name}"


def _namespace(name: str) -> str | None:
    parts = name.split("__")
    return parts[0] if len(parts) == 3 else None


def data_type(field: Field) -> str:
    """A field's type as Setup words it: Checkbox, Text(80), Lookup(Account)."""
    if field.type == "reference":
        return f"Lookup({','.join(field.refers_to)})"
    if field.type == "string":
        return f"Text({field.length})"
    return _DATA_TYPES.get(field.type, field.type.capitalize())
