"""A component's XML as the JSON of Tooling's Metadata field."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from practice_org.metadata.canonical import Node, parse_metadata
from practice_org.metadata.components import component_by_id
from practice_org.org import Org

# Elements that may repeat are lists even when there is one. Source: Metadata API guide, the types
# Layout, FlexiPage, CustomField, QuickAction, Flow; what a type holds beyond this list is a list
# when it repeats.
_LISTS = frozenset({
    "layoutSections", "layoutColumns", "layoutItems", "relatedLists", "fields",
    "multilineLayoutFields",
    "excludeButtons", "customButtons", "headers", "quickActionListItems", "platformActionListItems",
    "relatedContentItems", "summaryLayoutItems", "miniLayoutFields", "feedFilters",
    "flexiPageRegions", "itemInstances", "componentInstances", "componentInstanceProperties",
    "fieldInstanceProperties", "valueListItems", "criteria", "events", "platformActionlist",
    "quickActionLayoutColumns", "quickActionLayoutItems", "recordUpdates", "inputAssignments",
    "assignments", "assignmentItems", "referenceTo", "value", "valueSettings",
})  # fmt: skip
# `value` repeats in a picklist's definition and stands alone in these.
_SINGLE = {
    ("componentInstanceProperties", "value"),
    ("fieldInstanceProperties", "value"),
    ("inputAssignments", "value"),
    ("assignmentItems", "value"),
}
_TEXT = frozenset({"value", "label", "masterLabel", "description", "field", "fullName"})


def metadata_of(org: Org, component_id: str) -> Any:
    """The Metadata of the component with this id; None when it has none."""
    found = component_by_id(org, component_id)
    return None if found is None else _to_json(parse_metadata(found.body), "")


def child_text(body: bytes, *path: str) -> str:
    """The text of a component's first element down this path; "" when it has none."""
    return _texts(body).get(path[0], "") if len(path) == 1 else parse_metadata(body).value(*path)


@lru_cache(maxsize=256)
def _texts(body: bytes) -> dict[str, str]:
    """By name; kept, since the rows of a table are made anew for each query."""
    return {node.name: node.text.strip() for node in reversed(parse_metadata(body).children)}


def _to_json(node: Node, parent: str) -> Any:
    if not node.children:
        return _leaf(node, parent)
    grouped: dict[str, list[Any]] = {}
    for child in node.children:
        grouped.setdefault(child.name, []).append(_to_json(child, node.name))
    return {
        name: values if _is_list(node.name, name, values) else values[0]
        for name, values in grouped.items()
    }


def _is_list(parent: str, name: str, values: list[Any]) -> bool:
    return len(values) > 1 or (name in _LISTS and (parent, name) not in _SINGLE)


def _leaf(node: Node, parent: str) -> Any:
    text = node.text
    if node.name in {"layoutColumns", "layoutSections"}:
        return {}
    if (node.name not in _TEXT or parent == "") and text in {"true", "false"}:
        return text == "true"
    return text
