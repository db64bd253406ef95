"""Who may see and do what after a deployment: permission sets replace, profiles add."""

from __future__ import annotations

from metadata_org import (
    CONTACT,
    field_files,
    layout_xml,
    open_lab,
    package_xml,
    set_files,
    set_xml,
    with_namespace,
)

from practice_org.rights import FieldAccess, field_access
from practice_org.tables import find_rows, insert_row, update_row


def test_a_permission_set_replaces_the_set():
    lab = open_lab()
    more = (
        "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>"
        "<license>Salesforce</license><description>old</description>"
        "<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete>"
        "<allowEdit>true</allowEdit><allowRead>true</allowRead><modifyAllRecords>false"
        "</modifyAllRecords><object>Contact</object><viewAllRecords>false</viewAllRecords>"
        "</objectPermissions>"
    )
    lab.deploy(set_files(set_xml("Contact.Email", more=more)))
    whole = lab.files({"PermissionSet": ["Opt"]})["permissionsets/Opt.permissionset"]
    assert all(part in whole for part in ("ApiEnabled", "license", "allowEdit", "old"))
    lab.deploy(set_files(set_xml("Contact.Phone")))
    left = lab.files({"PermissionSet": ["Opt"]})["permissionsets/Opt.permissionset"]
    assert "Contact.Phone" in left
    assert not any(p in left for p in ("Email", "ApiEnabled", "license", "allowEdit", "old"))


def test_the_same_permission_set_again_is_unchanged():
    lab = open_lab()
    lab.deploy(set_files(set_xml("Contact.Email")))
    rows = lab.deploy(set_files(set_xml("Contact.Email")))["details"]["componentSuccesses"]
    assert not rows[0]["changed"]


def test_a_managed_permission_set_cannot_be_changed():
    lab = open_lab()
    row = {"Name": "Opt", "Label": "Opt", "NamespacePrefix": "acme"}
    insert_row(lab.org, "PermissionSet", row)
    named = package_xml({"PermissionSet": ["acme__Opt"]})
    files = {"package.xml": named, "permissionsets/acme__Opt.permissionset": set_xml()}
    failure = lab.deploy(files)["details"]["componentFailures"][0]
    assert failure["problem"].startswith("Cannot modify managed object: entity=PermissionSet")


def test_a_profile_adds_and_takes_nothing_away():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml())
    grant = (
        "<fieldPermissions><editable>false</editable><field>Contact.{}</field></fieldPermissions>"
    )
    assignment = f"<layoutAssignments><layout>{CONTACT}</layout></layoutAssignments>"
    read = grant.replace("</fieldP", "<readable>true</readable></fieldP")
    for inner in (
        read.format("Email"),
        read.format("Phone") + assignment,
        "<custom>false</custom>",
    ):
        xml = with_namespace(f"<Profile>{inner}</Profile>")
        named = package_xml({"Profile": ["Admin"]})
        assert lab.deploy({"package.xml": named, "profiles/Admin.profile": xml})["success"]
    members = {
        "Profile": ["Admin"],
        "Layout": [CONTACT],
        "CustomField": ["Contact.Email", "Contact.Phone"],
    }
    text = lab.files(members)["profiles/Admin.profile"]
    assert all(part in text for part in ("Contact.Email", "Contact.Phone", "layoutAssignments"))


def test_a_profile_assigns_a_layout_by_record_type():
    lab = open_lab()
    lab.load("Layout", "PersonAccount-PA", layout_xml())
    kind = {
        "Name": "Donor",
        "DeveloperName": "Donor",
        "SobjectType": "Account",
        "IsPersonType": True,
    }
    record_type = insert_row(lab.org, "RecordType", kind)
    inner = (
        "<layoutAssignments><layout>PersonAccount-PA</layout>"
        "<recordType>PersonAccount.Donor</recordType></layoutAssignments>"
    )
    xml = with_namespace(f"<Profile>{inner}</Profile>")
    named = package_xml({"Profile": ["Admin"]})
    assert lab.deploy({"package.xml": named, "profiles/Admin.profile": xml})["success"]
    row = lab.org.db.execute("SELECT * FROM layout_assignment").fetchone()
    assert (row["object"], row["record_type_id"]) == ("PersonAccount", record_type)


def test_a_new_field_is_for_nobody_until_a_set_gives_it():
    lab = open_lab()
    lab.deploy(field_files("Contact.Opt__c"))
    assert field_access(lab.org, lab.user_id, "Contact", "Opt__c") is FieldAccess.NONE
    lab.deploy(set_files(set_xml("Contact.Opt__c")))
    owner = find_rows(lab.org, "PermissionSet", Name="Opt")[0]["Id"]
    insert_row(
        lab.org,
        "PermissionSetAssignment",
        {"AssigneeId": lab.user_id, "PermissionSetId": owner},
    )
    assert field_access(lab.org, lab.user_id, "Contact", "Opt__c") is FieldAccess.EDIT


def test_a_reader_without_the_right_is_refused_everywhere():
    lab = open_lab()
    owned = find_rows(lab.org, "PermissionSet", ProfileId=lab.profile_id)[0]["Id"]
    update_row(lab.org, "PermissionSet", owned, {"PermissionsModifyMetadata": False})
    sentence = (
        "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata "
        "permissions"
    )
    fault = lab.soap("listMetadata", "<queries><type>Layout</type></queries>")
    assert fault.text("faultcode") == "sf:INSUFFICIENT_ACCESS"
    assert fault.text("faultstring") == f"INSUFFICIENT_ACCESS: {sentence}"
    assert lab.rest("GET", "/0Af000000000001AAA")[0]["message"] == sentence
