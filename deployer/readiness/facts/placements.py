"""Layouts, who is assigned which, and how the field stands on each: no Metadata API needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import PERSON_OBJECTS, field_on
from deployer.model.org import LayoutAssignment
from deployer.readiness.facts.asking import Door, Row, Rows, fetch_rows, reason_of, then
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import GetRequest
from deployer.salesforce.soql import bind

# Which table a person account layout is listed under is unverified.
_LAYOUTS = (
    "SELECT Id, Name, NamespacePrefix, LayoutType, TableEnumOrId FROM Layout "
    "WHERE TableEnumOrId IN :tables"
)
_ASSIGNMENTS = (
    "SELECT LayoutId, ProfileId, Profile.Name, RecordTypeId FROM ProfileLayout "
    "WHERE TableEnumOrId IN :tables AND Profile.Name != null"
)
_RECORD_TYPES = "SELECT Id, DeveloperName, IsActive, SobjectType FROM RecordType"
_STANDARD = "Standard"


@dataclass(frozen=True, slots=True)
class LayoutSeen:
    """A layout of Contact, Lead or PersonAccount that record pages use."""

    id: str
    object: str
    name: str
    namespace: str

    @property
    def title(self) -> str:
        return f"{self.object} {self.name}"


@dataclass(frozen=True, slots=True)
class Layouts:
    """Every standard layout of the person objects."""

    all: tuple[LayoutSeen, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Which layout a profile gets for a record type, for the layouts there are."""

    all: tuple[LayoutAssignment, ...]

    @property
    def layout_ids(self) -> frozenset[str]:
        return frozenset(each.layout_id for each in self.all)


@dataclass(frozen=True, slots=True)
class RecordTypes:
    """Record types of Contact and Lead, as Object.Name: those in use, those that are not."""

    active: tuple[str, ...]
    inactive: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placements:
    """How the field stands on each layout: its behaviours by layout id, none when it is not on."""

    behaviors: Mapping[str, tuple[str, ...]]


def fetch_placements(conn: Connection, field: str) -> dict[str, Fact[object]]:
    """The facts layouts, assigned, record_types and placements: 25 layouts a call."""
    queries = {
        "layouts": bind(_LAYOUTS, tables=PERSON_OBJECTS),
        "assigned": bind(_ASSIGNMENTS, tables=PERSON_OBJECTS),
        "record_types": _RECORD_TYPES,
    }
    found = fetch_rows(conn, Door.TOOLING, queries, "layouts and assignments")
    layouts = then(found["layouts"], _layouts)
    if isinstance(layouts, Unknown):
        return {**dict.fromkeys(("layouts", "assigned", "placements"), layouts),
                "record_types": then(found["record_types"], _record_types)}  # fmt: skip
    known = frozenset(each.id for each in layouts.value.all)
    return {
        "layouts": Known(layouts.value),
        "assigned": then(found["assigned"], lambda rows: _assigned(rows, known)),
        "record_types": then(found["record_types"], _record_types),
        "placements": _fetch_behaviors(conn, layouts.value, field),
    }


def behaviors_in(metadata: Any, field: str) -> Iterator[str]:
    """Every behaviour that the field has anywhere on one layout, given Tooling's Metadata."""
    for section in metadata.get("layoutSections") or ():
        for column in section.get("layoutColumns") or ():
            for item in column.get("layoutItems") or ():
                if str(item.get("field") or "").casefold() == field.casefold():
                    yield str(item.get("behavior") or "Edit")


def _fetch_behaviors(conn: Connection, layouts: Layouts, field: str) -> Fact[object]:
    """Metadata comes one row a query, so each layout is its own GET."""
    requests = [GetRequest(each.id, f"sobjects/Layout/{each.id}") for each in layouts.all]
    try:
        answers = conn.tooling_composite(requests, purpose="the field on each layout")
    except OptoutError as refused:
        return Unknown(reason_of(refused))
    objects = {each.id: each.object for each in layouts.all}
    found: dict[str, tuple[str, ...]] = {}
    for answer in answers:
        if answer.error is not None or not answer.body.get("Metadata"):
            why = reason_of(answer.error) if answer.error else "the org sent no Metadata"
            return Unknown(f"a layout could not be read: {why}")
        name = field_on(objects[answer.reference], field)
        found[answer.reference] = tuple(behaviors_in(answer.body["Metadata"], name))
    return Known(Placements(found))


def _layouts(rows: Rows) -> Layouts:
    return Layouts(tuple(_layout(row) for row in rows if row["LayoutType"] == _STANDARD))


def _layout(row: Row) -> LayoutSeen:
    return LayoutSeen(
        str(row["Id"])[:15],
        str(row["TableEnumOrId"]),
        str(row["Name"]),
        str(row["NamespacePrefix"] or ""),
    )


def _assigned(rows: Rows, known: frozenset[str]) -> Assigned:
    found = (
        LayoutAssignment(
            profile_id=str(row["ProfileId"]),
            profile=str((row["Profile"] or {}).get("Name", "")),
            layout_id=str(row["LayoutId"])[:15],
            record_type_id=str(row["RecordTypeId"] or ""),
        )
        for row in rows
    )
    return Assigned(tuple(each for each in found if each.layout_id in known))


def _record_types(rows: Rows) -> RecordTypes:
    ours = [row for row in rows if row["SobjectType"] in PERSON_OBJECTS]
    names = {row["Id"]: f"{row['SobjectType']}.{row['DeveloperName']}" for row in ours}
    return RecordTypes(
        tuple(names[row["Id"]] for row in ours if row["IsActive"]),
        tuple(names[row["Id"]] for row in ours if not row["IsActive"]),
    )
