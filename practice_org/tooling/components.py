"""Rows for metadata components: layouts, their assignments, pages, fields, rules, deployments.

Source: Salesforce, Tooling API guide, the objects of these names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from practice_org.metadata.components import Component, layout_assignments, list_components
from practice_org.metadata.jobs import Job, deploy_jobs
from practice_org.metadata.names import decoded
from practice_org.org import Org, to_timestamp
from practice_org.soql.query import Query
from practice_org.tooling.detail import child_text

Row = dict[str, object]
# What TableEnumOrId says for a person account layout is unverified: the prefix of its full name.
PERSON_LAYOUT_OBJECT = "PersonAccount"
_LAYOUT_TYPES = {"Global": "GlobalQuickActionList"}
_FIELD = re.compile(rb"<(?:field|fields|fieldItem)>(?:Record\.)?([^<]+)</")
# Which elements, or which words of a formula, name a field.
_MENTIONS = {
    "Layout": _FIELD,
    "FlexiPage": _FIELD,
    "Flow": _FIELD,
    "ValidationRule": re.compile(rb"\b(\w+__c)\b"),
}


def layout_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """Layout: one row per page layout, Name without the object and the package's prefix."""
    for found in list_components(org, "Layout"):
        entity, _, label = decoded(found.full_name).partition("-")
        table = PERSON_LAYOUT_OBJECT if entity == "PersonAccount" else entity
        yield {
            **common(found),
            "Name": label.removeprefix(f"{found.namespace}__") if found.namespace else label,
            "LayoutType": _LAYOUT_TYPES.get(entity, "Standard"),
            "TableEnumOrId": table,
            "EntityDefinitionId": table,
        }


def profile_layout_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """ProfileLayout: which profile gets which layout; RecordTypeId is null for the master."""
    for number, found in enumerate(layout_assignments(org), 1):
        yield {
            "Id": f"01G{number:012d}AAA",
            "LayoutId": found.layout_id,
            "ProfileId": found.profile_id,
            "RecordTypeId": found.record_type_id or None,
            "TableEnumOrId": found.object,
        }


def flexi_page_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """FlexiPage: one row per Lightning page."""
    for found in list_components(org, "FlexiPage"):
        sobject = child_text(found.body, "sobjectType") or None
        yield {
            **common(found),
            "DeveloperName": _bare(found.full_name, found.namespace),
            "MasterLabel": child_text(found.body, "masterLabel"),
            "Description": child_text(found.body, "description") or None,
            "Type": child_text(found.body, "type"),
            "ParentFlexiPage": child_text(found.body, "parentFlexiPage") or None,
            "SobjectType": sobject,
            "EntityDefinitionId": sobject,
        }


def custom_field_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """CustomField: custom ones only; DeveloperName without prefix and suffix. FLS plays no part."""
    for found in list_components(org, "CustomField"):
        entity, _, name = found.full_name.partition(".")
        if name.endswith("__c"):
            yield {
                **common(found),
                "DeveloperName": _bare(name.removesuffix("__c"), found.namespace),
                "TableEnumOrId": entity,
                "EntityDefinitionId": entity,
            }


def validation_rule_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """ValidationRule: one row per rule."""
    for found in list_components(org, "ValidationRule"):
        entity, _, name = found.full_name.partition(".")
        yield {
            **common(found),
            "ValidationName": name,
            "EntityDefinitionId": entity,
            "Active": child_text(found.body, "active") == "true",
            "Description": child_text(found.body, "description") or None,
            "ErrorMessage": child_text(found.body, "errorMessage"),
            "ErrorDisplayField": child_text(found.body, "errorDisplayField") or None,
        }


def dependency_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """MetadataComponentDependency: which layout, page, rule or flow names which custom field.

    The real table covers many more types; that RefMetadataComponentName lacks the __c is
    unverified, and so is under which name a flow stands.
    """
    fields = {found.full_name: found for found in list_components(org, "CustomField")}
    for kind, mentions in _MENTIONS.items():
        for user in list_components(org, kind):
            entity = _entity_of(user)
            for name in sorted({match.decode() for match in mentions.findall(user.body)}):
                field = fields.get(f"{entity}.{name}")
                if field is not None:
                    yield _dependency(user, field, name)


def _entity_of(user: Component) -> str:
    if user.type == "FlexiPage":
        return child_text(user.body, "sobjectType")
    if user.type == "Flow":
        return child_text(user.body, "start", "object")
    return re.split(r"[-.]", user.full_name, maxsplit=1)[0]


def _own_name(user: Component) -> str:
    name = decoded(user.full_name)
    local = name.partition("." if user.type == "ValidationRule" else "-")[2]
    return local or name


def _dependency(user: Component, field: Component, name: str) -> Row:
    return {
        "MetadataComponentId": user.id,
        "MetadataComponentName": _own_name(user),
        "MetadataComponentType": user.type,
        "RefMetadataComponentId": field.id,
        "RefMetadataComponentName": _bare(name.removesuffix("__c"), field.namespace),
        "RefMetadataComponentType": "CustomField",
    }


def deploy_request_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """DeployRequest: every deployment of the last 30 days."""
    oldest = org.now().timestamp() - 30 * 86_400
    for job in deploy_jobs(org):
        if job.created_at >= oldest:
            yield _deploy_request(job)


def _deploy_request(job: Job) -> Row:
    return {
        "Id": job.id,
        "Status": job.status,
        "CheckOnly": job.options.check_only,
        "RollbackOnError": job.options.rollback_on_error,
        "CreatedDate": _time(job.created_at),
        "CreatedById": job.user_id,
        "LastModifiedDate": _time(job.modified_at),
        "LastModifiedById": job.user_id,
        "SystemModstamp": _time(job.modified_at),
        "StartDate": _time(job.started_at),
        "CompletedDate": _time(job.completed_at),
        "CanceledById": job.canceled_by or None,
        "NumberComponentsTotal": job.total,
        "NumberComponentsDeployed": job.result.get("numberComponentsDeployed", 0),
        "NumberComponentErrors": job.result.get("numberComponentErrors", 0),
        "NumberTestsTotal": job.result.get("numberTestsTotal", 0),
        "NumberTestErrors": job.result.get("numberTestErrors", 0),
        "ErrorMessage": job.result.get("errorMessage"),
        "ErrorStatusCode": job.result.get("errorStatusCode"),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else to_timestamp(datetime.fromtimestamp(seconds, UTC))


def common(found: Component) -> Row:
    """What every component's row tells."""
    return {
        "Id": found.id,
        "FullName": found.full_name,
        "NamespacePrefix": found.namespace or None,
        "ManageableState": "installed" if found.namespace else "unmanaged",
        "CreatedDate": found.created_at,
        "CreatedById": found.created_by,
        "LastModifiedDate": found.modified_at,
        "LastModifiedById": found.modified_by,
        "SystemModstamp": found.modified_at,
    }


def _bare(name: str, namespace: str) -> str:
    return name.removeprefix(f"{namespace}__") if namespace else name
