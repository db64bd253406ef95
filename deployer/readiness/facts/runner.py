"""What the integration user may do: with the field, with the records, and more than it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.asking import Door, Rows, fetch_rows
from deployer.readiness.facts.logins import fetch_entrances
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

OBJECTS = ("Contact", "Lead")
FACTS = ("runner_field", "runner_dangers", "runner_records", "runner_logins")
_NOT_NAMED = Unknown("the integration user is not known: --runner names it")
_NOT_ACTIVE = Unknown("the integration user is not an active user here")
# More than an integration that writes two checkboxes needs.
DANGEROUS = ("ModifyAllData", "ViewAllData", "CustomizeApplication", "ManageUsers",
             "ModifyMetadata", "ManageProfilesPermissionsets", "BulkApiHardDelete")  # fmt: skip
_USER = "SELECT Id, IsActive, ProfileId FROM User WHERE Username = :username"
# A custom field's is no name but holds its id. Source: Tooling API guide, FieldDefinition:
# "Always retrieve this value before using it".
_DURABLE = (
    "SELECT DurableId FROM FieldDefinition "
    "WHERE EntityDefinition.QualifiedApiName = :object AND QualifiedApiName = :field"
)
_FIELD = (
    "SELECT DurableId, IsAccessible, IsUpdatable FROM UserFieldAccess "
    "WHERE FieldDefinitionId = :field AND UserId = :user"
)
# Sets that come through a group are assignments of the group's own set, so they are here too.
_SETS = (
    "SELECT Name, Permissions{name} FROM PermissionSet WHERE ProfileId = :profile OR Id IN "
    "(SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = :user)"
)
_SAMPLE = "SELECT Id FROM {object} ORDER BY LastModifiedDate DESC LIMIT 200"
_ACCESS = (
    "SELECT RecordId, HasEditAccess FROM UserRecordAccess "
    "WHERE UserId = :user AND RecordId IN :records"
)


@dataclass(frozen=True, slots=True)
class FieldReach:
    """Objects on which the integration user reads and edits the field."""

    reads: tuple[str, ...]
    edits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dangers:
    """System permissions that the integration user has and does not need."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """Of the newest records of each object: how many were looked at and how many it may edit."""

    looked: Mapping[str, int]
    editable: Mapping[str, int]


def fetch_runner(
    conn: Connection, asked: Asked, rights: Fact[object]
) -> dict[str, Fact[object]]:  # fmt: skip
    """Its field access, dangerous rights, records and logins: the user who will write the field."""
    if not asked.runner:
        return dict.fromkeys(FACTS, _NOT_NAMED)
    query = {"user": bind(_USER, username=asked.runner)}
    user = fetch_rows(conn, Door.REST, query, "integration user")["user"]
    if isinstance(user, Unknown):
        return dict.fromkeys(FACTS, user)
    if not user.value or not user.value[0]["IsActive"]:
        return dict.fromkeys(FACTS, _NOT_ACTIVE)
    user_id, profile = str(user.value[0]["Id"]), str(user.value[0]["ProfileId"])
    return {
        "runner_field": _fetch_reach(conn, user_id, asked.field),
        "runner_dangers": _fetch_dangers(conn, user_id, profile),
        "runner_records": _fetch_shared(conn, user_id),
        "runner_logins": fetch_entrances(conn, user_id, rights),
    }


def _fetch_reach(conn: Connection, user: str, field: str) -> Fact[object]:
    asked = {obj: bind(_DURABLE, object=obj, field=field) for obj in OBJECTS}
    fields = fetch_rows(conn, Door.TOOLING, asked, "the field's own ids")
    if away := _first_unknown(fields.values()):
        return away
    ids = {obj: fact.value for obj, fact in fields.items() if isinstance(fact, Known)}
    if hidden := [obj for obj, rows in ids.items() if not rows]:
        return Unknown(f"this login is shown no such field of {' and '.join(hidden)}")
    queries = {
        obj: bind(_FIELD, field=str(rows[0]["DurableId"]), user=user) for obj, rows in ids.items()
    }
    found = fetch_rows(conn, Door.TOOLING, queries, "integration user's field access")
    return _first_unknown(found.values()) or Known(
        FieldReach(_where(found, "IsAccessible"), _where(found, "IsUpdatable"))
    )


def _where(found: Mapping[str, Fact[Rows]], column: str) -> tuple[str, ...]:
    return tuple(
        obj
        for obj, fact in found.items()
        if isinstance(fact, Known) and any(row[column] for row in fact.value)
    )


def _fetch_dangers(conn: Connection, user: str, profile: str) -> Fact[object]:
    queries = {
        name: bind(_SETS.format(name=name), user=user, profile=profile) for name in DANGEROUS
    }
    found = fetch_rows(conn, Door.REST, queries, "integration user's rights")
    held = [
        name
        for name, fact in found.items()
        if isinstance(fact, Known) and any(row[f"Permissions{name}"] for row in fact.value)
    ]
    known = any(isinstance(fact, Known) for fact in found.values())
    return Known(Dangers(tuple(held))) if known else (_first_unknown(found.values()) or Unknown(""))


def _fetch_shared(conn: Connection, user: str) -> Fact[object]:
    samples = {obj: _SAMPLE.format(object=obj) for obj in OBJECTS}
    records = fetch_rows(conn, Door.REST, samples, "a sample of records")
    queries = {
        obj: bind(_ACCESS, user=user, records=[str(row["Id"]) for row in fact.value])
        for obj, fact in records.items()
        if isinstance(fact, Known) and fact.value
    }
    found = fetch_rows(conn, Door.REST, queries, "integration user's records") if queries else {}
    if away := _first_unknown([*records.values(), *found.values()]):
        return away
    answers = {obj: fact.value for obj, fact in found.items() if isinstance(fact, Known)}
    if not answers:  # an empty org and private records look the same
        return Unknown("this login is shown no contact and no lead to try with")
    return Known(
        Shared(
            {obj: len(rows) for obj, rows in answers.items()},
            {obj: sum(bool(r["HasEditAccess"]) for r in rows) for obj, rows in answers.items()},
        )
    )


def _first_unknown(facts: Iterable[Fact[Rows]]) -> Unknown | None:
    return next((fact for fact in facts if isinstance(fact, Unknown)), None)
