"""The field on Contact and Lead, as FieldDefinition has it, whether or not this login sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.model.facts import Fact, Known, Unknown
from deployer.model.org import FieldFact
from deployer.readiness.facts.asking import Door, Rows, fetch_rows
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

OBJECTS = ("Contact", "Lead", "Account")
# That FieldDefinition does not follow field-level security is unverified; describe does.
_FIELDS = (
    "SELECT QualifiedApiName, Label, DataType, IsFieldHistoryTracked FROM FieldDefinition "
    "WHERE EntityDefinition.QualifiedApiName = :object"
)


CHECKBOX = "Checkbox"


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """One field; `data_type` is FieldDefinition's word, as Checkbox."""

    name: str
    label: str
    data_type: str
    tracked: bool


@dataclass(frozen=True, slots=True)
class Fields:
    """Every field of Contact, Lead and Account by API name."""

    of: Mapping[str, Mapping[str, FieldSeen]]

    @property
    def has_person_accounts(self) -> bool:
        """Source: Object Reference, Account: IsPersonAccount is there when they are on."""
        return "IsPersonAccount" in self.of.get("Account", {})

    def find(self, obj: str, name: str) -> FieldSeen | None:
        """The field of this name, in whatever case; None when the object has none."""
        wanted = name.casefold()
        named = (each for key, each in self.of.get(obj, {}).items() if key.casefold() == wanted)
        return next(named, None)


def fetch_fields(conn: Connection) -> Fact[object]:
    """All fields of the three objects in one call."""
    queries = {obj: bind(_FIELDS, object=obj) for obj in OBJECTS}
    found = fetch_rows(conn, Door.TOOLING, queries, "fields")
    of: dict[str, dict[str, FieldSeen]] = {}
    for obj, fact in found.items():
        if isinstance(fact, Unknown):
            return fact
        of[obj] = _fields(fact.value)
    unseen = [obj for obj, found_ in of.items() if not found_]
    if unseen:  # every object has fields; without Read on it the org may show none of them
        return Unknown(f"the org shows this login no field of {' and '.join(unseen)}")
    return Known(Fields(of))


def to_field_facts(fields: Fields) -> dict[str, dict[str, FieldFact]]:
    """The same in describe's words: a checkbox is boolean, anything else keeps its own word."""
    return {
        obj: {
            name: FieldFact(name, seen.label, type=_to_type(seen), updateable=True)
            for name, seen in known.items()
        }
        for obj, known in fields.of.items()
    }


def _to_type(seen: FieldSeen) -> str:
    return "boolean" if seen.data_type == CHECKBOX else seen.data_type


def _fields(rows: Rows) -> dict[str, FieldSeen]:
    return {
        str(row["QualifiedApiName"]): FieldSeen(
            str(row["QualifiedApiName"]),
            str(row["Label"]),
            str(row["DataType"]),
            bool(row["IsFieldHistoryTracked"]),
        )
        for row in rows
    }
