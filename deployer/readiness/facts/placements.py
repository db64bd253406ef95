"""Layouts, who is assigned which, and how the field stands on each: no Metadata API needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as field_
from typing import Any

from deployer.errors import OptoutError
from deployer.model.drawings import DrawnItem, DrawnSection, LayoutDrawing, draw_item
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import PERSON_OBJECTS, field_on
from deployer.model.org import LayoutAssignment
from deployer.readiness.facts.asking import Door, Row, Rows, fetch_rows, reason_of, then
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import Answer, GetRequest
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
    """Record types of Contact and Lead, as Object.Name: those in use, those that are not.

    `names` maps every id, of whatever object, to its developer name.
    """

    active: tuple[str, ...]
    inactive: tuple[str, ...]
    names: Mapping[str, str] = field_(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placements:
    """A drawing of each layout by its id, the field marked; one that cannot be read is Unknown."""

    drawings: Mapping[str, Fact[LayoutDrawing]]

    def behaviors(self, layout_id: str) -> Fact[tuple[str, ...]]:
        """How the field stands on one layout, each time it does; none when it is not on it."""
        return then(self.drawings[layout_id], lambda drawing: drawing.behaviors)


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
        "placements": _fetch_drawings(conn, layouts.value, field),
    }


def drawn(layout: LayoutSeen, metadata: Any, field: str) -> LayoutDrawing:
    """One layout as Tooling's Metadata has it, the field marked as this object spells it."""
    spelled = field_on(layout.object, field)
    sections = (
        DrawnSection(
            str(section.get("label") or ""),
            str(section.get("style") or ""),
            tuple(_drawn_column(column, spelled) for column in section.get("layoutColumns") or ()),
        )
        for section in metadata.get("layoutSections") or ()
    )
    return LayoutDrawing(layout.name, layout.object, tuple(sections))


def _drawn_column(column: Any, field: str) -> tuple[DrawnItem, ...]:
    return tuple(draw_item(item, field) for item in column.get("layoutItems") or ())


def _fetch_drawings(conn: Connection, layouts: Layouts, field: str) -> Fact[object]:
    """Metadata comes one row a query, so each layout is its own GET."""
    requests = [GetRequest(each.id, f"sobjects/Layout/{each.id}") for each in layouts.all]
    try:
        answers = conn.tooling_composite(requests, purpose="the field on each layout")
    except OptoutError as refused:
        return Unknown(reason_of(refused))
    by_id = {each.id: each for each in layouts.all}
    return Known(
        Placements(
            {answer.reference: _read(by_id[answer.reference], answer, field) for answer in answers}
        )
    )


def _read(layout: LayoutSeen, answer: Answer, field: str) -> Fact[LayoutDrawing]:
    if answer.error is not None:
        return Unknown(reason_of(answer.error))
    metadata = answer.body.get("Metadata") if isinstance(answer.body, Mapping) else None
    if not isinstance(metadata, Mapping) or not metadata:
        return Unknown("the org sent no Metadata")
    return Known(drawn(layout, metadata, field))


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
    titles = {row["Id"]: f"{row['SobjectType']}.{row['DeveloperName']}" for row in ours}
    return RecordTypes(
        tuple(titles[row["Id"]] for row in ours if row["IsActive"]),
        tuple(titles[row["Id"]] for row in ours if not row["IsActive"]),
        {str(row["Id"]): str(row["DeveloperName"]) for row in rows},
    )
