"""How each kind of metadata file is taken over: no deploy rules, what is missing is declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from practice_org import tables
from practice_org.metadata.canonical import Node, branch, serialise
from practice_org.metadata.components import (
    declare,
    find_component,
    load_tree,
    save_component,
)
from practice_org.metadata.grants import SECTIONS
from practice_org.metadata.names import decoded, namespace_of
from practice_org.metadata.object_file import object_settings
from practice_org.metadata.package import CHILDREN, File
from practice_org.metadata.permission_set_file import install_permission_set
from practice_org.metadata.problems import Message
from practice_org.metadata.profile_file import find_profile, install_profile
from practice_org.metadata.references import declare_references, has_field
from practice_org.metadata.rules_access import grant_problems
from practice_org.metadata.rules_field import custom_field, field_problems
from practice_org.metadata.rules_page import declare_page_references
from practice_org.objects import find_object
from practice_org.org import Org
from practice_org.seed.access import Rights, add_profile

PEOPLE = ("Contact", "Lead", "PersonAccount")


class Skipped(Exception):
    """A file that is not taken over, and why."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file: what it stands for and its name, escapes and all."""

    path: Path
    kind: str
    name: str


@dataclass(slots=True)
class Loaded:
    """What a folder gave; `layouts` are the full names of those of Contact, Lead and persons."""

    counts: Counter[str] = field(default_factory=Counter)
    clashes: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    layouts: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The report, a line each."""
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(self.counts.items()))
        yield f"loaded: {counts or 'nothing'}"
        yield from (f"same name, not loaded: {text}" for text in self.clashes)
        kinds: dict[str, list[str]] = {}
        for text in sorted(self.declared):
            kind, _, name = text.partition(" ")
            kinds.setdefault(kind, []).append(name)
        for kind, names in kinds.items():
            yield f"declared {len(names)} {kind}: {', '.join(names)}"
        yield from (f"skipped: {text}" for text in self.skipped)
        yield from (f"loaded, but would not deploy, so unassigned: {text}" for text in self.refused)


def load_object(org: Org, found: Found, root: Node, loaded: Loaded) -> None:
    """An object's fields one by one; its settings replace the org's, group by group."""
    for node in root.all("fields"):
        _load_field(org, f"{found.name}.{node.value('fullName')}", node, loaded)
    parts = {*CHILDREN.values(), "fullName"}
    given = [node for node in root.children if node.name not in parts]
    kept = object_settings(org, found.name).without(*(node.name for node in given))
    save_component(
        org,
        "CustomObject",
        found.name,
        serialise(branch("CustomObject", [*kept.children, *given])),
    )


def load_field(org: Org, found: Found, root: Node, loaded: Loaded) -> None:
    """A field file of source format, below objects/OBJECT/fields."""
    if found.name.startswith("."):
        raise Skipped("its path does not say which object it belongs to")
    _load_field(org, found.name, root, loaded)


def load_layout(org: Org, found: Found, root: Node, loaded: Loaded) -> None:
    """A layout; whatever it names and the org does not know is declared."""
    entity, _, label = found.name.partition("-")
    load_tree(org, "Layout", found.name, root, namespace_of(label))
    loaded.declared += declare_references(org, entity, root)
    if entity in PEOPLE:
        loaded.layouts.append(found.name)


def load_page(org: Org, found: Found, root: Node, loaded: Loaded) -> None:
    """A Lightning page; whatever it names and the org does not know is declared."""
    load_tree(org, "FlexiPage", decoded(found.name), root)
    loaded.declared += declare_page_references(org, root)


def load_whole(org: Org, found: Found, root: Node, loaded: Loaded) -> None:
    """An app, the lead mapping: as it is."""
    del loaded
    load_tree(org, found.kind, decoded(found.name), root)


def load_permission_set(org: Org, found: Found, root: Node, loaded: Loaded) -> None:
    """A permission set, less the grants on things this org does not have."""
    del loaded
    known = _known_grants(org, root)
    _settle(install_permission_set(org, _file(found, known)))


def load_profile(org: Org, found: Found, root: Node, loaded: Loaded) -> None:
    """A profile, made when there is none of this name, with the record types it names.

    The administrator's takes the layout assignments only: that user sees and edits everything.
    """
    name = decoded(found.name)
    row = find_profile(org, name)
    if row is None:
        add_profile(org, name, Rights())
    for entry in root.all("layoutAssignments", "recordType"):
        _declare_record_type(org, entry.text.strip(), loaded)
    assigned = [
        entry
        for entry in root.all("layoutAssignments")
        if find_component(org, "Layout", entry.value("layout"))
        and _is_ours(entry.value("recordType"))
    ]
    is_admin = row is not None and row["Id"] == org.setting("admin_profile_id")
    grants = [] if is_admin else _known_grants(org, root).children
    kept = [node for node in grants if node.name != "layoutAssignments"]
    _settle(install_profile(org, _file(found, branch("Profile", [*kept, *assigned]))))


LOADERS: Mapping[str, Callable[[Org, Found, Node, Loaded], None]] = {
    "CustomObject": load_object,
    "CustomField": load_field,
    "Layout": load_layout,
    "FlexiPage": load_page,
    "CustomApplication": load_whole,
    "LeadConvertSettings": load_whole,
    "PermissionSet": load_permission_set,
    "Profile": load_profile,
}


def _load_field(org: Org, name: str, node: Node, loaded: Loaded) -> None:
    """Add a field the practice org can hold; declare any other, so that layouts may show it."""
    entity, _, field_name = name.partition(".")
    named = replace(node, children=(*node.without("fullName").children, _full_name(field_name)))
    if field_problems(org, entity, named):
        owner = "Account" if entity == "PersonAccount" else entity
        if not has_field(org, entity, field_name):
            declare(org, "CustomField", f"{owner}.{field_name}")
            loaded.declared.append(f"CustomField {owner}.{field_name}")
        return
    if field_name.endswith("__c"):
        tables.add_custom_field(org, entity, custom_field(named))
    body = serialise(replace(node, name="CustomField").without("fullName"))
    save_component(org, "CustomField", name, body, namespace=namespace_of(field_name))


def _full_name(name: str) -> Node:
    return Node("fullName", name)


def _known_grants(org: Org, root: Node) -> Node:
    def is_known(node: Node) -> bool:
        return node.name not in SECTIONS or not grant_problems(org, branch(root.name, [node]))

    return replace(root, children=tuple(node for node in root.children if is_known(node)))


def _declare_record_type(org: Org, name: str, loaded: Loaded) -> None:
    entity, _, developer_name = name.partition(".")
    if not _is_ours(name):
        return
    key = {"SobjectType": "Account" if entity == "PersonAccount" else entity}
    key["DeveloperName"] = developer_name
    if not tables.find_rows(org, "RecordType", **key):
        person = {"IsPersonType": entity == "PersonAccount"}
        tables.insert_row(org, "RecordType", {**key, "Name": developer_name, **person})
        loaded.declared.append(f"RecordType {name}")


def _is_ours(record_type: str) -> bool:
    entity = record_type.partition(".")[0]
    found = find_object(entity)
    return not record_type or entity == "PersonAccount" or (found is not None and found.business)


def _file(found: Found, root: Node) -> File:
    return File(found.path.name, found.kind, decoded(found.name), root)


def _settle(message: Message) -> None:
    """Errors: Skipped with the sentence when the file was refused."""
    if message.is_error and message.problem is not None:
        raise Skipped(message.problem.sentence)
