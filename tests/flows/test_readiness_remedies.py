"""What a look prints is followed to the letter, typed or clicked, until the org is ready."""

import json
import re
import shlex
from pathlib import Path

import pytest
from admin_clicks import administrator, can_click, click

from deployer.readiness.assessing import filled
from deployer.readiness.checks.catalogue import CHECKS
from practice_org.metadata.components import find_component, load_component
from practice_org.seed.pages import DYNAMIC_PAGE
from practice_org.tables import delete_row, find_rows, insert_row, update_row

pytestmark = pytest.mark.slow

FIELD = "HasOptedOutOfEmail"
CUSTOM = "Opt_Out__c"
IDENTITIES = Path(__file__).parents[2] / "docs" / "operating" / "identities.md"
MOST_ROUNDS = 3
TWICE = re.compile(
    rb"<layoutItems>(?:(?!</layoutItems>).)*HasOptedOutOfEmail.*?</layoutItems>", re.DOTALL
)


@pytest.fixture
def look(run, org_now):
    """Run readiness on the practice org: its exit code and its document."""
    assert org_now

    def run_it(*words):
        code, out, _ = run("readiness", "--org", "practice", "--json", *words)
        return code, json.loads(out)

    return run_it


@pytest.fixture
def follow(run, look, org_now):
    """Look, do all that is printed, and look again, until nothing is left to do.

    Each look's failures and warnings.
    """

    def follow_it(*words, field=FIELD):
        rounds = []
        while True:
            _, document = look("--identity", "deployer", *words)
            rounds.append((ids(document, "fail", "unknown"), ids(document, "warn")))
            if not any(rounds[-1]) or len(rounds) > MOST_ROUNDS:
                return rounds
            for remedy in remedies(document):
                obey(remedy, field)

    def obey(remedy, field):
        for part in remedy.split("; "):
            if not part.startswith("optout "):
                click(administrator(org_now.org), part, field)
                continue
            code, out, _ = run(*shlex.split(part)[1:], "--yes")
            assert code == 0, (part, out)

    return follow_it


def ids(document, *outcomes):
    return [row["id"] for row in document["checks"] if row["outcome"] in outcomes]


def remedies(document):
    """What is printed for whatever is not well, each once, in order."""
    found = [row for row in document["checks"] if row["outcome"] in {"fail", "unknown", "warn"}]
    assert [row["id"] for row in found if not row["remedy"]] == []
    return dict.fromkeys(row["remedy"] for row in found)


def test_the_seeded_org_becomes_ready_and_leaves_the_auditor_the_documented_unknowns(
    follow, look, org_now
):
    rounds = follow()
    assert rounds[0][0] == ["C21", "C23", "C42", "C51"]
    assert rounds[-1] == ([], [])
    (documented,) = re.findall("--accept-unknown (C[0-9C,]+)`", IDENTITIES.read_text())
    code, document = look()
    assert (code, document["verdict"]) == (4, "unknown")
    assert ids(document, "fail", "unknown", "warn") == documented.split(",")
    assert look("--accept-unknown", documented)[0] == 0
    (held,) = find_rows(org_now.org, "PermissionSet", Name="Readiness_Audit")
    update_row(org_now.org, "PermissionSet", held["Id"], {"PermissionsViewSetup": False})
    code, document = look("--accept-unknown", documented)
    assert (code, document["verdict"], ids(document, "fail")) == (4, "unknown", [])
    (way_out,) = [row["remedy"] for row in document["checks"] if row["id"] == "C03"]
    click(administrator(org_now.org), way_out, FIELD)
    assert look("--accept-unknown", documented)[0] == 0


@pytest.mark.slow
def test_a_field_that_production_lacks_is_made_mapped_shown_and_given_to_the_runner(
    follow, org_now
):
    org = org_now.org
    org.set_setting("sandbox", "0")
    update_row(org, "Organization", org.setting("org_id"), {"IsSandbox": False})
    rounds = follow("--custom-field", CUSTOM, field=CUSTOM)
    assert rounds[0][0] == ["C10", "C13", "C21", "C23", "C30", "C31", "C42", "C50", "C51"]
    assert rounds[-1] == ([], [])


def neglect(org):
    """What goes wrong over the years, with access, layouts, record types and pages."""
    for name in ("Contact", "Lead"):
        for row in find_rows(org, "FieldPermissions", Field=f"{name}.{FIELD}"):
            delete_row(org, "FieldPermissions", row["Id"])
    (runner,) = find_rows(org, "PermissionSet", Name="Opt_Out_Runner")
    update_row(org, "PermissionSet", runner["Id"], {"PermissionsViewAllData": True})
    for row in find_rows(org, "ObjectPermissions", ParentId=runner["Id"]):
        rights = ("PermissionsViewAllRecords", "PermissionsModifyAllRecords")
        update_row(org, "ObjectPermissions", row["Id"], dict.fromkeys(rights, False))
    marketing = "Contact-Contact (Marketing) Layout"
    body = find_component(org, "Layout", marketing).body
    load_component(org, "Layout", marketing, TWICE.sub(rb"\g<0>\g<0>", body, count=1))
    volunteer = {"SobjectType": "Contact", "DeveloperName": "Volunteer", "Name": "Volunteer"}
    insert_row(org, "RecordType", volunteer)
    spoil_pages(org)


def spoil_pages(org):
    """One page has its fields in a highlights panel, another is a package's and in force."""
    page = find_component(org, "FlexiPage", DYNAMIC_PAGE).body
    theirs = page.replace(b"Contact Sales Page", b"Acme Contact")
    load_component(org, "FlexiPage", "acme__Contact_Page", theirs, "acme")
    panel = page.replace(b"flexipage:column", b"record_flexipage:dynamicHighlights")
    load_component(org, "FlexiPage", DYNAMIC_PAGE, panel)
    app = find_component(org, "CustomApplication", "Sales_Workspace").body.decode()
    (override,) = re.findall("<profileActionO.*</profileActionOverrides>", app, re.DOTALL)
    more = override.replace(DYNAMIC_PAGE, "acme__Contact_Page").replace("Sales<", "Support<")
    load_component(org, "CustomApplication", "Sales_Workspace",
                   app.replace(override, override + more).encode())  # fmt: skip


@pytest.mark.slow
def test_an_org_in_neglect_becomes_ready(follow, org_now):
    neglect(org_now.org)
    rounds = follow()
    assert rounds[0][0] == ["C21", "C23", "C30", "C31", "C34", "C42", "C51"]
    assert "C35" in rounds[0][1]
    assert rounds[-1] == ([], [])


def test_every_remedy_can_be_typed_or_clicked():
    words = {"org": "practice", "field": FIELD, "field_option": "", "production": ""}
    parts = [part for check in CHECKS for part in filled(check.remedy, words).split("; ")]
    assert [p for p in parts if not p.startswith("optout ") and not can_click(p)] == []
