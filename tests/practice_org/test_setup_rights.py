"""Setup asks for its own rights: what is shown, and what the feature of a component wants."""

from __future__ import annotations

import json

import pytest
from data_org import grant_objects, select, tiny_org
from metadata_org import (
    CHECKBOX,
    destroy,
    field_files,
    layout_xml,
    object_xml,
    one_layout,
    open_lab,
    set_files,
    set_xml,
)

from practice_org.tables import find_rows, update_row

_USERS = select("Id", "User")
_PROFILES = select("Id", "Profile")
_NAMED = select("Id, Profile.Name", "User", "WHERE Profile.Name != null")


@pytest.fixture
def here():
    return tiny_org()


def give(here, *permissions: str) -> None:
    """Give the clerk these system permissions."""
    given = {f"Permissions{name}": True for name in permissions}
    update_row(here.org, "PermissionSet", here.clerk_set, given)


@pytest.mark.parametrize(
    ("setting", "query", "permission", "shown"),
    [
        (("user_sharing", "private"), _USERS, "ViewAllUsers", 1),
        (("profile_filtering", "1"), _PROFILES, "ViewAllProfiles", 1),
        (("profile_filtering", "1"), _NAMED, "ViewAllProfiles", 1),
    ],
)
def test_who_may_not_see_all_is_shown_their_own(here, setting, query, permission, shown):
    assert len(here.ask(query, user=here.clerk)) == 2
    here.org.set_setting(*setting)
    assert len(here.ask(query, user=here.clerk)) == shown
    give(here, permission)
    assert len(here.ask(query, user=here.clerk)) == 2


@pytest.mark.parametrize(
    ("source", "enough"),
    [
        ("PermissionSetAssignment", "AssignPermissionSets"),
        ("MutingPermissionSet", "AssignPermissionSets"),
        ("PermissionSetGroupComponent", "ViewSetup"),
        ("FieldPermissions", "ViewSetup"),
    ],
)
def test_who_holds_what_is_for_those_who_set_it_up(here, source, enough):
    query = select("Id", source)
    assert str(here.ask(query, user=here.clerk)).startswith("INSUFFICIENT_ACCESS")
    give(here, enough)
    assert isinstance(here.ask(query, user=here.clerk), list)


@pytest.mark.parametrize("path", ["limits", "limits/recordCount"])
def test_limits_are_for_those_who_see_setup(here, path):
    assert here.call("GET", path, user=here.clerk)[0] == 403
    give(here, "ViewSetup")
    assert here.call("GET", path, user=here.clerk)[0] == 200


def definitions(here, source="FieldDefinition"):
    where = "WHERE EntityDefinition.QualifiedApiName = 'Lead'"
    query = select("QualifiedApiName", source, where)
    found = here.ask(query, user=here.clerk, api="tooling/query")
    return {row["QualifiedApiName"] for row in found}


def test_no_field_is_defined_of_an_object_that_one_may_not_read(here):
    give(here, "ViewSetup")
    assert "Email" in definitions(here)
    here.org.db.execute("DELETE FROM ObjectPermissions WHERE SobjectType = 'Lead'")
    assert (definitions(here), definitions(here, "EntityParticle")) == (set(), set())
    grant_objects(here.org, here.clerk_set, "Lead", {"PermissionsRead": True})
    assert "Email" in definitions(here)


def test_a_definition_follows_field_security_only_when_the_org_is_so(here):
    give(here, "ViewSetup")
    assert "HasOptedOutOfEmail" in definitions(here)
    here.org.set_setting("field_definition", "secured")
    assert "HasOptedOutOfEmail" not in definitions(here)


_LAYOUT = one_layout(layout_xml("Email"))
_SET = set_files(set_xml("Contact.Email"))
_FIELD = field_files("Contact.Opt__c", inner=CHECKBOX)


@pytest.mark.parametrize(
    ("files", "feature"),
    [
        (_LAYOUT, "CustomizeApplication"),
        (_FIELD, "CustomizeApplication"),
        (_SET, "ManageProfilesPermissionsets"),
        (destroy("PermissionSet", "Opt"), "ManageProfilesPermissionsets"),
        (destroy("Layout", "Contact-Old"), "CustomizeApplication"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_component_wants_the_permission_of_its_feature(files, feature):
    lab = open_lab()
    owned = find_rows(lab.org, "PermissionSet", ProfileId=lab.profile_id)[0]["Id"]
    update_row(lab.org, "PermissionSet", owned, {f"Permissions{feature}": False})
    refused = json.dumps(lab.deploy(files)["details"]["componentFailures"])
    assert f"needs {feature}" in refused
    update_row(lab.org, "PermissionSet", owned, {f"Permissions{feature}": True})
    assert "needs" not in json.dumps(lab.deploy(files)["details"])


def test_a_call_that_changes_one_component_wants_it_too():
    lab = open_lab()
    owned = find_rows(lab.org, "PermissionSet", ProfileId=lab.profile_id)[0]["Id"]
    update_row(lab.org, "PermissionSet", owned, {"PermissionsManageProfilesPermissionsets": False})
    named = "<fullName>Opt</fullName><label>Opt</label>"
    kind = 'xsi:type="PermissionSet"'
    answer = lab.soap("upsertMetadata", f"<metadata {kind}>{named}</metadata>")
    assert answer.text("result", "success") == "false"
    assert find_rows(lab.org, "PermissionSet", Name="Opt") == []


_ALL = ("allowRead", "allowEdit", "allowDelete", "viewAllRecords", "modifyAllRecords")


def rights_on_lead(*names: str) -> str:
    flags = ((name, str(name in names).lower()) for name in ("allowCreate", *_ALL))
    given = "".join(f"<{name}>{flag}</{name}>" for name, flag in flags)
    return f"<objectPermissions><object>Lead</object>{given}</objectPermissions>"


def permissions(*names: str) -> str:
    row = "<userPermissions><enabled>true</enabled><name>{}</name></userPermissions>"
    return "".join(row.format(name) for name in names)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (rights_on_lead(*_ALL), ""),
        (rights_on_lead(*_ALL[:3], "modifyAllRecords"), "depends on permission(s): View All Lead"),
        (rights_on_lead("allowRead", "allowEdit", *_ALL[3:]), "depends on permission(s): Delete"),
        (permissions("CustomizeApplication", "ViewSetup"), ""),
        (permissions("CustomizeApplication"), "depends on permission(s): ViewSetup"),
        (permissions("ManageProfilesPermissionsets"), "depends on permission(s): ViewSetup"),
        (permissions("MakeCoffee"), "Unknown user permission: MakeCoffee"),
    ],
)
def test_a_set_holds_what_its_rights_depend_on(more, said):
    details = open_lab().deploy(set_files(set_xml(more=more)))["details"]
    problems = [row["problem"] for row in details["componentFailures"]]
    assert [said in problem for problem in problems] == ([True] if said else [])


def test_an_object_without_its_permission_takes_its_fields_along():
    lab = open_lab()
    owned = find_rows(lab.org, "PermissionSet", ProfileId=lab.profile_id)[0]["Id"]
    update_row(lab.org, "PermissionSet", owned, {"PermissionsCustomizeApplication": False})
    files = {**_FIELD, "objects/Contact.object": object_xml(CHECKBOX)}
    problems = {r["problem"] for r in lab.deploy(files)["details"]["componentFailures"]}
    assert "Parent entity failed to deploy" in problems
