"""Rows for compact layouts, quick actions and flows.

Source: Salesforce, Tooling API guide, CompactLayout, QuickActionDefinition and Flow.
"""

from __future__ import annotations

from collections.abc import Iterator

from practice_org.metadata.components import Component, list_components
from practice_org.org import Org
from practice_org.soql.query import Query
from practice_org.tooling.components import common
from practice_org.tooling.detail import child_text

Row = dict[str, object]


def compact_layout_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """CompactLayout: one row per compact layout of an object."""
    for found in list_components(org, "CompactLayout"):
        yield _row(found)


def quick_action_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """QuickActionDefinition: one row per action that the org holds a file of."""
    for found in list_components(org, "QuickAction"):
        yield {**_row(found), "Type": child_text(found.body, "type")}


def flow_rows(org: Org, _user: str, _query: Query) -> Iterator[Row]:
    """Flow: one row per flow; that each has one version is this org's own."""
    for found in list_components(org, "Flow"):
        label = child_text(found.body, "label")
        yield {
            **common(found),
            "MasterLabel": label,
            "Status": child_text(found.body, "status"),
            "ProcessType": child_text(found.body, "processType") or "AutoLaunchedFlow",
        }


def _row(found: Component) -> Row:
    entity, _, name = found.full_name.rpartition(".")
    return {
        **common(found),
        "DeveloperName": name,
        "MasterLabel": child_text(found.body, "label"),
        "SobjectType": entity,
    }
