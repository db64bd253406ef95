"""What a deployment that succeeds does to the org."""

from __future__ import annotations

import pytest
from metadata_org import (
    CHECKBOX,
    CONTACT,
    NS,
    destroy,
    field_files,
    fields_on,
    layout_xml,
    object_xml,
    one_layout,
    open_lab,
    package_xml,
    set_files,
    set_xml,
    with_namespace,
)

from practice_org.metadata.components import (
    assign_layout,
    edit_layout_as,
    find_component,
    list_components,
)
from practice_org.tables import fields_of, find_rows


def test_a_layout_replaces_the_layout():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml("Email", "Phone"))
    result = lab.deploy(one_layout(layout_xml("HasOptedOutOfEmail")))
    assert (result["status"], result["numberComponentsDeployed"]) == ("Succeeded", 1)
    assert fields_on(lab) == ["Name", "HasOptedOutOfEmail"]


def test_the_same_layout_again_changes_nothing():
    lab = open_lab()
    lab.deploy(one_layout(layout_xml("Email")))
    before = find_component(lab.org, "Layout", CONTACT)
    result = lab.deploy(one_layout(layout_xml("Email").replace("    ", "\t")))
    assert [row["changed"] for row in result["details"]["componentSuccesses"]] == [False, False]
    assert find_component(lab.org, "Layout", CONTACT) == before


def test_an_escaped_and_a_plain_name_are_one_layout():
    lab = open_lab()
    lab.load("Layout", "Contact-A (B)", layout_xml())
    lab.deploy(one_layout(layout_xml("Email"), "Contact-A %28B%29"))
    assert [c.full_name for c in list_components(lab.org, "Layout")] == ["Contact-A %28B%29"]


def test_a_field_a_layout_and_its_access_go_together():
    lab = open_lab()
    files = {
        **field_files("Contact.Opt__c"),
        "layouts/Contact-Contact Layout.layout": layout_xml("Opt__c"),
        "layouts/PersonAccount-PA.layout": layout_xml("Opt__pc", "PersonHasOptedOutOfEmail"),
        "permissionsets/Opt.permissionset": set_xml("Contact.Opt__c"),
    }
    members = {"CustomField": ["Contact.Opt__c"], "Layout": ["*"], "PermissionSet": ["Opt"]}
    result = lab.deploy({**files, "package.xml": package_xml(members)})
    assert result["details"]["componentFailures"] == []
    assert fields_of(lab.org, "Contact")["Opt__c"].type == "boolean"


def test_an_object_merges():
    lab = open_lab()
    lab.load("CustomObject", "Contact", object_xml("<label>Person</label>"))
    lab.deploy(field_files("Contact.Opt__c"))
    named = package_xml({"CustomObject": ["Contact"]})
    inner = "<enableFeeds>true</enableFeeds>" + CHECKBOX.replace("Opt", "Two")
    lab.deploy({"package.xml": named, "objects/Contact.object": object_xml(inner)})
    text = lab.files({"CustomObject": ["Contact"]})["objects/Contact.object"]
    for part in ("Person", "Opt__c", "Two__c", "enableFeeds"):
        assert part in text


def test_an_object_without_settings_is_left_as_it_is():
    lab = open_lab()
    named = package_xml({"CustomObject": ["PersonAccount"]})
    files = {"package.xml": named, "objects/PersonAccount.object": object_xml("")}
    assert lab.deploy(files)["success"]
    again = lab.deploy(files)["details"]["componentSuccesses"]
    assert not any(row["changed"] for row in again)


def test_a_record_type_is_made_and_changed():
    lab = open_lab()
    files = {"package.xml": package_xml({"RecordType": ["PersonAccount.Donor"]})}
    effects = []
    for label in ("Donor", "Donor", "Giver"):
        xml = f"<fullName>Donor</fullName><active>true</active><label>{label}</label>"
        body = object_xml(f"<recordTypes>{xml}</recordTypes>")
        row = lab.deploy({**files, "objects/PersonAccount.object": body})["details"]
        row = row["componentSuccesses"][0]
        effects.append((row["created"], row["changed"]))
    assert effects == [(True, True), (False, False), (False, True)]
    assert find_rows(lab.org, "RecordType")[0]["IsPersonType"] == 1


def test_a_field_may_change_its_label_and_its_tracking():
    lab = open_lab()
    lab.deploy(field_files("Contact.Opt__c"))
    inner = CHECKBOX.replace(">Opt<", ">Out<").replace(
        "<type>", "<trackHistory>true</trackHistory><type>"
    )
    result = lab.deploy(field_files("Contact.Opt__c", inner=inner))
    assert result["details"]["componentSuccesses"][0]["changed"]
    assert fields_of(lab.org, "Contact")["Opt__c"].label == "Out"
    assert lab.deploy(field_files("Contact.Opt__c", inner=inner))["success"]


def test_a_standard_field_takes_history_tracking():
    lab = open_lab()
    inner = (
        "<fields><fullName>HasOptedOutOfEmail</fullName><trackHistory>true</trackHistory></fields>"
    )
    assert lab.deploy(field_files("Contact.HasOptedOutOfEmail", inner=inner))["success"]
    assert find_component(lab.org, "CustomField", "Contact.HasOptedOutOfEmail") is not None


def test_a_formula_is_read_only_everywhere():
    lab = open_lab()
    inner = CHECKBOX.replace("<defaultValue>false</defaultValue>", "<formula>true</formula>")
    lab.deploy(field_files("Contact.Opt__c", inner=inner))
    failure = lab.deploy(one_layout(layout_xml("Opt__c")))["details"]["componentFailures"][0]
    assert failure["problem"] == "Field:Opt__c must be Readonly"


def test_checking_only_changes_nothing_and_tells_all():
    lab = open_lab()
    result = lab.deploy(one_layout(layout_xml()), checkOnly=True)
    assert (result["status"], result["checkOnly"]) == ("Succeeded", True)
    assert result["details"]["componentSuccesses"][0]["created"]
    assert list_components(lab.org, "Layout") == []
    assert find_rows(lab.org, "SetupAuditTrail") == []


@pytest.mark.parametrize(("rollback", "status"), [(True, "Failed"), (False, "SucceededPartial")])
def test_without_rollback_a_sandbox_keeps_what_went_well(rollback, status):
    lab = open_lab()
    files = {
        "package.xml": package_xml({"Layout": [CONTACT, "Lead-Lead Layout"]}),
        f"layouts/{CONTACT}.layout": layout_xml("Nope__c"),
        "layouts/Lead-Lead Layout.layout": layout_xml("Email"),
    }
    result = lab.deploy(files, rollbackOnError=rollback)
    assert (result["status"], result["success"]) == (status, False)
    assert bool(list_components(lab.org, "Layout")) is not rollback


def test_every_change_is_on_the_setup_audit_trail():
    lab = open_lab()
    lab.deploy({**field_files("Contact.Opt__c")})
    lab.deploy(set_files(set_xml("Contact.Opt__c")))
    lab.deploy(one_layout(layout_xml("Opt__c"), "Contact-A %28B%29"))
    edit_layout_as(lab.org, "005000000000009AAA", "Contact-A (B)", layout_xml().encode())
    rows = find_rows(lab.org, "SetupAuditTrail")
    assert [row["Display"] for row in rows] == [
        "Created Contact custom field Opt__c",
        "Created permission set Opt",
        "Created Contact page layout A (B)",
        "Changed Contact page layout A (B)",
    ]
    assert [row["CreatedById"] for row in rows][2:] == [lab.user_id, "005000000000009AAA"]


def test_a_warning_is_an_error_unless_ignored():
    lab = open_lab()
    result = lab.deploy(destroy("Layout", "Contact-Gone"), ignoreWarnings=True)
    assert result["success"]
    row = result["details"]["componentSuccesses"][0]
    assert (row["problem"], row["problemType"]) == (
        "No Layout named: Contact-Gone found",
        "Warning",
    )


def test_a_layout_that_is_not_there_cannot_be_assigned():
    lab = open_lab()
    with pytest.raises(KeyError):
        assign_layout(lab.org, lab.profile_id, "Contact", "", "Contact-Gone")


def test_a_page_an_app_and_a_mapping_can_be_deployed_and_a_page_deleted():
    lab = open_lab()
    page = with_namespace(
        "<FlexiPage><flexiPageRegions><itemInstances><fieldInstance><fieldItem>Record.Email"
        "</fieldItem><identifier>e</identifier></fieldInstance></itemInstances><itemInstances>"
        "<componentInstance><componentName>runtime_service_fieldservice:x</componentName>"
        "<identifier>c</identifier></componentInstance></itemInstances><name>main</name>"
        "<type>Region</type></flexiPageRegions><masterLabel>P</masterLabel><sobjectType>Contact"
        "</sobjectType><template><name>x</name></template><type>RecordPage</type></FlexiPage>"
    )
    app = f'<CustomApplication xmlns="{NS}"><label>A</label></CustomApplication>'
    mapping = f'<LeadConvertSettings xmlns="{NS}"/>'
    members = {
        "FlexiPage": ["P"],
        "CustomApplication": ["A"],
        "LeadConvertSettings": ["LeadConvertSettings"],
    }
    files = {
        "package.xml": package_xml(members),
        "flexipages/P.flexipage": page,
        "applications/A.app": app,
        "LeadConvertSettings/LeadConvertSettings.LeadConvertSetting": mapping,
    }
    assert lab.deploy(files)["details"]["componentFailures"] == []
    assert lab.deploy(destroy("FlexiPage", "P"))["success"]
    assert list_components(lab.org, "FlexiPage") == []


def test_a_managed_page_cannot_be_changed():
    lab = open_lab()
    page = with_namespace(
        "<FlexiPage><masterLabel>P</masterLabel><sobjectType>Contact</sobjectType><template><name>"
        "x</name></template><type>RecordPage</type></FlexiPage>"
    )
    lab.load("FlexiPage", "acme__P", page, "acme")
    members = package_xml({"FlexiPage": ["acme__P"]})
    result = lab.deploy({"package.xml": members, "flexipages/acme__P.flexipage": page})
    (row,) = result["details"]["componentFailures"]
    assert row["problem"].startswith("Cannot modify managed object: entity=FlexiPage")


def test_a_label_with_an_escape_in_it_is_no_other_layout():
    lab = open_lab()
    lab.load("Layout", "Contact-100%2528 net", layout_xml())
    result = lab.deploy(one_layout(layout_xml("Email"), "Contact-100%2528 net"))
    assert result["status"] == "Succeeded", result["details"]
    listed = [c.full_name for c in list_components(lab.org, "Layout")]
    assert listed == ["Contact-100%2528 net"]
    assert "Email" in find_component(lab.org, "Layout", "Contact-100%2528 net").body.decode()
