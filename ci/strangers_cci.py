"""CumulusCI, over https: it cannot use http."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from strangers_flow import Flow, Part
from strangers_package import (
    API,
    FIELD,
    LAYOUT,
    MISSING_FIELD,
    layout_xml,
    metadata_files,
    package_xml,
    write_files,
)
from strangers_simple import client, fields_on_layout, layouts_of_org
from strangers_stage import Ran, Stage, expect, known_bug, refresh_token, run

SEEDED = "Contact-Contact Layout"
PERMISSION_SET = "Readiness_Audit"


def _options(field: str) -> dict[str, Any]:
    below = {"api_name": field, "position": [{"relative": "after", "field": "Name"}]}
    grant = {"field": "Contact.HasOptedOutOfEmail", "readable": True, "editable": True}
    return {
        "add_page_layout_fields": {"api_names": SEEDED, "fields": [below]},
        "add_permission_set_perms": {"api_names": PERMISSION_SET, "field_permissions": [grant]},
    }


def _settings(field: str) -> str:
    """What cumulusci.yml says, in JSON, which is YAML too."""
    tasks = {name: {"options": given} for name, given in _options(field).items()}
    package = {"name": "Stranger", "api_version": API}
    return json.dumps({"project": {"name": "Stranger", "package": package}, "tasks": tasks})


def write_project(stage: Stage, field: str = "HasOptedOutOfEmail") -> Path:
    """A project of cci's, in a git repository as it insists, logged in by refresh token.

    `field` is what add_page_layout_fields puts on the layout.
    """
    project = write_files(stage.home / "project", {"cumulusci.yml": _settings(field)})
    who = ("-c", "user.name=stranger", "-c", "user.email=stranger@example.com")
    run(["git", "init", "-q"], cwd=project)
    run(["git", *who, "commit", "-q", "--allow-empty", "-m", "start"], cwd=project)
    # It asks for a newer release of itself unless it has just done so.
    write_files(stage.home, {".cumulusci/cumulus_timestamp": str(time.time())})
    os.environ["CUMULUSCI_KEY"] = "0123456789abcdef"
    org = {
        "instance_url": stage.https,
        "id": f"{stage.https}/id/{stage.facts['org_id']}/unknown",
        "username": stage.facts["username"],
        "access_token": stage.token,
        "refresh_token": refresh_token(stage),
        "client_id": stage.facts["client_id"],
        "client_secret": stage.facts["client_secret"],
    }
    os.environ["CUMULUSCI_ORG_PROBE"] = json.dumps(org)  # cci calls it probe
    return project


def task(stage: Stage, project: Path, name: str, *options: str, exits: int = 0) -> Ran:
    """Run one of cci's tasks."""
    pairs = [word for option in options for word in ("-o", *option.split("=", 1))]
    words = ["task", "run", name, "--org", "probe", *pairs]
    return run([stage.clients.cci, *words], cwd=project, exits=exits)


def _package(project: Path, *, layout: str = "") -> None:
    write_files(project / "src", metadata_files(layout=layout))


def org_info(stage: Stage) -> None:
    project = write_project(stage)
    said = run([stage.clients.cci, "org", "info", "probe", "--json"], cwd=project)
    expect(stage.facts["username"] in said.out, "the user is told", said.out)


def login_jwt(stage: Stage) -> None:
    project = write_project(stage)
    os.environ["SFDX_CLIENT_ID"] = stage.facts["client_id"]
    os.environ["SFDX_HUB_KEY"] = Path(stage.facts["jwt_key_file"]).read_text()
    said = run([stage.clients.cci, "org", "info", "probe", "--json"], cwd=project)
    expect(stage.facts["username"] in said.out, "the user is told", said.out)


def deploy_soap(stage: Stage) -> None:
    project = write_project(stage)
    _package(project)
    task(stage, project, "deploy", "path=src")
    expect(FIELD in fields_on_layout(client(stage), LAYOUT), "the layout has the field")


def deploy_rest(stage: Stage) -> None:
    project = write_project(stage)
    _package(project)
    task(stage, project, "deploy", "path=src", "rest_deploy=True")
    expect(FIELD in fields_on_layout(client(stage), LAYOUT), "the layout has the field")


def check_only(stage: Stage) -> None:
    project = write_project(stage)
    _package(project)
    task(stage, project, "deploy", "path=src", "check_only=True", "test_level=RunLocalTests")
    expect(LAYOUT not in layouts_of_org(client(stage)), "nothing is kept")


def deploy_refused(stage: Stage) -> None:
    project = write_project(stage)
    _package(project, layout=layout_xml(MISSING_FIELD))
    said = task(stage, project, "deploy", "path=src", exits=1)
    expect(MISSING_FIELD in said.out + said.err, "the problem names the field", said)
    expect(LAYOUT not in layouts_of_org(client(stage)), "nothing is kept")


def deploy_partly(stage: Stage) -> None:
    project = write_project(stage)
    _package(project, layout=layout_xml(MISSING_FIELD))
    known_bug("its REST deploy sends rollbackOnError false, and half a success exits 0 in silence")
    said = task(stage, project, "deploy", "path=src", "rest_deploy=True")
    expect("SucceededPartial" in said.out + said.err, "the org says what it kept", said)
    expect(LAYOUT not in layouts_of_org(client(stage)), "the bad layout is not kept")


def retrieve_unpackaged(stage: Stage) -> None:
    project = write_project(stage)
    write_files(project, {"src/package.xml": package_xml({"Layout": [SEEDED]})})
    task(stage, project, "retrieve_unpackaged", "path=got", "package_xml=src/package.xml")
    text = (project / f"got/layouts/{SEEDED}.layout").read_text()
    expect("<layoutSections>" in text, "the layout's file is written", text)


def add_page_layout_fields(stage: Stage) -> None:
    project = write_project(stage)
    before = fields_on_layout(client(stage), SEEDED)
    expect("HasOptedOutOfEmail" not in before, "the layout is without the field", before)
    task(stage, project, "add_page_layout_fields")
    after = fields_on_layout(client(stage), SEEDED)
    expect(sorted(after) == sorted([*before, "HasOptedOutOfEmail"]), "one field has come", after)
    at = after.index("HasOptedOutOfEmail")
    expect(after[at - 1] == "Name", "it stands below the name", after)


def add_permission_set_perms(stage: Stage) -> None:
    project = write_project(stage)
    task(stage, project, "add_permission_set_perms")
    rows = client(stage).query(
        "SELECT PermissionsEdit FROM FieldPermissions WHERE Field = 'Contact.HasOptedOutOfEmail' "  # noqa: S608 - constants
        f"AND Parent.Name = '{PERMISSION_SET}'"
    )["records"]
    expect([row["PermissionsEdit"] for row in rows] == [True], "the set may edit it", rows)


def describe_types(stage: Stage) -> None:
    project = write_project(stage)
    known_bug("describe_metadatatypes shows nothing of what it was told")
    task(stage, project, "describe_metadatatypes")


def installed_packages(stage: Stage) -> None:
    project = write_project(stage)
    task(stage, project, "get_installed_packages")


FLOWS = (
    Flow("cci", "login by refresh token", org_info),
    Flow("cci", "login by JWT", login_jwt, Part.CORE),
    Flow("cci", "deploy, SOAP", deploy_soap, Part.CORE),
    Flow("cci", "deploy, REST", deploy_rest),
    Flow("cci", "deploy, checking only, with local tests", check_only),
    Flow("cci", "deploy of a bad layout is refused, SOAP", deploy_refused, Part.CORE),
    Flow("cci", "deploy of a bad layout keeps the rest, REST", deploy_partly),
    Flow("cci", "retrieve_unpackaged", retrieve_unpackaged, Part.CORE),
    Flow("cci", "add_page_layout_fields", add_page_layout_fields, Part.CORE),
    Flow("cci", "add_permission_set_perms", add_permission_set_perms, Part.CORE),
    Flow("cci", "describe_metadatatypes", describe_types),
    Flow("cci", "get_installed_packages", installed_packages),
)
