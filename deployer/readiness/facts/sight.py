"""The field and field-level security: whether this login sees it, and whether it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asking import Door, fetch_rows
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

OBJECTS = ("Contact", "Lead")
# Source: Tooling API guide, EntityParticle: its fields are those that describe gives.
_SHOWN = (
    "SELECT QualifiedApiName FROM EntityParticle WHERE EntityDefinition.QualifiedApiName = :object "
    "AND QualifiedApiName = :field"
)
_LISTED = (
    "SELECT Id, TableEnumOrId FROM CustomField WHERE DeveloperName = :name AND "
    "NamespacePrefix = {namespace} AND TableEnumOrId IN :objects"
)
_SUFFIX = "__c"


@dataclass(frozen=True, slots=True)
class Sight:
    """`shown`: the objects on which this login itself sees the field.

    `ids`: the custom field's id by object, whoever sees it; empty for a standard field.
    """

    shown: frozenset[str]
    ids: Mapping[str, str]


def fetch_sight(conn: Connection, field: str) -> Fact[object]:
    """One call. That CustomField does not follow field-level security is unverified."""
    queries = {obj: bind(_SHOWN, object=obj, field=field) for obj in OBJECTS}
    if field.endswith(_SUFFIX):
        queries["listed"] = _listed_query(field)
    found = fetch_rows(conn, Door.TOOLING, queries, "the field as this login sees it")
    rows = {name: fact.value for name, fact in found.items() if isinstance(fact, Known)}
    if refused := next((fact for fact in found.values() if isinstance(fact, Unknown)), None):
        return refused
    ids = {str(row["TableEnumOrId"]): str(row["Id"]) for row in rows.get("listed", ())}
    return Known(Sight(frozenset(obj for obj in OBJECTS if rows[obj]), ids))


def _listed_query(field: str) -> str:
    """DeveloperName is the API name without prefix and ending."""
    namespace, _, name = field.removesuffix(_SUFFIX).rpartition("__")
    where = _LISTED.format(namespace=":namespace" if namespace else "null")
    values = {"namespace": namespace} if namespace else {}
    return bind(where, name=name, objects=OBJECTS, **values)
