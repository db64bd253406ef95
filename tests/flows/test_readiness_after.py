"""What --after and --assign suppose is what is found once it has really been done."""

import json
from pathlib import Path

import pytest

from practice_org.tables import find_rows, insert_row, update_row

pytestmark = pytest.mark.slow

FIELD = "HasOptedOutOfEmail"
USER = "user003@practice.example.com"


@pytest.fixture
def look(run, org_now):
    """Run readiness on the practice org; its exit code, its document, what it said on stderr."""
    assert org_now

    def run_it(*words):
        code, out, err = run(
            "readiness", "--org", "practice", "--identity", "deployer", "--json", *words
        )
        return code, json.loads(out) if out else {}, err

    return run_it


@pytest.fixture
def reviewed(run, org_now, tmp_path):
    """A plan on disk."""
    assert org_now

    def make(*words):
        path = tmp_path / "plan.json"
        assert run("plan", "--org", "practice", "--out", str(path), *words)[0] == 0
        return str(path)

    return make


ASSIGNING = [
    (),
    ("--assign", "layout-users"),
    ("--assign", "profile:Sales"),
    ("--assign", USER),
    ("--assign", "profile:Support", "--assign", USER, "--object", "Contact"),
    ("--lightning-pages", "--assign", "layout-users"),
    ("--make-editable", "--all-layouts", "--lightning-pages", "--assign", "layout-users"),
]


@pytest.mark.parametrize("words", ASSIGNING, ids=" ".join)
def test_after_a_plan_people_see_what_was_foretold(look, reviewed, run, words):
    path = reviewed(*words)
    _, before, _ = look("--after", path)
    assert run("deploy", "--org", "practice", "--plan", path, "--yes")[0] == 0
    _, after, _ = look()
    assert before["after"]["headline"] == after["headline"]
    assert before["headline"] != after["headline"]


def test_a_set_that_users_hold_already_gives_them_what_the_plan_adds_to_it(look, reviewed, run):
    words = ("--permission-set", "Campaign_Tools", "--lightning-pages")
    path = reviewed(*words)
    _, before, _ = look("--after", path)
    assert run("deploy", "--org", "practice", "--plan", path, "--yes")[0] == 0
    assert before["after"]["headline"] == look()[1]["headline"]


def test_what_profiles_would_see_with_access_is_what_they_see_with_it(look, org_now):
    org = org_now.org
    _, before, _ = look("--assign", "Sales", "--assign", "support")
    for name in ("Sales", "Support"):
        (held,) = find_rows(org, "PermissionSet", Label=name, IsOwnedByProfile=True)
        for row in find_rows(org, "FieldPermissions", ParentId=held["Id"]):
            assert not row["Field"].endswith(FIELD)
        for sobject in ("Contact", "Lead"):
            grant = {"SobjectType": sobject, "Field": f"{sobject}.{FIELD}"}
            given = {"PermissionsRead": True, "PermissionsEdit": True}
            insert_row(org, "FieldPermissions", {"ParentId": held["Id"], **grant, **given})
    assert before["after"]["headline"] == look()[1]["headline"]
    assert before["after"]["what"] == "access for Sales and access for support"


def test_deploys_own_words_for_users_are_understood(look):
    named = look("--assign", "Sales")[1]["after"]["headline"]
    assert look("--assign", "profile:Sales")[1]["after"]["headline"] == named
    everybody = look("--assign", "layout-users")[1]["after"]["headline"]
    assert sum(line["hidden"] for line in everybody) < sum(line["hidden"] for line in named)


def test_without_asking_nothing_is_supposed(look):
    assert "after" not in look()[1]


def test_a_person_reads_both(run, org_now):
    assert org_now
    _, out, _ = run("readiness", "--org", "practice", "--assign", "Sales")
    assert "Active users after access for Sales" in out


def test_a_profile_that_nobody_has_is_refused_with_those_there_are(look):
    code, document, _ = look("--assign", "Nobody")
    assert (code, "Sales" in json.dumps(document["error"])) == (2, True)


@pytest.mark.parametrize("key", ["org_id", "field"])
def test_a_plan_of_another_org_or_field_is_refused(look, reviewed, key):
    path = reviewed()
    plan = json.loads(Path(path).read_text())
    (plan if key == "org_id" else plan["effect"])[key] = "00D000000000009AAA"
    Path(path).write_text(json.dumps(plan))
    code, document, _ = look("--after", path)
    assert (code, path in json.dumps(document["error"])) == (1, True)


def test_where_nobody_can_be_counted_nothing_is_foretold(run, look, org_now):
    held = find_rows(org_now.org, "PermissionSet", Name="Deployment")[0]
    update_row(org_now.org, "PermissionSet", held["Id"], {"PermissionsViewSetup": False})
    after = look("--assign", "Sales")[1]["after"]
    assert (after["headline"], after["unknown"].startswith("this login does not have")) == (
        [],
        True,
    )
    words = ("--org", "practice", "--identity", "deployer", "--assign", "Sales")
    assert "access for Sales cannot be told: this login" in run("readiness", *words)[1]


def test_a_field_that_the_plan_creates_is_foretold_as_well(look, reviewed, run):
    words = ("--create-field", "Opt_Out__c", "--assign", "layout-users", "--lightning-pages")
    path = reviewed(*words)
    _, before, _ = look("--custom-field", "Opt_Out__c", "--after", path)
    assert run("deploy", "--org", "practice", "--plan", path, "--yes")[0] == 0
    _, after, _ = look("--custom-field", "Opt_Out__c")
    assert before["after"]["headline"] == after["headline"]
    assert sum(line["edits"] for line in after["headline"]) > 0
