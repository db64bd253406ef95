"""optout and the strangers in one org: each sees what the others did."""

from __future__ import annotations

import strangers_cci as cci
import strangers_sf as sf
from strangers_flow import Flow, Part
from strangers_package import (
    LAYOUT,
    layout_xml,
    package_xml,
    write_files,
    write_project,
)
from strangers_simple import SEEDED, client, fields_on_layout
from strangers_stage import Practice, Ran, Stage, expect, run

OPT_OUT = "HasOptedOutOfEmail"
CHANGES = 10
# The name of a Contact must be Required: a layout with this cannot be deployed.
BROKEN = ("Required", "Edit")
ALONE = ("--layout", SEEDED, "--permission-set", "none")


def optout(stage: Stage, *words: str, exits: int | None = 0) -> Ran:
    """Run optout against the flow's org."""
    verb, *rest = words
    return run([stage.optout, verb, "--org", "practice", *rest], exits=exits)


def deploy_is_seen(stage: Stage) -> None:
    optout(stage, "deploy", "--yes")
    expect(OPT_OUT in fields_on_layout(client(stage), SEEDED), "simple-salesforce sees the field")
    sf.log_in(stage)
    project = write_project(stage.home / "project")
    words = ("project", "retrieve", "start", "--metadata", f"Layout:{SEEDED}")
    sf.sf(stage, *words, cwd=project)
    (path,) = project.rglob(f"{SEEDED}.layout-meta.xml")
    expect(f"<field>{OPT_OUT}</field>" in path.read_text(), "sf sees the field", path.read_text())


def added_by_cci(stage: Stage) -> None:
    optout(stage, "plan", "--exit-code", *ALONE, exits=CHANGES)
    cci.task(stage, cci.write_project(stage), "add_page_layout_fields")
    optout(stage, "plan", "--exit-code", *ALONE)


def kept_by_plan(stage: Stage) -> None:
    plan = str(stage.home / "plan.json")
    optout(stage, "plan", "--out", plan, *ALONE)
    cci.task(stage, cci.write_project(stage, "Fax"), "add_page_layout_fields")
    optout(stage, "deploy", "--yes", "--plan", plan)
    fields = fields_on_layout(client(stage), SEEDED)
    expect({OPT_OUT, "Fax"} <= set(fields), "the layout shows both", fields)


def drift(stage: Stage) -> None:
    project = cci.write_project(stage)
    write_files(project, {"src/package.xml": package_xml({"Layout": [SEEDED]})})
    cci.task(stage, project, "retrieve_unpackaged", "path=before", "package_xml=src/package.xml")
    optout(stage, "deploy", "--yes", *ALONE)
    optout(stage, "plan", "--exit-code", *ALONE)
    cci.task(stage, project, "deploy", "path=before")
    optout(stage, "plan", "--exit-code", *ALONE, exits=CHANGES)


def ticked_box(stage: Stage) -> None:
    salesforce = client(stage)
    made = salesforce.Contact.create({"LastName": "Stranger"})
    sf.log_in(stage)
    one = ("--sobject", "Contact", "--record-id", made["id"])
    sf.sf(stage, "data", "update", "record", *one, "--values", f"{OPT_OUT}=true")
    soql = f"SELECT Id FROM Contact WHERE {OPT_OUT} = true"  # noqa: S608 - constants
    found = [row["Id"] for row in salesforce.query_all(soql)["records"]]
    expect(made["id"] in found, "the ticked box is found", found)


def same_message(stage: Stage) -> None:
    sf.log_in(stage)
    bad = layout_xml(OPT_OUT).replace(*BROKEN)
    project = write_project(stage.home / "source", layout=bad)
    words = ("project", "deploy", "start", "--metadata", f"Layout:{LAYOUT}")
    document = sf.sf(stage, *words, cwd=project, exits=1)
    (failure,) = document["result"]["details"]["componentFailures"]
    files = {"package.xml": package_xml({"Layout": [LAYOUT]}), f"layouts/{LAYOUT}.layout": bad}
    other = cci.write_project(stage)
    write_files(other / "src", files)
    said = cci.task(stage, other, "deploy", "path=src", exits=1)
    only = ("--layout", LAYOUT, "--all-layouts", "--permission-set", "none")
    ours = optout(stage, "deploy", "--yes", *only, exits=None)
    for name, text in (("cci", said), ("optout", ours)):
        words_said = " ".join(f"{text.out} {text.err}".split())
        expect(failure["problem"] in words_said, f"{name} says: {failure['problem']}", words_said)


FLOWS = (
    Flow(
        "cross-check",
        "sf and simple-salesforce see what optout deployed",
        deploy_is_seen,
        Part.CORE,
    ),
    Flow("cross-check", "optout plans nothing where cci put the field", added_by_cci),
    Flow("cross-check", "optout deploy keeps what cci added since the plan", kept_by_plan),
    Flow("cross-check", "an old layout from cci is drift for optout plan", drift, Part.CORE),
    Flow("cross-check", "simple-salesforce finds the box that sf ticked", ticked_box, Part.CORE),
    Flow(
        "cross-check",
        "sf, cci and optout say the same of a bad layout",
        same_message,
        practice=Practice(files={f"layouts/{LAYOUT}.layout": layout_xml().replace(*BROKEN)}),
    ),
)
