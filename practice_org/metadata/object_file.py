"""A .object file: it merges into the object the org has, custom field by custom field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from practice_org.metadata.canonical import Node, branch, parse_metadata, serialise
from practice_org.metadata.components import find_component, save_component
from practice_org.metadata.package import CHILDREN, File, Package
from practice_org.metadata.problems import Effect, Message, Problem, at, failed
from practice_org.metadata.record_types import install_record_type
from practice_org.metadata.rules_field import custom_field, field_problems
from practice_org.objects import find_object
from practice_org.org import Org
from practice_org.tables import add_custom_field

_PARTS = frozenset(CHILDREN.values())


def install_object(org: Org, file: File, package: Package) -> list[Message]:
    """Merge the file: its fields one by one, its settings group by group."""
    if file.name == "PersonAccount" and org.setting("person_accounts") != "1":
        off = Problem("Not available for deploy for this organization")
        return [failed("CustomObject", file.name, file.path, off)]
    if not _is_known(org, file.name):
        sentence = f"This practice org does not emulate new objects such as {file.name}"
        return [failed("CustomObject", file.name, file.path, Problem(sentence))]
    whole = package.asks_for("CustomObject", file.name)
    rows = _not_emulated(file)
    for node in file.root.all("fields"):
        name = f"{file.name}.{node.value('fullName')}"
        if whole or package.asks_for("CustomField", name):
            rows.append(install_field(org, file.path, name, node))
        else:
            rows.append(failed("CustomField", name, file.path, Problem("Not in package.xml")))
    rows += [
        install_record_type(org, file.path, file.name, node)
        for node in file.root.all("recordTypes")
        if whole or package.asks_for("RecordType", f"{file.name}.{node.value('fullName')}")
    ]
    if whole:
        rows.append(_merge_settings(org, file))
    return rows


def install_field(org: Org, path: str, name: str, node: Node) -> Message:
    """Create or change one field, named Contact.X__c; `node` is its element or file."""
    entity, _, field_name = name.partition(".")
    problem = next(iter(field_problems(org, entity, node)), None)
    if problem is not None:
        return failed("CustomField", name, path, problem)
    body = serialise(replace(node, name="CustomField").without("fullName"))
    old = find_component(org, "CustomField", name)
    if old is not None and old.body == body:
        return Message("CustomField", old.full_name, path, id=old.id)
    saved = save_component(org, "CustomField", name, body)
    if field_name.endswith("__c"):
        _add(org, entity, node)
    effect = Effect.CHANGED if old else Effect.CREATED
    return Message("CustomField", saved.full_name, path, effect, saved.id)


def fields_in(root: Node, part: str) -> set[str]:
    """The names of the file's children of one kind, such as its fields."""
    return {node.value("fullName") for node in root.all(part)}


def object_settings(org: Org, name: str) -> Node:
    """What the org holds of an object besides fields and other parts."""
    held = find_component(org, "CustomObject", name)
    return parse_metadata(held.body) if held else Node("CustomObject")


def _add(org: Org, entity: str, node: Node) -> None:

    add_custom_field(org, entity, custom_field(node))


def _merge_settings(org: Org, file: File) -> Message:
    """Each group the file has replaces the org's; the others stay."""
    held = object_settings(org, file.name)
    given = _settings(file.root.children)
    kept = held.without(*(node.name for node in given))
    merged = serialise(branch("CustomObject", [*kept.children, *given]))
    old = find_component(org, "CustomObject", file.name)
    if old is not None and (not given or old.body == merged):
        return Message("CustomObject", old.full_name, file.path, id=old.id)
    saved = save_component(org, "CustomObject", file.name, merged)
    effect = Effect.CHANGED if given else Effect.UNCHANGED
    return Message("CustomObject", saved.full_name, file.path, effect, saved.id)


def _settings(children: Iterable[Node]) -> list[Node]:
    return [node for node in children if node.name not in {*_PARTS, "fullName"}]


def _not_emulated(file: File) -> list[Message]:
    names = {part: kind for kind, part in CHILDREN.items()}
    return [
        failed(
            names[node.name],
            f"{file.name}.{node.value('fullName')}",
            file.path,
            at(node, f"This practice org does not emulate {names[node.name]}; leave it out"),
        )
        for node in file.root.children
        if node.name in _PARTS - {"fields", "recordTypes"}
    ]


def _is_known(org: Org, name: str) -> bool:
    if name == "PersonAccount" or find_object(name) is not None:
        return True
    return find_component(org, "CustomObject", name) is not None
