"""What an uninstall is looked at by: layouts, pages, permission sets and who holds them."""

from __future__ import annotations

import json

from deployer.layouts import same_tree
from deployer.lightning import same_page
from practice_org.metadata.canonical import serialise
from practice_org.metadata.catalogue import file_root, find_any
from practice_org.metadata.components import list_components
from practice_org.tables import find_rows

ORG = ("--org", "practice")
DEPLOY = ("deploy", *ORG, "--yes")
UNINSTALL = ("uninstall", *ORG, "--yes")
OURS = "Opt_Out_Field_Access"
LOGIN = "deployer@practice.example.com"


def trees(org) -> dict[tuple[str, str], bytes]:
    kinds = ("Layout", "FlexiPage")
    return {
        (kind, each.full_name): each.body for kind in kinds for each in list_components(org, kind)
    }


def moved(org, before: dict[tuple[str, str], bytes]) -> set[tuple[str, str]]:
    """The layouts and pages that are another tree than before."""
    now, same = trees(org), {"Layout": same_tree, "FlexiPage": same_page}
    assert now.keys() == before.keys()
    return {name for name in now if not same[name[0]](before[name], now[name])}


def set_row(org, name: str = OURS) -> dict | None:
    return next(iter(find_rows(org, "PermissionSet", Name=name)), None)


def set_file(org, name: str) -> bytes:
    return serialise(file_root(org, find_any(org, "PermissionSet", name)))


def holders(org, name: str = OURS) -> set[str]:
    row = set_row(org, name)
    held = find_rows(org, "PermissionSetAssignment", PermissionSetId=row["Id"]) if row else []
    return {each["AssigneeId"] for each in held}


def rules(out: str) -> set[str]:
    return {finding["rule"] for finding in json.loads(out)["findings"]}
