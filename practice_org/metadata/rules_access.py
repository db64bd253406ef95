"""What the platform refuses in the grants of a permission set or a profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from practice_org.columns import fields_of
from practice_org.metadata.canonical import Node
from practice_org.metadata.problems import Problem, at
from practice_org.metadata.references import has_field
from practice_org.objects import SYSTEM_PERMISSIONS, find_object
from practice_org.org import Org

# A right on an object needs others, as the platform says: "Permission Edit Contact depends on
# permission(s): Read Contact".
_DEPENDS = (
    ("allowCreate", "Create", "allowRead", "Read"),
    ("allowEdit", "Edit", "allowRead", "Read"),
    ("allowDelete", "Delete", "allowEdit", "Edit"),
    ("viewAllRecords", "View All", "allowRead", "Read"),
    ("modifyAllRecords", "Modify All", "allowDelete", "Delete"),
    ("modifyAllRecords", "Modify All", "viewAllRecords", "View All"),
)
_NEED_SETUP = frozenset({"CustomizeApplication", "ManageProfilesPermissionsets"})

Rule = Callable[[Org, Node], Iterator[Problem]]


def grant_problems(org: Org, root: Node) -> list[Problem]:
    """Everything wrong with the grants of a well-shaped file, rule by rule."""
    return [problem for rule in _RULES for problem in rule(org, root)]


def dependency_problems(root: Node) -> Iterator[Problem]:
    """System permissions of a whole permission set that lack those they depend on.

    That Manage Profiles and Permission Sets is in the list is unverified. The real list is longer,
    and differs from org to org: with territories or the translation workbench on, Customize
    Application asks for theirs too.
    """
    held = {e.value("name") for e in root.all("userPermissions") if e.says("enabled")}
    for entry in root.all("userPermissions"):
        name = entry.value("name")
        if name in held and name in _NEED_SETUP and "ViewSetup" not in held:
            sentence = f"Permission {name} depends on permission(s): ViewSetup"
            yield at(next(entry.all("name")), sentence)


def _fields_exist(org: Org, root: Node) -> Iterator[Problem]:
    for node in root.all("fieldPermissions", "field"):
        entity, _, field = node.text.strip().partition(".")
        if not has_field(org, entity, field):
            name = node.text.strip()
            yield at(node, f"In field: field - no CustomField named {name} found")
        elif not _is_securable(org, entity, field):
            yield at(node, f"You cannot deploy to a required field: {node.text.strip()}")


def _is_securable(org: Org, entity: str, name: str) -> bool:
    """Whether field security rules this field; a declared one is taken to be so."""
    found = find_object(entity)
    field = fields_of(org, entity).get(name) if found else None
    if field is None:
        return True
    # A person account's fields follow the contact's: whether the org takes a grant on the
    # Account's name for them is unverified; it is taken and does nothing.
    return field.permissionable or bool(field.mirror)


def _fields_once(_org: Org, root: Node) -> Iterator[Problem]:
    # The sentence is unverified.
    seen: set[str] = set()
    for node in root.all("fieldPermissions", "field"):
        name = node.text.strip().casefold()
        if name in seen:
            yield at(node, f"Duplicate fieldPermissions specified: {node.text.strip()}")
        seen.add(name)


def _objects_exist(_org: Org, root: Node) -> Iterator[Problem]:
    for node in root.all("objectPermissions", "object"):
        if find_object(node.text.strip()) is None:
            name = node.text.strip()
            yield at(node, f"In field: object - no CustomObject named {name} found")


def _rights_need_rights(_org: Org, root: Node) -> Iterator[Problem]:
    for entry in root.all("objectPermissions"):
        name = entry.value("object")
        for right, label, needed, needed_label in _DEPENDS:
            if entry.says(right) and not entry.says(needed):
                sentence = f"Permission {label} {name} depends on permission(s): "
                yield at(next(entry.all(right)), f"{sentence}{needed_label} {name}")


def _permissions_exist(_org: Org, root: Node) -> Iterator[Problem]:
    for node in root.all("userPermissions", "name"):
        if node.text.strip() not in SYSTEM_PERMISSIONS:
            yield at(node, f"Unknown user permission: {node.text.strip()}")


_RULES: tuple[Rule, ...] = (
    _fields_exist,
    _fields_once,
    _objects_exist,
    _rights_need_rights,
    _permissions_exist,
)
