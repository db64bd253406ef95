"""What the Tooling API and the audit trail show, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deployer.salesforce.answers import flag, mapping, moment, number, text, text_or
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """A page layout; `namespace` is "" when it is not managed, `type` is Standard for a page."""

    id: str
    name: str
    namespace: str
    manageable_state: str
    type: str
    object: str


@dataclass(frozen=True, slots=True)
class ProfileLayout:
    """Which layout a profile sees for a record type ("" is the master one)."""

    layout_id: str
    layout_name: str
    profile_id: str
    profile_name: str
    record_type_id: str


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """A deploy the org knows of; rows are kept for thirty days."""

    id: str
    status: str
    check_only: bool
    created_date: datetime | None
    created_by_id: str
    start_date: datetime | None
    completed_date: datetime | None
    total: int
    errors: int
    error_message: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the setup audit trail: who did what in Setup, or through the API."""

    id: str
    action: str
    section: str
    display: str
    created_by_id: str
    created_date: datetime | None
    delegate_user: str


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A field as Setup knows it; whether this user may see the field is another question."""

    name: str
    label: str
    data_type: str
    namespace: str
    durable_id: str


def fetch_layouts(connection: Connection, object_name: str) -> list[LayoutRow]:
    """Every layout of Contact, Lead or PersonAccount. Source: Tooling API, "Layout"."""
    found = connection.tooling_query(
        bind(
            "SELECT Id, Name, NamespacePrefix, ManageableState, LayoutType, TableEnumOrId "
            "FROM Layout WHERE TableEnumOrId = :object",
            object=object_name,
        ),
        purpose="layouts",
    )
    return [
        LayoutRow(
            id=text(row, "Id"),
            name=text(row, "Name"),
            namespace=text_or(row, "NamespacePrefix"),
            manageable_state=text_or(row, "ManageableState"),
            type=text_or(row, "LayoutType"),
            object=text_or(row, "TableEnumOrId"),
        )
        for row in found
    ]


def fetch_profile_layouts(connection: Connection, object_name: str) -> list[ProfileLayout]:
    """Which profile sees which layout. Source: Tooling API, "ProfileLayout".

    Rows whose profile the org hides (a null name) are left out, as it counts licences' inner
    profiles there.
    """
    found = connection.tooling_query(
        bind(
            "SELECT LayoutId, Layout.Name, ProfileId, Profile.Name, RecordTypeId "
            "FROM ProfileLayout WHERE TableEnumOrId = :object AND Profile.Name != null",
            object=object_name,
        ),
        purpose="layout assignments",
    )
    return [
        ProfileLayout(
            layout_id=text_or(row, "LayoutId"),
            layout_name=_related(row, "Layout"),
            profile_id=text(row, "ProfileId"),
            profile_name=_related(row, "Profile"),
            record_type_id=text_or(row, "RecordTypeId"),
        )
        for row in found
    ]


def fetch_deploy_requests(connection: Connection, since: datetime) -> list[DeployRequest]:
    """Deploys created since then, newest first. Source: Tooling API, "DeployRequest"."""
    found = connection.tooling_query(
        bind(
            "SELECT Id, Status, CheckOnly, CreatedDate, CreatedById, StartDate, CompletedDate, "
            "NumberComponentsTotal, NumberComponentErrors, ErrorMessage FROM DeployRequest "
            "WHERE CreatedDate >= :since ORDER BY CreatedDate DESC",
            since=since,
        ),
        purpose="deploys",
    )
    return [
        DeployRequest(
            id=text(row, "Id"),
            status=text_or(row, "Status"),
            check_only=flag(row, "CheckOnly"),
            created_date=moment(row, "CreatedDate"),
            created_by_id=text_or(row, "CreatedById"),
            start_date=moment(row, "StartDate"),
            completed_date=moment(row, "CompletedDate"),
            total=number(row, "NumberComponentsTotal"),
            errors=number(row, "NumberComponentErrors"),
            error_message=text_or(row, "ErrorMessage"),
        )
        for row in found
    ]


def fetch_setup_audit_trail(connection: Connection, since: datetime) -> list[AuditRow]:
    """What was changed in Setup since then, oldest first. Source: Object Reference.

    It lags behind a deploy by seconds (unverified); ask again before you conclude anything.
    """
    found = connection.query(
        bind(
            "SELECT Id, Action, Section, Display, CreatedById, CreatedDate, DelegateUser "
            "FROM SetupAuditTrail WHERE CreatedDate >= :since ORDER BY CreatedDate",
            since=since,
        ),
        purpose="setup audit trail",
    )
    return [
        AuditRow(
            id=text(row, "Id"),
            action=text_or(row, "Action"),
            section=text_or(row, "Section"),
            display=text_or(row, "Display"),
            created_by_id=text_or(row, "CreatedById"),
            created_date=moment(row, "CreatedDate"),
            delegate_user=text_or(row, "DelegateUser"),
        )
        for row in found
    ]


def fetch_field_definition(
    connection: Connection, object_name: str, field: str
) -> FieldDefinition | None:
    """The field, also one that is hidden from this user (unverified); None when there is none.

    Source: Tooling API, "FieldDefinition"; needs View Setup and Configuration.
    """
    found = connection.tooling_query(
        bind(
            "SELECT QualifiedApiName, Label, DataType, NamespacePrefix, DurableId "
            "FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = :object "
            "AND QualifiedApiName = :field",
            object=object_name,
            field=field,
        ),
        purpose="field definition",
    )
    for row in found:
        return FieldDefinition(
            name=text(row, "QualifiedApiName"),
            label=text_or(row, "Label"),
            data_type=text_or(row, "DataType"),
            namespace=text_or(row, "NamespacePrefix"),
            durable_id=text_or(row, "DurableId"),
        )
    return None


def _related(row: dict[str, Any], name: str) -> str:
    return text_or(mapping(row.get(name) or {}, name), "Name")
