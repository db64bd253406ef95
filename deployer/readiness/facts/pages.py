"""Lightning record pages, the field on each, and which one is in force where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import field_on
from deployer.readiness.facts.asking import Door, Row, Rows, fetch_rows, reason_of, told
from deployer.readiness.facts.page_fields import carries_fields, read_page
from deployer.readiness.facts.rights import Rights
from deployer.readiness.visibility import ANYHOW, Activation, FormFactor, Page, PageFacts, Panel
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import Answer, GetRequest
from deployer.salesforce.metadata import fetch_listing, fetch_metadata
from deployer.salesforce.soap import children, local

PAGE_OBJECTS = ("Account", "Contact", "Lead")
_PAGES = (
    "SELECT Id, DeveloperName, MasterLabel, NamespacePrefix, EntityDefinitionId FROM FlexiPage "
    "WHERE Type = 'RecordPage'"
)
# Metadata names the standard profiles otherwise than a screen does. The list is not complete.
# Source: Metadata API Developer Guide, Profile.
_PROFILE_NAMES = {
    "Admin": "System Administrator",
    "Standard": "Standard User",
    "MarketingProfile": "Marketing User",
    "ContractManager": "Contract Manager",
    "SolutionManager": "Solution Manager",
    "ReadOnly": "Read Only",
}
_METADATA = ("ModifyMetadata", "ModifyAllData")
_VIEW = "View"
_SALESFORCES_OWN = {"standard", "default", ""}


def fetch_pages(conn: Connection, field: str, rights: Fact[object]) -> PageFacts:
    """The record pages of Account, Contact and Lead, 25 a call, and their activations.

    A page that cannot be read is UNKNOWN for itself alone.
    """
    rows = fetch_rows(conn, Door.TOOLING, {"pages": _PAGES}, "record pages")["pages"]
    return PageFacts(_fetch_bodies(conn, field, rows), fetch_activations(conn, rights))


def fetch_activations(conn: Connection, rights: Fact[object]) -> Fact[tuple[Activation, ...]]:
    """Org defaults, app defaults and those by profile and record type: a few SOAP calls.

    A login that may not use the Metadata API does not even ask: its calls stay GETs.
    """
    if isinstance(rights, Unknown):
        return rights
    if not isinstance(rights.value, Rights) or not any(map(rights.value.has.get, _METADATA)):
        return Unknown("this login has neither Modify Metadata nor Modify All Data")
    return told(lambda: tuple(_fetch_activations(conn)))


def _fetch_bodies(
    conn: Connection, field: str, rows: Fact[Rows]
) -> Fact[Mapping[str, Page]]:  # fmt: skip
    if isinstance(rows, Unknown):
        return rows
    ours = {str(row["Id"]): row for row in rows.value if row["EntityDefinitionId"] in PAGE_OBJECTS}
    requests = [GetRequest(page_id, f"sobjects/FlexiPage/{page_id}") for page_id in ours]
    try:
        answers = conn.tooling_composite(requests, purpose="the field on each record page")
    except OptoutError as refused:
        return Unknown(reason_of(refused))
    pages = (_page(ours[answer.reference], answer, field) for answer in answers)
    return Known({page.name: page for page in pages})


def _page(row: Row, answer: Answer, field: str) -> Page:
    prefix = f"{row['NamespacePrefix']}__" if row["NamespacePrefix"] else ""
    object_name = str(row["EntityDefinitionId"])
    panel, standings, why = Panel.SOMETIMES, ANYHOW, "the org sent no Metadata"
    metadata = answer.body.get("Metadata") if answer.error is None else None
    if answer.error is not None:
        why = reason_of(answer.error)
    elif metadata:
        spelled = field_on("PersonAccount" if object_name == "Account" else object_name, field)
        panel, standings, why = read_page(metadata, spelled)
    told_why = f"the page {row['MasterLabel']} could not be read: {why}" if why else ""
    return Page(
        f"{prefix}{row['DeveloperName']}",
        object_name,
        str(row["MasterLabel"]),
        panel,
        standings,
        told_why,
        carries=carries_fields(metadata or {}),
    )


def _fetch_activations(conn: Connection) -> Iterator[Activation]:
    for name, record in fetch_metadata(conn, "CustomObject", PAGE_OBJECTS).items():
        yield from _overrides(record, "actionOverrides", {"pageOrSobjectType": name})
    apps = [found.full_name for found in fetch_listing(conn, ["CustomApplication"])]
    for name, record in fetch_metadata(conn, "CustomApplication", apps).items():
        app = {"app": unquote(name)}
        yield from _overrides(record, "actionOverrides", app)
        yield from _overrides(record, "profileActionOverrides", app)


def _overrides(record: ET.Element, kind: str, fixed: Mapping[str, str]) -> Iterator[Activation]:
    """Settings for viewing a record. One without a form factor is Classic's and left out."""
    factors = {factor.value: factor for factor in FormFactor}
    for override in children(record, kind):
        told_ = {**{local(kid): (kid.text or "").strip() for kid in override}, **fixed}
        factor = factors.get(told_.get("formFactor", ""))
        if (
            told_.get("actionName") == _VIEW
            and factor
            and told_.get("pageOrSobjectType") in PAGE_OBJECTS
        ):
            yield _activation(told_, factor)


def _activation(told_: Mapping[str, Any], factor: FormFactor) -> Activation:
    kind, profile = told_.get("type", ""), unquote(told_.get("profile", ""))
    content = told_.get("content") or f"of type {kind}"
    own = kind.casefold() in _SALESFORCES_OWN
    return Activation(
        object=told_["pageOrSobjectType"],
        page="" if own else content,
        form_factor=factor,
        app=told_.get("app", ""),
        profile=_PROFILE_NAMES.get(profile, profile),
        record_type=told_.get("recordType", "").partition(".")[2],
    )
