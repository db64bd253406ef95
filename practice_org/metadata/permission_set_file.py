"""A permission set as metadata: a deployed file replaces the whole set (API 40 and later)."""

from __future__ import annotations

import sqlite3

from practice_org.metadata.canonical import Node, branch, canonical, leaf, parse_metadata, serialise
from practice_org.metadata.grants import (
    SECTIONS,
    clear_grants,
    extra_sections,
    grants_as_nodes,
    keep_extra_sections,
    write_grants,
)
from practice_org.metadata.package import File
from practice_org.metadata.problems import Effect, Message, Problem, at, failed
from practice_org.metadata.rules_access import dependency_problems, grant_problems
from practice_org.org import Org
from practice_org.tables import find_rows, insert_row, update_row

_COLUMNS = frozenset({"fullName", "label", "description"})


def install_permission_set(org: Org, file: File) -> Message:
    """Replace the set of this name by the file, or make it."""
    row = find_set(org, file.name)
    problem = next(iter(_problems(org, file, row)), None)
    if problem is not None:
        return failed("PermissionSet", file.name, file.path, problem)
    before = None if row is None else canonical(set_as_node(org, row))
    set_id = _write(org, file, row)
    after = find_set(org, file.name)
    effect = Effect.CREATED if before is None else Effect.CHANGED
    if after is not None and canonical(set_as_node(org, after)) == before:
        effect = Effect.UNCHANGED
    return Message("PermissionSet", file.name, file.path, effect, set_id)


def find_set(org: Org, full_name: str) -> sqlite3.Row | None:
    """The row of the set of this name; a managed one is called ns__Name."""
    return next((row for row in all_sets(org) if _same(set_name(row), full_name)), None)


def all_sets(org: Org) -> list[sqlite3.Row]:
    """Every permission set that stands for itself, not for a profile or a group."""
    rows = find_rows(org, "PermissionSet", IsOwnedByProfile=False)
    return [row for row in rows if not row["PermissionSetGroupId"]]


def set_name(row: sqlite3.Row) -> str:
    """The full name of a set, with its package's prefix."""
    prefix = row["NamespacePrefix"]
    return f"{prefix}__{row['Name']}" if prefix else str(row["Name"])


def set_as_node(org: Org, row: sqlite3.Row) -> Node:
    """The set as the tables have it, with what no table has."""
    extra = extra_sections(org, row["Id"])
    others = parse_metadata(extra).children if extra else ()
    named = [leaf("label", row["Label"])]
    if row["Description"]:
        named.append(leaf("description", row["Description"]))
    return branch("PermissionSet", [*named, *grants_as_nodes(org, row), *others])


def _problems(org: Org, file: File, row: sqlite3.Row | None) -> list[Problem]:
    if row is not None and row["NamespacePrefix"]:
        # The form of the sentence is Salesforce's; for permission sets it is unverified.
        sentence = "Cannot modify managed object: entity=PermissionSet, component="
        return [Problem(f"{sentence}{row['Id']}, field=Label, state=installed")]
    if not file.root.value("label"):
        return [at(file.root, "Required field is missing: label")]
    return [*grant_problems(org, file.root), *dependency_problems(file.root)]


def _write(org: Org, file: File, row: sqlite3.Row | None) -> str:
    root = file.root
    values = {"Label": root.value("label"), "Description": root.value("description") or None}
    if row is None:
        set_id = insert_row(org, "PermissionSet", {"Name": file.name, **values})
    else:
        set_id = str(row["Id"])
        clear_grants(org, set_id)
        update_row(org, "PermissionSet", set_id, values)
    write_grants(org, set_id, root)
    keep_extra_sections(org, set_id, serialise(root.without(*SECTIONS, *_COLUMNS)))
    return set_id


def _same(left: str, right: str) -> bool:
    return left.casefold() == right.casefold()
