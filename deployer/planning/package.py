"""A plan's files as one zip: package.xml and the zip come from one list, same input, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

from deployer.model.layouts import LayoutName
from deployer.model.plans import Plan
from deployer.templates import render_destructive_changes, render_package

_KIND_OF_FOLDER = {
    "layouts": "Layout",
    "permissionsets": "PermissionSet",
    "flexipages": "FlexiPage",
}
NOT_THERE = "not there"
"""The stamp of a file that the org does not have."""
DELETED_AFTER = "destructiveChangesPost.xml"
"""What the org deletes in the same deploy, once the rest of the package is in."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def layout_path(member: str) -> str:
    """Where a layout stands in the package; its name exactly as the org gave it."""
    return f"layouts/{member}.layout"


def page_path(name: str) -> str:
    """Where a Lightning page stands in the package."""
    return f"flexipages/{name}.flexipage"


def permission_set_path(name: str) -> str:
    """Where a permission set stands in the package."""
    return f"permissionsets/{name}.permissionset"


def name_of(path: str) -> str:
    """A package path as a person names the thing."""
    return LayoutName(path.partition("/")[2].rpartition(".")[0]).decoded


def to_files(plan: Plan) -> dict[str, bytes]:
    """The package in metadata format: path -> bytes, package.xml included; only what changes."""
    members: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    for layout in plan.layouts:
        if layout.changes:
            files[layout_path(layout.name.member)] = layout.after
            members.setdefault("Layout", []).append(layout.name.member)
    for page in plan.pages:
        if page.changes:
            files[page_path(page.name)] = page.after
            members.setdefault("FlexiPage", []).append(page.name)
    if plan.access.changes and plan.access.after is not None:
        files[permission_set_path(plan.access.permission_set)] = plan.access.after
        members["PermissionSet"] = [plan.access.permission_set]
    files.update(plan.new_fields)
    if plan.new_field_members:
        members["CustomField"] = list(plan.new_field_members)
    if plan.deleted_fields:
        gone = {"CustomField": list(plan.deleted_fields)}
        files[DELETED_AFTER] = render_destructive_changes(gone, plan.api_version)
    files["package.xml"] = render_package(members, plan.api_version)
    return files


def to_members(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What a retrieve must name to get these files of a package back."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        folder, _, file_name = path.partition("/")
        kind = _KIND_OF_FOLDER.get(folder)
        if kind is not None:
            found.setdefault(kind, []).append(file_name.rpartition(".")[0])
    return {kind: tuple(names) for kind, names in found.items()}


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip with these files, sorted, without times or owners: the same input gives the same bytes.

    Errors: never; names were given by the org and are kept.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return buffer.getvalue()
