"""The permission set of an identity as a package: for the field that was chosen, and no more."""

from __future__ import annotations

from deployer.model.identities import Identity, Of
from deployer.model.org import SCHEMA_API_VERSION
from deployer.planning.from_files import Format, to_source_project
from deployer.planning.package import permission_set_path
from deployer.templates import render_package, render_permission_set


def identity_set(identity: Identity, field: str) -> bytes:
    """The permission set with the identity's rights, the field's for `field`.

    It names no licence, so that it can be assigned whatever the user's is. Errors: UsageError.
    """
    return render_permission_set(
        label=identity.label,
        description=identity.description,
        field_permissions=_fields(identity, field),
        object_permissions=_objects(identity),
        user_permissions=[right.name for right in identity.rights if right.of is Of.SYSTEM],
    )


def identity_folder(identity: Identity, field: str, layout: Format) -> dict[str, bytes]:
    """The files to write, by path below the output folder. Errors: UsageError."""
    name = identity.permission_set
    files = {
        permission_set_path(name): identity_set(identity, field),
        "package.xml": render_package({"PermissionSet": [name]}, SCHEMA_API_VERSION),
    }
    if layout is Format.METADATA:
        return files
    return to_source_project(files, SCHEMA_API_VERSION)


def _fields(identity: Identity, chosen: str) -> list[tuple[str, bool]]:
    rights = [right for right in identity.rights if right.of is Of.FIELD]
    names = sorted({name for right in rights for name in right.on})
    edited = {name for right in rights if right.name == "editable" for name in right.on}
    return [
        (f"{name}.{field}", name in edited) for name in names for field in identity.fields(chosen)
    ]


def _objects(identity: Identity) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for right in identity.rights:
        if right.of is Of.OBJECT:
            for name in right.on:
                found.setdefault(name, set()).add(right.name)
    return found
