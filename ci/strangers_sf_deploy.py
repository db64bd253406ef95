"""The Salesforce CLI deploys, retrieves and lists metadata."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from strangers_flow import Flow, Part
from strangers_package import (
    FIELD,
    LAYOUT,
    MISSING_FIELD,
    layout_xml,
    metadata_files,
    package_xml,
    write_files,
    write_project,
    zipped,
)
from strangers_sf import log_in, sf
from strangers_stage import Practice, Stage, expect

START = ("project", "deploy", "start")
SOURCE = ("--source-dir", "force-app")
SEEDED = "Contact-Contact Layout"


def by_rest(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """The same flow with deploys over REST."""

    def played(stage: Stage) -> None:
        os.environ["SF_ORG_METADATA_REST_DEPLOY"] = "true"
        play(stage)

    return played


def layouts_of_org(stage: Stage) -> list[str]:
    """The names of the org's layouts, as sf lists them."""
    listed = sf(stage, "org", "list", "metadata", "--metadata-type", "Layout")
    return [row["fullName"] for row in listed]


def _project(stage: Stage, *, layout: str = "") -> Path:
    log_in(stage)
    return write_project(stage.home / "project", layout=layout)


def _succeeded(done: Any) -> None:
    expect(done["status"] == "Succeeded" and done["success"], "the deploy succeeds", done)


def deploy_source(stage: Stage) -> None:
    done = sf(stage, *START, *SOURCE, cwd=_project(stage))
    _succeeded(done)
    names = sorted(file["fullName"] for file in done["files"])
    expect(names == sorted([LAYOUT, f"Contact.{FIELD}"]), "both files are told", names)
    expect(LAYOUT in layouts_of_org(stage), "the org has the layout")


def deploy_folder(stage: Stage) -> None:
    log_in(stage)
    folder = write_files(stage.home / "package", metadata_files())
    done = sf(stage, *START, "--metadata-dir", folder)
    _succeeded(done)
    expect(done["numberComponentsDeployed"] == 2, "two components are counted", done)
    expect(LAYOUT in layouts_of_org(stage), "the org has the layout")


def deploy_again(stage: Stage) -> None:
    project = _project(stage)
    sf(stage, *START, *SOURCE, cwd=project)
    again = sf(stage, *START, *SOURCE, cwd=project)
    states = {file["state"] for file in again["files"]}
    expect(states == {"Unchanged"}, "nothing changes the second time", states)


def deploy_refused(stage: Stage) -> None:
    project = _project(stage, layout=layout_xml(MISSING_FIELD))
    document = sf(stage, *START, *SOURCE, cwd=project, exits=1)
    (failure,) = document["result"]["details"]["componentFailures"]
    expect(MISSING_FIELD in failure["problem"], "the problem names the field", failure)
    expect(LAYOUT not in layouts_of_org(stage), "nothing is kept")


def dry_run(stage: Stage) -> None:
    done = sf(stage, *START, *SOURCE, "--dry-run", cwd=_project(stage))
    _succeeded(done)
    expect(done["checkOnly"], "it is a check", done)
    expect(LAYOUT not in layouts_of_org(stage), "nothing is kept")


def validate_and_quick(stage: Stage) -> None:
    project = _project(stage)
    level = ("--test-level", "RunLocalTests")
    checked = sf(stage, "project", "deploy", "validate", *SOURCE, *level, cwd=project)
    _succeeded(checked)
    expect(checked["numberTestsCompleted"] > 0, "the local tests have run", checked)
    expect(LAYOUT not in layouts_of_org(stage), "nothing is kept yet")
    done = sf(stage, "project", "deploy", "quick", "--job-id", checked["id"], cwd=project)
    _succeeded(done)
    expect(done["id"] != checked["id"], "the quick deploy is a job of its own", done)
    expect(LAYOUT in layouts_of_org(stage), "the org has the layout")


def quick_refused(stage: Stage) -> None:
    project = _project(stage)
    checked = sf(stage, *START, *SOURCE, "--dry-run", cwd=project)
    words = ("project", "deploy", "quick", "--job-id", checked["id"])
    said = sf(stage, *words, cwd=project, exits=1)
    expect("INVALID_ID_FIELD" in str(said), "what ran no tests cannot be deployed so", said)


def _start(stage: Stage, project: Path) -> str:
    started = sf(stage, *START, *SOURCE, "--async", cwd=project)
    expect(not started["done"], "the deploy goes on by itself", started)
    return str(started["id"])


def report(stage: Stage) -> None:
    project = _project(stage)
    done = sf(stage, *START, *SOURCE, cwd=project)
    told = sf(stage, "project", "deploy", "report", "--job-id", done["id"], cwd=project)
    _succeeded(told)
    expect(told["id"] == done["id"], "the report is the same job's", told)


def resume(stage: Stage) -> None:
    project = _project(stage)
    job = _start(stage, project)
    _succeeded(sf(stage, "project", "deploy", "resume", "--job-id", job, cwd=project))
    expect(LAYOUT in layouts_of_org(stage), "the org has the layout")


def cancel(stage: Stage) -> None:
    project = _project(stage)
    job = _start(stage, project)
    said = sf(stage, "project", "deploy", "cancel", "--job-id", job, cwd=project)
    expect(said["status"] == "Canceled", "the job is cancelled", said)
    expect(LAYOUT not in layouts_of_org(stage), "nothing is kept")


def destroy(stage: Stage) -> None:
    log_in(stage)
    folder = write_files(stage.home / "package", metadata_files())
    _succeeded(sf(stage, *START, "--metadata-dir", folder))
    empty = {"package.xml": package_xml({})}
    gone = {"destructiveChanges.xml": package_xml({"Layout": [LAYOUT]})}
    away = write_files(stage.home / "away", {**empty, **gone})
    _succeeded(sf(stage, *START, "--metadata-dir", away))
    expect(LAYOUT not in layouts_of_org(stage), "the layout is gone")


def retrieve_layout(stage: Stage) -> None:
    project = _project(stage)
    words = ("project", "retrieve", "start", "--metadata", f"Layout:{SEEDED}")
    got = sf(stage, *words, cwd=project)
    (path,) = {file["filePath"] for file in got["files"] if file["fullName"] == SEEDED}
    text = (project / path).read_text()
    expect("<layoutSections>" in text, "the layout's file is written", text)


def retrieve_field(stage: Stage) -> None:
    project = _project(stage)
    sf(stage, *START, *SOURCE, cwd=project)
    words = ("project", "retrieve", "start", "--metadata", f"CustomField:Contact.{FIELD}")
    got = sf(stage, *words, cwd=project)
    expect([f["fullName"] for f in got["files"]] == [f"Contact.{FIELD}"], "the field comes", got)


def retrieve_manifest(stage: Stage) -> None:
    project = _project(stage)
    manifest = project / "package.xml"
    manifest.write_text(package_xml({"Layout": ["*"]}))
    target = stage.home / "zips"
    where = ("--manifest", manifest, "--target-metadata-dir", target)
    sf(stage, "project", "retrieve", "start", *where, "--single-package", cwd=project)
    (archive,) = target.glob("*.zip")
    names = ZipFile(archive).namelist()
    expect("package.xml" in names, "the files are at the zip's root", names)
    expect(f"layouts/{SEEDED}.layout" in names, "every layout is in it", names)


def deploy_zip(stage: Stage) -> None:
    log_in(stage)
    archive = stage.home / "package.zip"
    archive.write_bytes(zipped(metadata_files()))
    _succeeded(sf(stage, *START, "--metadata-dir", archive, "--single-package"))
    expect(LAYOUT in layouts_of_org(stage), "the org has the layout")


def report_refused(stage: Stage) -> None:
    project = _project(stage, layout=layout_xml(MISSING_FIELD))
    job = sf(stage, *START, *SOURCE, cwd=project, exits=1)["result"]["id"]
    told = sf(stage, "project", "deploy", "report", "--job-id", job, cwd=project)
    expect(told["status"] == "Failed", "the report says that it failed", told)
    (failure,) = told["details"]["componentFailures"]
    expect(MISSING_FIELD in failure["problem"], "the report says why", failure)


def list_components(stage: Stage) -> None:
    log_in(stage)
    words = ("org", "list", "metadata", "--metadata-type")
    expect(SEEDED in layouts_of_org(stage), "the layouts are told")
    sets = [row["fullName"] for row in sf(stage, *words, "PermissionSet")]
    expect("Readiness_Audit" in sets, "the permission sets are told", sets)
    fields = sf(stage, *words, "CustomField")
    expect(all("." in row["fullName"] for row in fields), "fields name their object", fields)


def list_types(stage: Stage) -> None:
    log_in(stage)
    types = sf(stage, "org", "list", "metadata-types")["metadataObjects"]
    names = {row["xmlName"] for row in types}
    expect({"Layout", "CustomObject", "PermissionSet"} <= names, "the types are told", names)


def manifest_from_org(stage: Stage) -> None:
    project = _project(stage)
    sf(stage, "project", "generate", "manifest", "--from-org", stage.facts["username"], cwd=project)
    text = (project / "package.xml").read_text()
    expect(f"<members>{SEEDED}</members>" in text, "the manifest names the layouts", text)


_SLOW = Practice({"deploy_seconds": "60"})
FLOWS = (
    Flow("sf", "deploy from source, SOAP", deploy_source, Part.CORE),
    Flow("sf", "deploy from source, REST", by_rest(deploy_source), Part.CORE),
    Flow("sf", "deploy of a metadata folder, SOAP", deploy_folder, Part.CORE),
    Flow("sf", "deploy of a metadata folder, REST", by_rest(deploy_folder)),
    Flow("sf", "deploy of a zip", deploy_zip),
    Flow("sf", "deploying again changes nothing", deploy_again),
    Flow("sf", "deploy of a bad layout is refused, SOAP", deploy_refused, Part.CORE),
    Flow("sf", "deploy of a bad layout is refused, REST", by_rest(deploy_refused)),
    Flow("sf", "deploy --dry-run", dry_run, Part.CORE),
    Flow("sf", "validate with local tests, then quick, SOAP", validate_and_quick),
    Flow("sf", "validate with local tests, then quick, REST", by_rest(validate_and_quick)),
    Flow("sf", "quick deploy of what ran no tests is refused", quick_refused),
    Flow("sf", "deploy report", report),
    Flow("sf", "deploy report of a refused deploy", report_refused),
    Flow("sf", "deploy resume", resume, Part.CORE, Practice({"deploy_seconds": "6"})),
    Flow("sf", "deploy cancel, SOAP", cancel, Part.REST, _SLOW),
    Flow("sf", "deploy cancel, REST", by_rest(cancel), Part.REST, _SLOW),
    Flow("sf", "destructive changes", destroy),
    Flow("sf", "retrieve of a layout", retrieve_layout, Part.CORE),
    Flow("sf", "retrieve of a field", retrieve_field),
    Flow("sf", "retrieve by manifest as one zip", retrieve_manifest),
    Flow("sf", "list of metadata", list_components),
    Flow("sf", "list of metadata types", list_types),
    Flow("sf", "manifest of the whole org", manifest_from_org),
)
