"""The complete package for another tool to deploy: from a project's files, in either format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path

from deployer.errors import UsageError
from deployer.metadata_files import read_file
from deployer.model.layouts import LayoutName, layout_name_of
from deployer.model.org import (
    SCHEMA_API_VERSION,
    STANDARD_LAYOUT,
    AccessFacts,
    LayoutFact,
    OrgFacts,
)
from deployer.model.plans import Plan, Scope, Wish, default_field
from deployer.planning.access import plan_permission_set
from deployer.planning.fields import FieldChoice, new_field_texts
from deployer.planning.package import to_files
from deployer.planning.page_files import PageFiles
from deployer.planning.plan import Inputs, make_plan
from deployer.planning.proof import proven
from deployer.planning.targets import pick_targets
from deployer.templates import render_custom_field

_SOURCE_ROOT = "force-app/main/default"
_SOURCE_PROJECT = "sfdx-project.json"
NO_PAGES = PageFiles()


class Format(Enum):
    """Salesforce's two ways to lay metadata out in a folder."""

    METADATA = "metadata"
    SOURCE = "source"


def plan_from_files(
    paths: Sequence[Path], set_file: Path | None, wish: Wish, pages: PageFiles = NO_PAGES
) -> Plan:
    """Plan on the layouts and pages of a project, as they are in its files; no org is asked.

    `set_file` is the project's own file of the wished permission set, when it has one. Errors:
    UsageError when two files hold one layout, or the field cannot be told without an org.
    """
    name = default_field(wish.field)
    if not name:
        raise UsageError(
            "the Marketo field's API name differs from org to org, and files cannot tell it",
            where="--field marketo-sales-opt-out",
            hint="add --custom-field API_NAME, or render --org NAME",
        )
    bodies = _read_layouts(paths)
    org = OrgFacts(
        org_id="",
        api_version=SCHEMA_API_VERSION,
        layouts=tuple(
            LayoutFact(LayoutName(member), member, "", STANDARD_LAYOUT, "") for member in bodies
        ),
        assignments=(),
        fields={},
        pages=pages.facts,
    )
    create_on = ("Contact", "Lead") if wish.field.create_field else ()
    layouts = pick_targets(org, replace(wish.layouts, scope=Scope.ALL))
    current = read_file(set_file) if set_file else None
    access = plan_permission_set(wish.access.permission_set, name, current, AccessFacts())
    choice = FieldChoice(name, create_on)
    inputs = Inputs(wish, org, choice, layouts, bodies, access, page_bodies=pages.bodies)
    # Files hold no users: a count of those who see the field would be a count of nobody.
    return replace(proven(make_plan(inputs)), seen=(), seen_before=())


def _read_layouts(paths: Sequence[Path]) -> dict[str, bytes]:
    found: dict[str, Path] = {}
    for path in paths:
        name = layout_name_of(path.name)
        if name is None:
            continue
        if name.member in found:
            raise UsageError(
                f"two files hold the layout {name.decoded}",
                where=f"{found[name.member]} and {path}",
                hint="name the one folder whose layouts are meant with --from",
            )
        found[name.member] = path
    return {member: read_file(path) for member, path in sorted(found.items())}


def to_folder(plan: Plan, layout: Format) -> dict[str, bytes]:
    """The files to write, by path below the output folder; empty when nothing is to be changed."""
    if not plan.sends:
        return {}
    files = to_files(plan)
    return files if layout is Format.METADATA else _to_source(plan, files)


def _to_source(plan: Plan, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same package in source format, with one file a field."""
    found = to_source_project(files, plan.api_version)
    for member in plan.new_field_members:
        obj, _, field = member.partition(".")
        path = f"{_SOURCE_ROOT}/objects/{obj}/fields/{field}.field-meta.xml"
        found[path] = render_custom_field(api_name=field, **new_field_texts())
    return found


def to_source_project(files: Mapping[str, bytes], api_version: str) -> dict[str, bytes]:
    """A package of whole files in source format: -meta.xml names and a project file."""
    found = {"manifest/package.xml": files["package.xml"]}
    for path, data in files.items():
        if path.startswith(("layouts/", "permissionsets/", "flexipages/")):
            found[f"{_SOURCE_ROOT}/{path}-meta.xml"] = data
    project = {
        "packageDirectories": [{"path": "force-app", "default": True}],
        "sourceApiVersion": api_version,
    }
    found[_SOURCE_PROJECT] = json.dumps(project, indent=2).encode() + b"\n"
    return found
