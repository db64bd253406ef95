"""What destructiveChanges files take out of the org, and what they may not."""

from __future__ import annotations

from metadata_org import (
    CONTACT,
    destroy,
    field_files,
    fields_on,
    layout_xml,
    one_layout,
    open_lab,
    set_files,
    set_xml,
)

from practice_org.metadata.components import assign_layout
from practice_org.tables import fields_of, find_rows, insert_row


def test_a_deleted_field_leaves_layouts_tables_and_grants():
    lab = open_lab()
    lab.deploy(field_files("Contact.Opt__c"))
    lab.deploy(one_layout(layout_xml("Opt__c")))
    lab.deploy(one_layout(layout_xml("Opt__pc"), "PersonAccount-PA"))
    lab.deploy(set_files(set_xml("Contact.Opt__c")))
    result = lab.deploy(destroy("CustomField", "Contact.Opt__c"))
    assert result["details"]["componentSuccesses"][0]["deleted"]
    assert fields_on(lab) == fields_on(lab, "PersonAccount-PA") == ["Name"]
    assert "Opt__c" not in fields_of(lab.org, "Contact")
    assert find_rows(lab.org, "FieldPermissions") == []


def test_a_permission_set_goes_only_when_nobody_has_it():
    lab = open_lab()
    lab.deploy(set_files(set_xml("Contact.Email")))
    owner = find_rows(lab.org, "PermissionSet", Name="Opt")[0]["Id"]
    held = {"AssigneeId": lab.user_id, "PermissionSetId": owner}
    given = insert_row(lab.org, "PermissionSetAssignment", held)
    row = lab.deploy(destroy("PermissionSet", "Opt"))["details"]["componentFailures"][0]
    assert "is assigned to users" in row["problem"]
    lab.org.db.execute("DELETE FROM PermissionSetAssignment WHERE Id = ?", (given,))
    assert lab.deploy(destroy("PermissionSet", "Opt", "Post"))["success"]
    assert find_rows(lab.org, "PermissionSet", Name="Opt") == []


def test_a_permission_set_deleted_as_a_record_takes_its_grants_along():
    lab = open_lab()
    lab.deploy(set_files(set_xml("Contact.Email")))
    owner = find_rows(lab.org, "PermissionSet", Name="Opt")[0]["Id"]
    assert find_rows(lab.org, "FieldPermissions", ParentId=owner)
    path = f"/services/data/v63.0/sobjects/PermissionSet/{owner}"
    assert lab.ask("DELETE", path).status == 204
    assert find_rows(lab.org, "FieldPermissions", ParentId=owner) == []


def test_a_layout_goes_unless_a_profile_has_it():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml())
    lab.load("Layout", "Contact-Other", layout_xml())
    assign_layout(lab.org, lab.profile_id, "Contact", "", CONTACT)
    failure = lab.deploy(destroy("Layout", CONTACT))["details"]["componentFailures"][0]
    assert "is assigned to profiles" in failure["problem"]
    assert lab.deploy(destroy("Layout", "Contact-Other", "Pre"))["success"]
