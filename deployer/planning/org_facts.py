"""Ask one org for everything the planner needs, in few calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.model.layouts import PAGE_OBJECTS, PERSON_OBJECTS, LayoutName
from deployer.model.org import (
    FieldFact,
    LayoutAssignment,
    LayoutFact,
    OrgFacts,
    PageFact,
)
from deployer.model.plans import LightningPages
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import Answer, GetRequest, query_request
from deployer.salesforce.metadata import ListedComponent, fetch_listing
from deployer.salesforce.soql import bind

FIELD_OBJECTS = ("Contact", "Lead")
# Which table a person account layout is listed under is unverified; both spellings are asked for
# and what does not match a listed Contact, Lead or PersonAccount layout falls away.
_TABLES = ("Contact", "Lead", "Account", "PersonAccount")
_LAYOUTS = "SELECT Id, LayoutType FROM Layout WHERE TableEnumOrId IN :tables"
_ASSIGNMENTS = (
    "SELECT LayoutId, ProfileId, Profile.Name, RecordTypeId FROM ProfileLayout "
    "WHERE TableEnumOrId IN :tables AND Profile.Name != null"
)
_PAGES = "SELECT Id, EntityDefinitionId FROM FlexiPage WHERE Type = 'RecordPage'"
_CHECKBOX = "Checkbox"


@dataclass(frozen=True, slots=True)
class Listing:
    """What may be sent, with the moment each was last saved: one listMetadata call."""

    layouts: tuple[ListedComponent, ...]
    permission_sets: tuple[ListedComponent, ...]
    pages: tuple[ListedComponent, ...] = ()


def fetch_saved(conn: Connection, pages: LightningPages = LightningPages.LEAVE) -> Listing:
    """List layouts of Contact, Lead and PersonAccount, all permission sets, and pages if asked."""
    asked = ["FlexiPage"] if pages is LightningPages.EDIT else []
    found = fetch_listing(conn, ["Layout", "PermissionSet", *asked])
    return Listing(
        layouts=tuple(
            c for c in found if c.type == "Layout" and c.full_name.split("-")[0] in PERSON_OBJECTS
        ),
        permission_sets=tuple(c for c in found if c.type == "PermissionSet"),
        pages=tuple(c for c in found if c.type == "FlexiPage"),
    )


def member_of(listed: ListedComponent) -> LayoutName:
    """The name that retrieve and deploy want.

    A managed layout is listed as Contact-Name with its namespace apart; it is retrieved as
    Contact-ns__Name. Source: forcedotcom/cli issue 2168.
    """
    obj, _, label = listed.full_name.partition("-")
    prefix = f"{listed.namespace}__" if listed.namespace else ""
    return LayoutName(f"{obj}-{label if label.startswith(prefix) else prefix + label}")


def stamp_of(listed: ListedComponent) -> str:
    """When and by whom it was last saved; another text means it was saved since."""
    moment = listed.last_modified_date
    return f"{moment.isoformat() if moment else ''} {listed.last_modified_by_id}"


def fetch_org_facts(
    conn: Connection, field: str, pages: LightningPages = LightningPages.LEAVE
) -> tuple[OrgFacts, Listing]:
    """Layouts, assignments, fields, and pages if asked; `field` is "" while it is not known yet."""
    saved = fetch_saved(conn, pages)
    queries = {
        "layouts": bind(_LAYOUTS, tables=_TABLES),
        "assignments": bind(_ASSIGNMENTS, tables=_TABLES),
        **{obj: _field_query(obj, field) for obj in FIELD_OBJECTS},
        **({"pages": _PAGES} if saved.pages else {}),
    }
    tooling = conn.tooling_composite(
        [query_request(name, soql) for name, soql in queries.items()],
        purpose="layouts, assignments, fields",
    )
    rows = {answer.reference: conn.rows_of(answer) for answer in tooling}
    described = conn.composite(
        [GetRequest(obj, f"sobjects/{obj}/describe") for obj in FIELD_OBJECTS],
        purpose="describe Contact and Lead",
    )
    types = {row["Id"][:15]: str(row["LayoutType"]) for row in rows["layouts"]}
    layouts = tuple(_layout(listed, types) for listed in saved.layouts)
    known = {layout.id for layout in layouts}
    facts = OrgFacts(
        org_id=conn.org.org_id,
        api_version=conn.org.api_version,
        layouts=layouts,
        assignments=tuple(a for a in map(_assignment, rows["assignments"]) if a.layout_id in known),
        fields={answer.reference: _described(answer) for answer in described},
        hidden_fields={obj: _defined(rows[obj]) for obj in FIELD_OBJECTS},
        pages=tuple(_pages(saved.pages, rows.get("pages", ()))),
    )
    return facts, saved


def _field_query(obj: str, field: str) -> str:
    query = (
        "SELECT QualifiedApiName, Label, DataType FROM FieldDefinition "
        "WHERE EntityDefinition.QualifiedApiName = :object"
    )
    return bind(
        query + (" AND QualifiedApiName = :field" if field else ""), object=obj, field=field
    )


def _layout(listed: ListedComponent, types: Mapping[str, str]) -> LayoutFact:
    return LayoutFact(
        name=member_of(listed),
        id=listed.id[:15],
        namespace=listed.namespace,
        layout_type=types.get(listed.id[:15], "unknown"),
        stamp=stamp_of(listed),
    )


def _pages(
    listed: Iterable[ListedComponent], rows: Iterable[Mapping[str, Any]]
) -> Iterator[PageFact]:
    """The record pages of people's objects; the listing does not tell a page's object."""
    objects = {str(row["Id"])[:15]: str(row["EntityDefinitionId"]) for row in rows}
    for page in listed:
        name = objects.get(page.id[:15], "")
        if name in PAGE_OBJECTS:
            yield PageFact(page.full_name, name, page.namespace, stamp_of(page))


def _assignment(row: Mapping[str, Any]) -> LayoutAssignment:
    profile = row["Profile"] or {}
    return LayoutAssignment(
        profile_id=str(row["ProfileId"]),
        profile=str(profile.get("Name", "")),
        layout_id=str(row["LayoutId"])[:15],
        record_type_id=str(row["RecordTypeId"] or ""),
    )


def _described(answer: Answer) -> dict[str, FieldFact]:
    if answer.error is not None:
        raise answer.error
    return {
        str(f["name"]): FieldFact(f["name"], f["label"], f["type"], bool(f["updateable"]))
        for f in answer.body["fields"]
    }


def _defined(rows: Iterable[Mapping[str, Any]]) -> dict[str, FieldFact]:
    """FieldDefinition's rows in describe's words: a checkbox is a boolean."""
    found = {}
    for row in rows:
        name, data_type = str(row["QualifiedApiName"]), str(row["DataType"])
        kind = "boolean" if data_type == _CHECKBOX else data_type
        found[name] = FieldFact(name, str(row["Label"]), kind, updateable=False)
    return found
