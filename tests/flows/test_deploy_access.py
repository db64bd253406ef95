"""Field access on the way: our own set, the user's set, a set of a package, none, a new field."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from wiretap import Wiretap, members

from deployer.planning.permission_sets import same_set
from practice_org.app import handle
from practice_org.metadata.canonical import serialise
from practice_org.metadata.catalogue import file_root, find_any
from practice_org.seed.fields import add_marketo_field
from practice_org.tables import fields_of, find_rows

ORG = ("--org", "practice")
DEPLOY = ("deploy", *ORG, "--yes")
NEW = "Sales_Opt_Out__c"
OURS = "Opt_Out_Field_Access"


@pytest.fixture
def tap(org_now, switchboard) -> Wiretap:
    switchboard.answer = Wiretap(org_now.org)
    return switchboard.answer


def rules(document: dict) -> set[str]:
    return {finding["rule"] for finding in document["findings"]}


def edits(org, name: str) -> set[str]:
    """The fields that this set lets people edit."""
    (row,) = find_rows(org, "PermissionSet", Name=name)
    grants = find_rows(org, "FieldPermissions", ParentId=row["Id"])
    return {grant["Field"] for grant in grants if grant["PermissionsEdit"]}


def set_file(org, name: str) -> bytes:
    """The set as a retrieve gives it."""
    return serialise(file_root(org, find_any(org, "PermissionSet", name)))


def test_a_new_field_goes_in_the_same_package_as_its_layouts_and_access(org_now, run, tap):
    code, out, err = run(*DEPLOY, "--create-field", NEW, "--json")
    assert code == 0, err
    for package in tap.packages():
        named, _ = members(package)
        assert named["CustomField"] == [f"Contact.{NEW}", f"Lead.{NEW}"]
        assert named["PermissionSet"] == [OURS]
        assert {"objects/Contact.object", "objects/Lead.object"} <= set(package)
        assert package[f"permissionsets/{OURS}.permissionset"].count(NEW.encode()) == 2
    assert NEW in fields_of(org_now.org, "Contact")
    assert edits(org_now.org, OURS) == {f"Contact.{NEW}", f"Lead.{NEW}"}
    assert "map-for-conversion" in rules(json.loads(out))


def test_how_to_map_a_new_field_is_said_to_people(org_now, run):
    _, out, _ = run("plan", *ORG, "--create-field", NEW)
    assert "Map Lead Fields" in out
    assert f"Contact.{NEW}" in out


def test_restore_keeps_a_new_field_and_says_so(org_now, run, tap):
    assert run(*DEPLOY, "--create-field", NEW)[0] == 0
    code, out, err = run("restore", *ORG, "--yes")
    assert code == 0, err
    assert "the field stays on Contact and Lead" in out
    assert NEW in fields_of(org_now.org, "Contact")
    assert not any(name.startswith("objects/") for name in tap.packages()[-1])


def test_restore_says_that_it_deletes_the_set_which_the_deploy_made(org_now, run):
    assert run(*DEPLOY)[0] == 0
    _, out, _ = run("restore", *ORG, "--yes", "--check-only", "--json")
    assert "set-dropped" in rules(json.loads(out))
    assert find_rows(org_now.org, "PermissionSet", Name=OURS)
    _, out, _ = run("restore", *ORG, "--yes")
    assert f"{OURS}: the deploy made this permission set: it is deleted" in out
    assert find_rows(org_now.org, "PermissionSet", Name=OURS) == []


def test_a_set_named_by_the_user_is_sent_whole(org_now, run, tap):
    before = set_file(org_now.org, "Campaign_Tools")
    code, _, err = run(*DEPLOY, "--permission-set", "Campaign_Tools", "--layout", "Lead-*")
    assert code == 0, err
    sent = tap.packages()[-1]["permissionsets/Campaign_Tools.permissionset"]
    assert b"ConvertLeads" in sent
    assert len(sent) > len(before)
    (row,) = find_rows(org_now.org, "PermissionSet", Name="Campaign_Tools")
    assert row["PermissionsConvertLeads"]
    assert edits(org_now.org, "Campaign_Tools") == {
        "Contact.HasOptedOutOfEmail", "Lead.HasOptedOutOfEmail",
    }  # fmt: skip
    assert find_rows(org_now.org, "PermissionSet", Name=OURS) == []


def test_the_other_grants_of_a_set_survive_and_come_back_with_restore(org_now, run, tap):
    before, others = set_file(org_now.org, "Marketing_Sync"), find_grants(org_now.org)
    assert others
    assert run(*DEPLOY, "--permission-set", "Marketing_Sync")[0] == 0
    assert find_grants(org_now.org) >= others
    assert run("restore", *ORG, "--yes")[0] == 0
    assert same_set(set_file(org_now.org, "Marketing_Sync"), before)


def find_grants(org) -> set[tuple[str, bool]]:
    (row,) = find_rows(org, "PermissionSet", Name="Marketing_Sync")
    grants = find_rows(org, "FieldPermissions", ParentId=row["Id"])
    return {(g["Field"], g["PermissionsEdit"]) for g in grants if "OptedOut" not in g["Field"]}


def test_the_set_of_a_package_is_refused(org_now, run, tap):
    org_now.org.db.execute(
        "UPDATE PermissionSet SET NamespacePrefix = 'acme' WHERE Name = 'Campaign_Tools'"
    )
    code, _, err = run(*DEPLOY, "--permission-set", "Campaign_Tools")
    assert code == 1
    assert "acme" in err
    assert tap.packages() == []


def test_without_a_set_none_is_sent(org_now, run, tap):
    code, out, _ = run(*DEPLOY, "--permission-set", "none", "--json")
    assert (code, json.loads(out)["permission_set"]) == (0, None)
    assert [set(members(package)[0]) for package in tap.packages()] == [{"Layout"}] * 2
    assert "PermissionSet" not in {name for name in tap.retrieved() if "-" not in name}


def hide_marketo_field(org) -> str:
    """The field is there and nobody has access to it, not even who deploys."""
    add_marketo_field(org)
    org.db.execute("DELETE FROM FieldPermissions WHERE Field LIKE '%.Marketo_Sales_Opt_Out__c'")
    return "Marketo_Sales_Opt_Out__c"


@pytest.mark.parametrize("option", ["--custom-field", "--create-field"])
def test_a_field_hidden_from_who_deploys_is_warned_of_and_not_created_again(org_now, run, option):
    name = hide_marketo_field(org_now.org)
    code, out, err = run("plan", *ORG, option, name, "--json")
    document = json.loads(out)
    assert code == 0, err
    assert (document["field"], document["new_fields"]) == (name, [])
    assert "hidden-from-us" in rules(document)


def test_a_hidden_field_is_put_on_the_layouts_all_the_same(org_now, run, tap):
    name = hide_marketo_field(org_now.org)
    assert run(*DEPLOY, "--custom-field", name)[0] == 0
    assert "CustomField" not in members(tap.packages()[-1])[0]
    assert edits(org_now.org, OURS) == {f"Contact.{name}", f"Lead.{name}"}


def test_a_hidden_marketo_field_is_found_by_its_label(org_now, run):
    name = hide_marketo_field(org_now.org)
    code, out, err = run("plan", *ORG, "--field", "marketo-sales-opt-out", "--json")
    assert code == 0, err
    assert json.loads(out)["field"] == name


def test_a_set_that_is_listed_and_not_returned_is_never_replaced(org_now, run, switchboard):
    run("deploy", *ORG, "--yes")

    def lose_the_set(request):
        body = request.body
        if b"retrieveRequest" in body:
            body = body.replace(b">Opt_Out_Field_Access<", b">Another_Set<")
        return handle(org_now.org, replace(request, body=body))

    switchboard.answer = lose_the_set
    code, _, err = run("plan", *ORG)
    assert code == 1
    assert "did not return it" in err
