"""The synchronous metadata calls, ten at a time: read, create, update, upsert, delete, rename."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from practice_org.metadata.authors import feature_problem
from practice_org.metadata.canonical import Node, leaf
from practice_org.metadata.catalogue import file_root, find_any
from practice_org.metadata.components import find_component
from practice_org.metadata.deletion import delete_named
from practice_org.metadata.names import key_of, spelled
from practice_org.metadata.object_file import install_field
from practice_org.metadata.package import File
from practice_org.metadata.permission_set_file import install_permission_set
from practice_org.metadata.problems import Effect, Message, Problem, failed
from practice_org.metadata.profile_file import install_profile
from practice_org.metadata.shapes import shape_problems
from practice_org.metadata.trail import record_setup_change
from practice_org.metadata.whole_file import install_whole
from practice_org.org import Org
from practice_org.wire import OrgError

MOST_AT_ONCE = 10
_INSTALL: dict[str, Callable[[Org, File], Message]] = {
    "Layout": install_whole,
    "FlexiPage": install_whole,
    "CustomApplication": install_whole,
    "LeadConvertSettings": install_whole,
    "PermissionSet": install_permission_set,
    "Profile": install_profile,
    "CustomField": lambda org, file: install_field(org, "", file.name, _named(file)),
}


class Wish(Enum):
    """Which of the writing calls was made."""

    CREATE = "createMetadata"
    UPDATE = "updateMetadata"
    UPSERT = "upsertMetadata"


@dataclass(frozen=True, slots=True)
class Saved:
    """One SaveResult; `code` and `message` are empty when it went well."""

    full_name: str
    code: str = ""
    message: str = ""
    created: bool = False


def read_component(org: Org, kind: str, full_name: str) -> Node | None:
    """The component as readMetadata gives it, fullName in front; None for a missing one."""
    found = find_any(org, kind, full_name)
    if found is None:
        return None
    root = file_root(org, found)
    return Node(kind, children=(leaf("fullName", found.full_name), *root.children))


def save(org: Org, wish: Wish, kind: str, root: Node, version: float) -> Saved:
    """Create or change one component, as org.user_id."""
    name = root.value("fullName")
    there = find_any(org, kind, name) is not None
    if wish is Wish.CREATE and there:
        return Saved(name, "DUPLICATE_DEVELOPER_NAME", f"A {kind} named {name} already exists.")
    if wish is Wish.UPDATE and not there:
        sentence = f"In field: fullName - no {kind} named {name} found"
        return Saved(name, "INVALID_CROSS_REFERENCE_KEY", sentence)
    message = _install(org, File("", kind, name, root.without("fullName")), version)
    if message.problem is not None:
        return Saved(name, "FIELD_INTEGRITY_EXCEPTION", message.problem.sentence)
    if message.effect is not Effect.UNCHANGED:
        record_setup_change(org, kind, name, message.effect.value)
    return Saved(name, created=not there)


def delete(org: Org, kind: str, name: str) -> Saved:
    """Delete one component."""
    message = delete_named(org, {kind: (name,)}, "")[0]
    if message.problem is not None:
        return Saved(name, "INVALID_CROSS_REFERENCE_KEY", message.problem.sentence)
    record_setup_change(org, kind, name, "deleted")
    return Saved(name)


def rename(org: Org, kind: str, old_name: str, new_name: str) -> Saved:
    """Give a layout or page another name."""
    found = find_component(org, kind, old_name)
    if kind not in {"Layout", "FlexiPage"}:
        return Saved(old_name, "INVALID_TYPE", f"This practice org does not rename {kind}")
    if found is None:
        sentence = f"In field: fullName - no {kind} named {old_name} found"
        return Saved(old_name, "INVALID_CROSS_REFERENCE_KEY", sentence)
    if find_component(org, kind, new_name) is not None:
        sentence = "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
        return Saved(old_name, "DUPLICATE_VALUE", sentence)
    org.db.execute(
        "UPDATE component SET key = ?, full_name = ? WHERE id = ?",
        (key_of(new_name), spelled(kind, new_name, found.namespace), found.id),
    )
    record_setup_change(org, kind, new_name, "changed")
    return Saved(new_name)


def refuse_too_many(count: int) -> None:
    """Refuse more than ten in one call. Errors: OrgError."""
    if count > MOST_AT_ONCE:
        sentence = f"record limit reached. cannot submit more than {MOST_AT_ONCE} records"
        raise OrgError("EXCEEDED_ID_LIMIT", f"{sentence} into this call", status=500)


def _install(org: Org, file: File, version: float) -> Message:
    install = _INSTALL.get(file.type)
    if install is None:
        problem = Problem(f"This practice org does not emulate changing {file.type} by this call")
        return failed(file.type, file.name, "", problem)
    broken = shape_problems(file.root, file.type, version)
    if broken:
        return failed(file.type, file.name, "", broken[0])
    if barred := feature_problem(org, file.type):
        return failed(file.type, file.name, "", barred)
    return install(org, file)


def _named(file: File) -> Node:
    local = leaf("fullName", file.name.partition(".")[2])
    return Node("CustomField", children=(local, *file.root.children))
