"""Take over a folder of metadata files, in metadata or source format, without deploy rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from practice_org.loaders import LOADERS, Found, Loaded, Skipped
from practice_org.metadata.canonical import Node, NotMetadata, parse_metadata
from practice_org.metadata.components import find_component
from practice_org.metadata.names import decoded, key_of
from practice_org.metadata.rules_layout import layout_problems
from practice_org.metadata.shapes import shape_problems
from practice_org.org import LATEST, Org
from practice_org.slots import assign_unassigned_layouts

_VERSION = float(LATEST)
_HASH = re.compile(r"^[0-9a-f]{10}--")
# File endings, in the order in which one kind may need another.
_KINDS = {
    ".object": "CustomObject",
    ".field": "CustomField",
    ".layout": "Layout",
    ".flexipage": "FlexiPage",
    ".app": "CustomApplication",
    ".LeadConvertSetting": "LeadConvertSettings",
    ".permissionset": "PermissionSet",
    ".profile": "Profile",
}


class Names(Enum):
    """What becomes of a second file of one kind and name."""

    FIRST_WINS = "first wins"
    RENAMED = "renamed"


def load_once(org: Org, folder: Path, names: Names) -> list[str]:
    """Load a folder into an org that has not taken it yet; the lines to tell the user.

    A second time nothing is loaded: deploys since then would be undone. Errors: ValueError when
    there is no such folder.
    """
    mark = f"loaded:{folder.resolve()}"
    if org.setting(mark):
        return [f"{folder} was loaded before; --reset starts anew"]
    with org.transaction():
        loaded = load_folder(org, folder, names)
        org.set_setting(mark, "1")
    return list(loaded.lines())


def load_folder(org: Org, folder: Path, names: Names = Names.FIRST_WINS) -> Loaded:
    """Load every metadata file below the folder; what cannot be read is reported, never raised.

    Everything is written by the administrator. A loaded layout takes the place of the seed's of
    the same name; each one of Contact, Lead and person accounts ends up assigned to a profile.
    Errors: ValueError when there is no such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}: give --metadata a folder of metadata files")
    org.user_id = org.setting("admin_user_id")
    loaded = Loaded()
    seen: set[tuple[str, str]] = set()
    for kind, name, path in _files(folder):
        if (kind, key_of(name)) in seen:
            if names is Names.FIRST_WINS or kind != "Layout":
                loaded.clashes.append(f"{path.relative_to(folder)}: {kind} {decoded(name)}")
                continue
            name = _free_name(name, seen)  # noqa: PLW2901 - what it is loaded under
        seen.add((kind, key_of(name)))
        try:
            _load(org, Found(path, kind, name), loaded)
        except Skipped as reason:
            loaded.skipped.append(f"{path.relative_to(folder)}: {reason}")
    assign_unassigned_layouts(org, list(_deployable(org, loaded)))
    return loaded


def _deployable(org: Org, loaded: Loaded) -> Iterator[str]:
    """The loaded layouts that could be sent back as they are; the others stay unassigned."""
    for name in loaded.layouts:
        layout = find_component(org, "Layout", name)
        root = parse_metadata(layout.body) if layout else Node("Layout")
        problems = [*layout_problems(org, name, root), *shape_problems(root, "Layout", _VERSION)]
        if problems:
            loaded.refused.append(f"{decoded(name)}: {problems[0].sentence}")
        else:
            yield name


def _load(org: Org, found: Found, loaded: Loaded) -> None:
    try:
        root = parse_metadata(found.path.read_bytes())
    except NotMetadata as broken:
        place = f"line {broken.line}, column {broken.column}"
        raise Skipped(f"{place}: {broken.sentence}") from broken
    except OSError as broken:
        raise Skipped(broken.strerror or str(broken)) from broken
    if root.name != found.kind:
        raise Skipped(f"its root is {root.name}, not {found.kind}")
    LOADERS[found.kind](org, found, root, loaded)
    loaded.counts[found.kind] += 1


def _files(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Kind, name and path of each metadata file, kinds in their order, paths sorted."""
    found = []
    for path in sorted(folder.rglob("*")):
        plain = _HASH.sub("", path.name).removesuffix("-meta.xml")
        stem, dot, ending = plain.rpartition(".")
        if f"{dot}{ending}" in _KINDS and path.is_file():
            found.append((_KINDS[f"{dot}{ending}"], _name(path, stem, ending), path))
    order = list(_KINDS.values())
    yield from sorted(found, key=lambda entry: order.index(entry[0]))


def _name(path: Path, stem: str, ending: str) -> str:
    """A field's name has its object in front, which source format keeps in the path."""
    if ending != "field":
        return stem
    folders = [parent.name for parent in path.parents]
    in_object = folders[0] == "fields" and folders[2:3] == ["objects"]
    return f"{folders[1] if in_object else ''}.{stem}"


def _free_name(name: str, seen: set[tuple[str, str]]) -> str:
    number = 2
    while ("Layout", key_of(f"{name} ({number})")) in seen:
        number += 1
    return f"{name} ({number})"
