"""What in the org could refuse an opt-out, or undo one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asking import Door, Rows, fetch_rows, then
from deployer.readiness.facts.sight import Sight
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

_RULES = (
    "SELECT Id, ValidationName, EntityDefinition.QualifiedApiName FROM ValidationRule "
    "WHERE Active = true AND EntityDefinition.QualifiedApiName IN ('Contact', 'Lead', 'Account')"
)
# Standard fields are not in this table. Ids rather than names: fields of other objects may have
# the same one. They are asked for in both lengths, since others ask with 15 characters.
_USERS = (
    "SELECT MetadataComponentName, MetadataComponentType FROM MetadataComponentDependency "
    "WHERE RefMetadataComponentId IN :fields"
)
_NOBODY = "000000000000000AAA"
# It follows field-level security, so a login that sees no field is told of none.
_REQUIRED = (
    "SELECT QualifiedApiName, DataType FROM EntityParticle WHERE IsNillable = false AND "
    "EntityDefinition.QualifiedApiName = :object"
)
_TICKS = frozenset({"boolean", "Checkbox"})
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


@dataclass(frozen=True, slots=True)
class Required:
    """Custom fields that must be filled, as Object.Field, of those that this login sees."""

    names: tuple[str, ...]


def fetch_automation(conn: Connection, sight: Fact[object]) -> dict[str, Fact[object]]:
    """The facts rules, acting and required, in one call; `sight` has the field's ids."""
    ids = _ids(sight)
    queries = {
        "rules": _RULES,
        "users": bind(_USERS, fields=ids or [_NOBODY]),
        **{obj: bind(_REQUIRED, object=obj) for obj in ("Contact", "Lead")},
    }
    found = fetch_rows(conn, Door.TOOLING, queries, "validation rules and automation")
    return {
        "rules": then(found["rules"], _rules),
        "acting": sight if isinstance(sight, Unknown) else then(found["users"], _acting),
        "required": _required({obj: found[obj] for obj in ("Contact", "Lead")}),
    }


def _ids(sight: Fact[object]) -> list[str]:
    if isinstance(sight, Known) and isinstance(sight.value, Sight):
        return sorted({form for each in sight.value.ids.values() for form in (each, each[:15])})
    return []


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


def _required(found: Mapping[str, Fact[Rows]]) -> Fact[object]:
    """A checkbox is never empty, whatever it says of itself."""
    names: list[str] = []
    for obj, fact in found.items():
        if isinstance(fact, Unknown):
            return fact
        fields = (str(r["QualifiedApiName"]) for r in fact.value if r["DataType"] not in _TICKS)
        names += [f"{obj}.{name}" for name in fields if name.endswith("__c")]
    return Known(Required(tuple(names)))
