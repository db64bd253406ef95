"""What destructiveChanges files name, taken out of the org."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from practice_org.metadata.authors import feature_problem
from practice_org.metadata.canonical import Node, parse_metadata, serialise
from practice_org.metadata.components import (
    Component,
    delete_component,
    find_component,
    layout_assignments,
    list_components,
    save_component,
)
from practice_org.metadata.permission_set_file import find_set
from practice_org.metadata.problems import Effect, Message, Problem, Severity, failed
from practice_org.org import Org
from practice_org.rights import drop_grants
from practice_org.tables import delete_row, drop_custom_field, fields_of, find_rows


def delete_named(org: Org, named: dict[str, tuple[str, ...]], file_name: str) -> list[Message]:
    """Delete these components by type; one message each."""
    return [_delete(org, kind, name, file_name) for kind, names in named.items() for name in names]


def _delete(org: Org, kind: str, name: str, file_name: str) -> Message:
    remove = _REMOVE.get(kind)
    if remove is None:
        sentence = f"This practice org does not emulate deleting {kind}"
        return failed(kind, name, file_name, Problem(sentence))
    answer = feature_problem(org, kind) or remove(org, name)
    if isinstance(answer, Problem):
        return Message(kind, name, file_name, problem=answer)
    return Message(kind, name, file_name, Effect.DELETED, answer)


def _missing(kind: str, name: str) -> Problem:
    return Problem(f"No {kind} named: {name} found", severity=Severity.WARNING)


def _remove_layout(org: Org, name: str) -> str | Problem:
    layout = find_component(org, "Layout", name)
    if layout is None:
        return _missing("Layout", name)
    entity = layout.full_name.partition("-")[0]
    others = [
        other
        for other in list_components(org, "Layout")
        if other.full_name.partition("-")[0] == entity and other.id != layout.id
    ]
    # Both rules are the setup page's; the sentences are unverified.
    if not others:
        return Problem(f"Cannot delete the last layout of {entity}")
    if any(held.layout_id == layout.id for held in layout_assignments(org)):
        return Problem(f"Layout {name} is assigned to profiles and cannot be deleted")
    delete_component(org, "Layout", name)
    return layout.id


def _remove_field(org: Org, name: str) -> str | Problem:
    field = find_component(org, "CustomField", name)
    entity, _, field_name = name.partition(".")
    if field is None or not field_name.endswith("__c"):
        return _missing("CustomField", name)
    for layout in list_components(org, "Layout"):
        _take_off(org, layout, entity, field_name)
    if field_name in fields_of(org, entity):
        drop_custom_field(org, entity, field_name)
    delete_component(org, "CustomField", name)
    return field.id


def _take_off(org: Org, layout: Component, entity: str, field_name: str) -> None:
    """A deleted field leaves the layouts of its object, as in Salesforce."""
    root = parse_metadata(layout.body)
    names = {field_name}
    if entity == "Contact" and layout.full_name.startswith("PersonAccount-"):
        names, entity = {field_name.removesuffix("__c") + "__pc"}, "PersonAccount"
    left = _without_field(root, names)
    if layout.full_name.startswith(f"{entity}-") and left != root:
        save_component(org, "Layout", layout.full_name, serialise(left))


def _without_field(node: Node, names: set[str]) -> Node:
    def named(child: Node) -> bool:
        if child.name in {"layoutItems", "summaryLayoutItems"}:
            return child.value("field") in names
        return node.name == "miniLayout" and child.name == "fields" and child.text.strip() in names

    kept = (_without_field(child, names) for child in node.children if not named(child))
    return replace(node, children=tuple(kept))


def _remove_set(org: Org, name: str) -> str | Problem:
    row = find_set(org, name)
    if row is None:
        return _missing("PermissionSet", name)
    if find_rows(org, "PermissionSetAssignment", PermissionSetId=row["Id"]):
        # Unverified sentence; the rule is the setup page's.
        return Problem(f"Permission set {name} is assigned to users and cannot be deleted")
    drop_grants(org, row["Id"])
    org.db.execute("DELETE FROM extra_access WHERE id = ?", (row["Id"],))
    delete_row(org, "PermissionSet", row["Id"])
    return str(row["Id"])


def _remove_page(org: Org, name: str) -> str | Problem:
    page = find_component(org, "FlexiPage", name)
    if page is None:
        return _missing("FlexiPage", name)
    delete_component(org, "FlexiPage", name)
    return page.id


_REMOVE: dict[str, Callable[[Org, str], str | Problem]] = {
    "Layout": _remove_layout,
    "CustomField": _remove_field,
    "PermissionSet": _remove_set,
    "FlexiPage": _remove_page,
}
