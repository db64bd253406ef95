"""What in the org could refuse an opt-out, or undo one."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.facts import Fact
from deployer.readiness.facts.asking import Door, Rows, fetch_rows, then
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

_RULES = (
    "SELECT Id, ValidationName, EntityDefinition.QualifiedApiName FROM ValidationRule "
    "WHERE Active = true AND EntityDefinition.QualifiedApiName IN ('Contact', 'Lead', 'Account')"
)
# Standard fields are not in this table; that the name lacks the __c is unverified.
_USERS = (
    "SELECT MetadataComponentName, MetadataComponentType FROM MetadataComponentDependency "
    "WHERE RefMetadataComponentName = :name"
)
ACTING = frozenset({"Flow", "FlowDefinition", "ApexClass", "ApexTrigger", "WorkflowRule",
                    "WorkflowFieldUpdate", "ValidationRule"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActiveRules:
    """Active validation rules, as Object.Name."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acting:
    """Automation that names the field, as "Flow Name"; the standard field is in no such list."""

    names: tuple[str, ...]


def fetch_automation(conn: Connection, field: str) -> dict[str, Fact[object]]:
    """The facts rules and acting, in one call."""
    queries = {"rules": _RULES, "users": bind(_USERS, name=field.removesuffix("__c"))}
    found = fetch_rows(conn, Door.TOOLING, queries, "validation rules and automation")
    return {"rules": then(found["rules"], _rules), "acting": then(found["users"], _acting)}


def _rules(rows: Rows) -> ActiveRules:
    return ActiveRules(
        tuple(f"{r['EntityDefinition']['QualifiedApiName']}.{r['ValidationName']}" for r in rows)
    )


def _acting(rows: Rows) -> Acting:
    return Acting(
        tuple(
            f"{row['MetadataComponentType']} {row['MetadataComponentName']}"
            for row in rows
            if row["MetadataComponentType"] in ACTING
        )
    )
