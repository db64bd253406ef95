"""What the Tooling API and the audit trail show, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deployer.salesforce.answers import flag, moment, number, text, text_or
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind


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
