"""What a retrieve gives: the files of the named components, their properties, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from practice_org.metadata.authors import user_name
from practice_org.metadata.canonical import serialise
from practice_org.metadata.catalogue import file_root, find_any, list_any, object_root
from practice_org.metadata.components import Component
from practice_org.metadata.names import decoded, key_of, listed
from practice_org.metadata.package import SUFFIXES, manifest, to_zip
from practice_org.metadata.profile_file import part_of_profile
from practice_org.objects import OBJECTS
from practice_org.org import Org

_PARTS = frozenset({"CustomField", "RecordType"})


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The answer to a retrieve: the zip, one row per file, one message per missing name."""

    zip: bytes
    properties: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, str], ...]


def retrieve(org: Org, members: dict[str, list[str]], version: float, *, single: bool) -> Retrieved:
    """Write the named components into a zip, under unpackaged/ unless it is a single package."""
    folder = "" if single else "unpackaged/"
    found, missing = _found(org, members)
    files: dict[str, bytes] = {}
    properties: list[dict[str, Any]] = []
    for component in found:
        path = file_name(component.type, component.full_name)
        if component.type not in _PARTS:
            files[path] = _content(org, component, found)
        properties.append(file_properties(org, component, folder + path))
    for entity in _entities(found):
        path = file_name("CustomObject", entity)
        files.setdefault(path, serialise(object_root(org, entity, _parts(found, entity))))
    named: dict[str, list[str]] = {}
    for component in found:
        named.setdefault(component.type, []).append(component.full_name)
    files["package.xml"] = serialise(manifest(named, version))
    zipped = to_zip({folder + path: files[path] for path in sorted(files)})
    messages = tuple(_missing(kind, name, folder) for kind, name in missing)
    return Retrieved(zipped, (*properties, _package_row(org, folder)), messages)


def has_file(kind: str) -> bool:
    """Whether components of this type are in files here; of others only Tooling tells."""
    return kind in SUFFIXES or kind in _PARTS


def file_name(kind: str, full_name: str) -> str:
    """The path of the file that holds this component."""
    if kind in _PARTS:
        kind, full_name = "CustomObject", full_name.partition(".")[0]
    directory, suffix = SUFFIXES[kind]
    return f"{directory}/{full_name}{suffix}"


def file_properties(org: Org, component: Component, path: str) -> dict[str, Any]:
    """WSDL FileProperties of one component."""
    # Components that come with the platform have no author: Salesforce writes 1970 for them.
    never = "1970-01-01T00:00:00.000Z"
    row: dict[str, Any] = {
        "createdById": component.created_by,
        "createdByName": user_name(org, component.created_by),
        "createdDate": component.created_at.replace("+0000", "Z") or never,
        "fileName": path,
        "fullName": component.full_name,
        "id": component.id,
        "lastModifiedById": component.modified_by,
        "lastModifiedByName": user_name(org, component.modified_by),
        "lastModifiedDate": component.modified_at.replace("+0000", "Z") or never,
        "manageableState": "installed" if component.namespace else "unmanaged",
    }
    if component.namespace:
        row["namespacePrefix"] = component.namespace
    return {**row, "type": component.type}


def listed_properties(org: Org, component: Component) -> dict[str, Any]:
    """FileProperties as listMetadata gives them: a managed layout's name has lost its prefix."""
    name = listed(component.type, component.full_name, component.namespace)
    return {**file_properties(org, component, file_name(component.type, name)), "fullName": name}


def _found(
    org: Org, members: dict[str, list[str]]
) -> tuple[list[Component], list[tuple[str, str]]]:
    found: dict[tuple[str, str], Component] = {}
    missing = []
    for kind, names in members.items():
        for name in names:
            if name == "*":
                matches = [c for c in list_any(org, kind) if _in_wildcard(c)]
            else:
                one = find_any(org, kind, name) if has_file(kind) else None
                matches = [one] if one else []
                if one is None:
                    missing.append((kind, name))
            found.update({(kind, key_of(c.full_name)): c for c in matches})
    return list(found.values()), missing


def _in_wildcard(component: Component) -> bool:
    """A wildcard takes unmanaged components in files only, and no standard object."""
    standard = component.type == "CustomObject" and (
        component.full_name in OBJECTS or component.full_name == "PersonAccount"
    )
    return has_file(component.type) and not component.namespace and not standard


def _content(org: Org, component: Component, beside: list[Component]) -> bytes:
    if component.type == "CustomObject":
        return serialise(file_root(org, component))
    if component.type != "Profile":
        return component.body
    names: dict[str, set[str]] = {}
    for other in beside:
        names.setdefault(other.type, set()).add(decoded(other.full_name))
    return serialise(part_of_profile(file_root(org, component), names))


def _entities(found: list[Component]) -> list[str]:
    return sorted({c.full_name.partition(".")[0] for c in found if c.type in _PARTS})


def _parts(found: list[Component], entity: str) -> dict[str, set[str]]:
    parts: dict[str, set[str]] = {}
    for component in found:
        if component.type in _PARTS and component.full_name.partition(".")[0] == entity:
            parts.setdefault(component.type, set()).add(key_of(component.full_name))
    return parts


def _missing(kind: str, name: str, folder: str) -> dict[str, str]:
    sentence = f"Entity of type '{kind}' named '{name}' cannot be found"
    return {"fileName": f"{folder}package.xml", "problem": sentence}


def _package_row(org: Org, folder: str) -> dict[str, Any]:
    at = org.timestamp().replace("+0000", "Z")
    by = {"Id": org.user_id, "Name": user_name(org, org.user_id)}
    return {
        **{f"createdBy{part}": value for part, value in by.items()},
        "createdDate": at,
        "fileName": f"{folder}package.xml",
        "fullName": "unpackaged/package.xml" if folder else "package.xml",
        "id": "",
        **{f"lastModifiedBy{part}": value for part, value in by.items()},
        "lastModifiedDate": at,
        "manageableState": "unmanaged",
        "type": "Package",
    }
