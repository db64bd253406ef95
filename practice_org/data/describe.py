"""Describe results: what the caller may know of an object and its fields.

Source: Salesforce, REST API guide, "sObject Describe"; the shapes are the SOAP API's
DescribeSObjectResult and Field.
"""

from __future__ import annotations

from typing import Any

from practice_org.columns import fields_of
from practice_org.data.sharing import may_create
from practice_org.objects import OBJECTS, Api, Field, SObject
from practice_org.org import Org
from practice_org.rights import FieldAccess, ObjectRights, field_accesses, object_rights

_SOAP_TYPES = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int",
    "double": "xsd:double", "currency": "xsd:double", "date": "xsd:date",
    "datetime": "xsd:dateTime",
}  # fmt: skip
_UNSORTABLE = frozenset({"complexvalue", "textarea"})


def describe_briefly(org: Org, user_id: str, sobject: SObject, base: str) -> dict[str, Any]:
    """An object without its fields: an entry of the global describe, the top of a describe."""
    rights = object_rights(org, user_id, sobject.name)
    abilities = _abilities(org, user_id, sobject, rights)
    url = f"{base}/sobjects/{sobject.name}"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        **abilities,
        "custom": sobject.name.endswith("__c"),
        "customSetting": False,
        "deepCloneable": False,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.prefix or None,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "layoutable": sobject.business,
        "mergeable": sobject.business,
        "mruEnabled": sobject.business,
        "name": sobject.name,
        "queryable": True,
        "replicateable": sobject.business,
        "retrieveable": True,
        "searchable": sobject.business,
        "triggerable": sobject.business,
        "undeletable": sobject.keeps_deleted,
        "urls": {
            "sobject": url,
            "describe": f"{url}/describe",
            "rowTemplate": f"{url}/{{ID}}",
        },
    }


def _abilities(org: Org, user_id: str, sobject: SObject, rights: ObjectRights) -> dict[str, bool]:
    if sobject.business:
        can = {"create": rights.create, "update": rights.edit, "delete": rights.delete}
    else:
        can = dict.fromkeys(sobject.operations, may_create(org, user_id, sobject))
    words = {"create": "createable", "update": "updateable", "delete": "deletable"}
    return {word: can.get(operation, False) for operation, word in words.items()}


def describe(org: Org, user_id: str, sobject: SObject, base: str) -> dict[str, Any]:
    """An object with the fields the caller can see."""
    access = field_accesses(org, user_id, sobject.name)
    visible = [
        field
        for field in fields_of(org, sobject.name).values()
        if not sobject.business or access[field.name] is not FieldAccess.NONE
    ]
    return {
        **describe_briefly(org, user_id, sobject, base),
        "actionOverrides": [],
        "childRelationships": _children(org, sobject) if sobject.business else [],
        "compactLayoutable": sobject.business,
        "fields": [_field(field, sobject, access[field.name]) for field in visible],
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_types(org, sobject) if sobject.business else [],
        "searchLayoutable": sobject.business,
        "supportedScopes": [{"label": f"All {sobject.plural}", "name": "everything"}],
    }


def _field(field: Field, sobject: SObject, access: FieldAccess) -> dict[str, Any]:
    edit = access is FieldAccess.EDIT or not sobject.business
    sortable = field.type not in _UNSORTABLE
    return {
        **_shape(field),
        "aggregatable": sortable,
        "autoNumber": False,
        "calculated": field.calculated,
        "createable": field.createable and edit and not field.calculated,
        "custom": field.custom,
        "defaultValue": field.default,
        "defaultedOnCreate": field.type == "boolean" or field.name == "OwnerId",
        "externalId": field.external_id,
        "filterable": sortable or field.length <= 255,
        "groupable": sortable and field.type not in {"datetime", "double"},
        "idLookup": field.type in {"id", "email"} or field.external_id,
        "inlineHelpText": field.help_text or None,
        "label": field.label,
        "name": field.name,
        "nameField": field.name == "Name",
        "nillable": field.nillable,
        "permissionable": field.permissionable,
        "picklistValues": _choices(field),
        "polymorphicForeignKey": len(field.refers_to) > 1,
        "referenceTo": list(field.refers_to),
        "relationshipName": field.relationship or None,
        "restrictedPicklist": False,
        "sortable": sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable and edit and not field.calculated,
    }


def _shape(field: Field) -> dict[str, Any]:
    """The parts that only say how wide the value is."""
    wide = field.length if _soap_type(field) in {"xsd:string", "tns:ID"} else 0
    return {
        "byteLength": wide * 3,
        "caseSensitive": False,
        "compoundFieldName": None,
        "controllerName": None,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": 18 if field.type == "int" else 0,
        "encrypted": False,
        "extraTypeInfo": None,
        "formula": None,
        "htmlFormatted": False,
        "length": wide,
        "mask": None,
        "precision": 18 if field.type in {"double", "currency"} else 0,
        "scale": 2 if field.type in {"double", "currency"} else 0,
        "soapType": _soap_type(field),
        "writeRequiresMasterRead": False,
    }


def _soap_type(field: Field) -> str:
    return _SOAP_TYPES.get(field.type, "xsd:string")


def _choices(field: Field) -> list[dict[str, Any]]:
    return [
        {
            "active": True,
            "defaultValue": choice == field.default,
            "label": choice,
            "validFor": None,
            "value": choice,
        }
        for choice in field.choices
    ]


def _children(org: Org, sobject: SObject) -> list[dict[str, Any]]:
    return [
        {
            "cascadeDelete": False,
            "childSObject": child.name,
            "deprecatedAndHidden": False,
            "field": field.name,
            "relationshipName": child.plural if field.relationship == sobject.name else None,
            "restrictedDelete": False,
        }
        for child in OBJECTS.values()
        if child.business
        for field in fields_of(org, child.name).values()
        if sobject.name in field.refers_to
    ]


def _record_types(org: Org, sobject: SObject) -> list[dict[str, Any]]:
    rows = org.db.execute(
        'SELECT "Id", "Name", "DeveloperName", "IsActive" FROM "RecordType" '
        'WHERE "SobjectType" = ? ORDER BY "Name"',
        (sobject.name,),
    )
    found = [(row["Id"], row["Name"], row["DeveloperName"], bool(row["IsActive"])) for row in rows]
    return [
        {
            "active": active,
            "available": active,
            "defaultRecordTypeMapping": len(found) == 0,
            "developerName": developer_name,
            "master": record_type == "012000000000000AAA",
            "name": name,
            "recordTypeId": record_type,
        }
        for record_type, name, developer_name, active in [
            *found, ("012000000000000AAA", "Master", "Master", True)
        ]
    ]  # fmt: skip


def objects_of(api: Api, org: Org, user_id: str) -> list[SObject]:
    """The objects of one API that the caller may read, by name."""
    return [
        sobject
        for sobject in sorted(OBJECTS.values(), key=lambda found: found.name)
        if api in sobject.apis
        and (not sobject.business or object_rights(org, user_id, sobject.name).read)
    ]
