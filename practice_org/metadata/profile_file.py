"""A profile as metadata: a deployed file adds to the profile, it takes nothing away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from practice_org.metadata.canonical import Node, branch, leaf
from practice_org.metadata.components import (
    assign_layout,
    component_by_id,
    find_component,
    layout_assignments,
)
from practice_org.metadata.grants import SECTIONS, grants_as_nodes, write_grants
from practice_org.metadata.names import decoded
from practice_org.metadata.package import File
from practice_org.metadata.problems import Effect, Message, Problem, at, failed
from practice_org.metadata.record_types import find_record_type, record_type_name
from practice_org.metadata.rules_access import grant_problems
from practice_org.org import Org
from practice_org.tables import find_row, find_rows

# Standard profiles have another name in metadata than on screen. Source: Metadata API guide,
# Profile; the list is not complete.
_STANDARD = {
    "System Administrator": "Admin",
    "Standard User": "Standard",
    "Marketing User": "MarketingProfile",
    "Contract Manager": "ContractManager",
    "Solution Manager": "SolutionManager",
    "Read Only": "ReadOnly",
}


def install_profile(org: Org, file: File) -> Message:
    """Merge the file into the profile of this name."""
    row = find_profile(org, file.name)
    if row is None:
        problem = Problem(f"This practice org does not emulate new profiles such as {file.name}")
        return failed("Profile", file.name, file.path, problem)
    problems = [*grant_problems(org, file.root), *_assignment_problems(org, file.root)]
    if problems:
        return failed("Profile", file.name, file.path, problems[0])
    owned = owned_set(org, row)
    if owned is not None:
        write_grants(org, owned["Id"], file.root)
    for entry in file.root.all("layoutAssignments"):
        _assign(org, row["Id"], entry)
    changed = any(child.name in {*SECTIONS, "layoutAssignments"} for child in file.root.children)
    effect = Effect.CHANGED if changed else Effect.UNCHANGED
    return Message("Profile", file.name, file.path, effect, row["Id"])


def profile_name(row: sqlite3.Row) -> str:
    """The profile's full name in metadata."""
    return _STANDARD.get(row["Name"], str(row["Name"]))


def all_profiles(org: Org) -> list[sqlite3.Row]:
    """Every profile row."""
    return find_rows(org, "Profile")


def find_profile(org: Org, full_name: str) -> sqlite3.Row | None:
    """The profile of this metadata name (or name on screen)."""
    wanted = decoded(full_name).casefold()
    for row in all_profiles(org):
        if wanted in {profile_name(row).casefold(), str(row["Name"]).casefold()}:
            return row
    return None


def owned_set(org: Org, profile: sqlite3.Row) -> sqlite3.Row | None:
    """The permission set row that holds the profile's rights."""
    rows = find_rows(org, "PermissionSet", ProfileId=profile["Id"], IsOwnedByProfile=True)
    return next(iter(rows), None)


def profile_as_node(org: Org, row: sqlite3.Row) -> Node:
    """The whole profile."""
    owned = owned_set(org, row)
    grants = [] if owned is None else [*grants_as_nodes(org, owned)]
    custom = leaf("custom", value=row["Name"] not in _STANDARD)
    return branch("Profile", [custom, *grants, *_assignments(org, row["Id"])])


def part_of_profile(profile: Node, beside: dict[str, set[str]]) -> Node:
    """What a retrieve gives of a profile: only what concerns the components retrieved beside it.

    `beside` has decoded names by type. Source: Metadata API guide, Profile.
    """
    shown = {
        "fieldPermissions": ("field", "CustomField"),
        "objectPermissions": ("object", "CustomObject"),
        "layoutAssignments": ("layout", "Layout"),
    }

    def belongs(child: Node) -> bool:
        if child.name not in shown:
            return True
        part, kind = shown[child.name]
        names = beside.get(kind, set())
        if decoded(child.value(part)) not in names:
            return False
        record_type = child.value("recordType")
        return not record_type or record_type in beside.get("RecordType", set())

    return branch("Profile", [child for child in profile.children if belongs(child)])


def _assignments(org: Org, profile_id: str) -> Iterator[Node]:
    for held in layout_assignments(org):
        layout = component_by_id(org, held.layout_id) if held.profile_id == profile_id else None
        if layout is None:
            continue
        parts = [leaf("layout", layout.full_name)]
        record_type = find_row(org, "RecordType", held.record_type_id)
        if record_type is not None:
            parts.append(leaf("recordType", record_type_name(record_type)))
        yield branch("layoutAssignments", parts)


def _assignment_problems(org: Org, root: Node) -> Iterator[Problem]:
    for entry in root.all("layoutAssignments"):
        layout, record_type = entry.value("layout"), entry.value("recordType")
        if find_component(org, "Layout", layout) is None:
            yield at(entry, f"In field: layout - no Layout named {layout} found")
        if record_type and find_record_type(org, record_type) is None:
            yield at(entry, f"In field: recordType - no RecordType named {record_type} found")


def _assign(org: Org, profile_id: str, entry: Node) -> None:
    layout = entry.value("layout")
    record_type = find_record_type(org, entry.value("recordType"))
    record_type_id = "" if record_type is None else str(record_type["Id"])
    assign_layout(org, profile_id, layout.partition("-")[0], record_type_id, layout)
