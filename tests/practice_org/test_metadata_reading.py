"""What retrieve, listMetadata and the synchronous calls give and change."""

from __future__ import annotations

import pytest
from metadata_org import (
    CONTACT,
    field_files,
    fields_on,
    layout_xml,
    open_lab,
    set_files,
    set_xml,
)

from practice_org.metadata.canonical import parse_metadata
from practice_org.metadata.components import (
    assign_layout,
    declare,
    declared_names,
    find_component,
    is_declared,
)
from practice_org.metadata.references import declare_references
from practice_org.tables import find_rows, insert_row


def metadata(kind: str, name: str, inner: str) -> str:
    return f'<metadata xsi:type="m:{kind}"><fullName>{name}</fullName>{inner}</metadata>'


def layout_inner(*fields: str) -> str:
    xml = layout_xml(*fields)
    return xml[xml.index("<layoutSections>") : xml.index("</Layout>")]


def test_jsforce_names_the_argument_request():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml())
    types = f"<types><members>{CONTACT}</members><name>Layout</name></types>"
    unpackaged = f"<unpackaged>{types}<version>60.0</version></unpackaged>"
    job = lab.soap("retrieve", f"<request>{unpackaged}</request>").text("result", "id")
    result = lab.soap("checkRetrieveStatus", f"<id>{job}</id><includeZip>false</includeZip>")
    assert (result.text("result", "status"), result.text("result", "zipFile")) == ("Succeeded", "")


def test_a_name_that_is_not_there_is_a_message():
    result = open_lab().retrieve({"Layout": ["Contact-Gone"]})
    message = result.child("messages")
    assert message.text("problem") == "Entity of type 'Layout' named 'Contact-Gone' cannot be found"
    assert message.text("fileName") == "package.xml"


def test_a_wildcard_takes_unmanaged_layouts_and_no_standard_object():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml())
    lab.load("Layout", "Contact-acme__Main", layout_xml(), "acme")
    files = lab.files({"Layout": ["*"], "CustomObject": ["*"], "ApexClass": ["*"]})
    assert [*files] == [f"layouts/{CONTACT}.layout", "package.xml"]


def test_a_managed_layout_is_listed_without_and_retrieved_with_its_prefix():
    lab = open_lab()
    lab.load("Layout", "Contact-acme__Main (x)", layout_xml(), "acme")
    row = lab.soap("listMetadata", "<queries><type>Layout</type></queries>").child("result")
    assert row.text("fullName") == "Contact-Main %28x%29"
    assert (row.text("namespacePrefix"), row.text("manageableState")) == ("acme", "installed")
    wanted = "Contact-acme__Main %28x%29"
    assert f"layouts/{wanted}.layout" in lab.files({"Layout": [wanted]})
    assert lab.retrieve({"Layout": [row.text("fullName")]}).child("messages") is not None


def test_file_properties_say_who_and_when():
    lab = open_lab()
    lab.deploy(field_files("Contact.Opt__c"))
    row = lab.soap("listMetadata", "<queries><type>CustomField</type></queries>").child("result")
    assert [row.text(n) for n in ("fileName", "fullName", "lastModifiedByName")] == [
        "objects/Contact.object",
        "Contact.Opt__c",
        "Ada Admin",
    ]
    assert row.text("id").startswith("00N")
    assert row.text("lastModifiedDate") == "2026-11-24T09:00:00.200Z"


def test_types_that_are_not_emulated_list_nothing():
    answer = open_lab().soap("listMetadata", "<queries><type>ApexClass</type></queries>")
    assert answer.children() == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [("CustomObject", "Lead"), ("Profile", "Admin"), ("RecordType", "Contact.Donor")],
)
def test_what_the_data_side_holds_is_listed_as_metadata(kind, name):
    lab = open_lab()
    row = {"Name": "Donor", "DeveloperName": "Donor", "SobjectType": "Contact"}
    insert_row(lab.org, "RecordType", row)
    answer = lab.soap("listMetadata", f"<queries><type>{kind}</type></queries>")
    assert name in [row.text("fullName") for row in answer.children("result")]


def test_fields_and_record_types_come_inside_their_object():
    lab = open_lab()
    row = {"Name": "Donor", "DeveloperName": "Donor", "SobjectType": "Contact"}
    insert_row(lab.org, "RecordType", row)
    lab.deploy(field_files("Contact.Opt__c"))
    names = {
        "CustomField": ["Contact.Opt__c", "Contact.HasOptedOutOfEmail"],
        "RecordType": ["Contact.Donor"],
    }
    text = lab.files(names)["objects/Contact.object"]
    assert text.count("<fields>") == 2
    assert "<fullName>Donor</fullName>" in text


def test_a_profile_comes_with_what_was_retrieved_beside_it():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml())
    row = {"Name": "Donor", "DeveloperName": "Donor", "SobjectType": "Contact"}
    record_type = insert_row(lab.org, "RecordType", row)
    for given in ("", record_type):
        assign_layout(lab.org, lab.profile_id, "Contact", given, CONTACT)
    counts = [
        lab.files({"Profile": ["Admin"], **beside})["profiles/Admin.profile"].count("<layout>")
        for beside in (
            {},
            {"Layout": [CONTACT]},
            {"Layout": [CONTACT], "RecordType": ["Contact.Donor"]},
        )
    ]
    assert counts == [0, 1, 2]


def test_reading_gives_a_record_or_nil_in_its_place():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml("Email"))
    names = f"<fullNames>Contact-Gone</fullNames><fullNames>{CONTACT}</fullNames>"
    result = lab.soap("readMetadata", f"<type>Layout</type>{names}").child("result")
    nil, found = result.children("records")
    assert nil.children() == []
    assert found.text("fullName") == CONTACT
    assert found.text("layoutSections", "label") == "Info"
    assert len(found.child("layoutSections").children("layoutColumns")) == 2


@pytest.mark.parametrize(
    ("kind", "name", "part"),
    [
        ("CustomObject", "Contact", "fields"),
        ("PermissionSet", "Opt", "fieldPermissions"),
        ("Profile", "Admin", "userPermissions"),
        ("CustomField", "Contact.Opt__c", "type"),
        ("CustomField", "Contact.Email", "fullName"),
    ],
)
def test_reading_tells_what_the_tables_hold(kind, name, part):
    lab = open_lab()
    lab.deploy(field_files("Contact.Opt__c"))
    lab.deploy(set_files(set_xml("Contact.Opt__c")))
    asked = f"<type>{kind}</type><fullNames>{name}</fullNames>"
    record = lab.soap("readMetadata", asked).child("result", "records")
    assert record.child(part) is not None


@pytest.mark.parametrize(
    ("operation", "there", "code"),
    [
        ("createMetadata", False, ""),
        ("createMetadata", True, "DUPLICATE_DEVELOPER_NAME"),
        ("updateMetadata", True, ""),
        ("updateMetadata", False, "INVALID_CROSS_REFERENCE_KEY"),
        ("upsertMetadata", False, ""),
        ("upsertMetadata", True, ""),
    ],
)
def test_writing_depends_on_what_is_there(operation, there, code):
    lab = open_lab()
    if there:
        lab.load("Layout", CONTACT, layout_xml())
    answer = lab.soap(operation, metadata("Layout", CONTACT, layout_inner("Email")))
    assert answer.text("result", "errors", "statusCode") == code
    assert (fields_on(lab)[-1:] == ["Email"]) is not bool(code)
    assert bool(find_rows(lab.org, "SetupAuditTrail")) is not bool(code)


def test_what_is_saved_is_kept_under_its_own_kind():
    lab = open_lab()
    lab.soap("upsertMetadata", metadata("Layout", CONTACT, layout_inner()))
    assert parse_metadata(find_component(lab.org, "Layout", CONTACT).body).name == "Layout"


def test_an_upsert_says_what_it_created():
    answer = open_lab().soap("upsertMetadata", metadata("Layout", CONTACT, layout_inner()))
    assert answer.text("result", "created") == "true"


@pytest.mark.parametrize(
    ("kind", "name", "inner"),
    [
        ("CustomField", "Contact.Opt__c", "<label>o</label><type>Email</type>"),
        ("PermissionSet", "Opt", "<label>Opt</label>"),
        (
            "FlexiPage",
            "P",
            "<masterLabel>P</masterLabel><template><name>x</name></template><type>AppPage</type>",
        ),
    ],
)
def test_other_types_are_written_too(kind, name, inner):
    lab = open_lab()
    answer = lab.soap("createMetadata", metadata(kind, name, inner))
    assert answer.text("result", "success") == "true"
    asked = f"<type>{kind}</type><fullNames>{name}</fullNames>"
    assert lab.soap("deleteMetadata", asked).text("result", "success") == "true"
    assert lab.soap("deleteMetadata", asked).text("result", "success") == "false"


@pytest.mark.parametrize(
    ("kind", "inner", "sentence"),
    [
        ("Layout", layout_inner("Nope__c"), "no CustomField named Contact.Nope__c found"),
        ("Layout", "<shoes/>", "shoes invalid at this location in type Layout"),
        ("ApexClass", "", "does not emulate changing ApexClass"),
    ],
)
def test_the_rules_of_a_deployment_hold_here_too(kind, inner, sentence):
    answer = open_lab().soap("createMetadata", metadata(kind, CONTACT, inner))
    assert sentence in answer.text("result", "errors", "message")


def test_nil_means_absent_in_what_is_written():
    nil = '<description xsi:nil="true"/><label>Opt</label>'
    answer = open_lab().soap("createMetadata", metadata("PermissionSet", "Opt", nil))
    assert answer.text("result", "success") == "true"


@pytest.mark.parametrize(
    ("kind", "old", "new", "code"),
    [
        ("Layout", CONTACT, "Contact-New", ""),
        ("Layout", "Contact-Gone", "Contact-New", "INVALID_CROSS_REFERENCE_KEY"),
        ("Layout", CONTACT, "Contact-OTHER", "DUPLICATE_VALUE"),
        ("PermissionSet", "Opt", "Opt2", "INVALID_TYPE"),
    ],
)
def test_renaming(kind, old, new, code):
    lab = open_lab()
    for name in (CONTACT, "Contact-Other"):
        lab.load("Layout", name, layout_xml())
    inner = f"<type>{kind}</type><oldFullName>{old}</oldFullName><newFullName>{new}</newFullName>"
    assert lab.soap("renameMetadata", inner).text("result", "errors", "statusCode") == code
    assert (find_component(lab.org, "Layout", "Contact-New") is None) is bool(code)


def test_what_a_loaded_layout_names_can_be_declared():
    lab = open_lab()
    declare(lab.org, "WebLink", "Contact.Known")
    xml = (
        b"<Layout><customButtons>Known</customButtons><customButtons>New</customButtons>"
        b"<quickActionList><quickActionListItems><quickActionName>Contact.Call</quickActionName>"
        b"</quickActionListItems></quickActionList></Layout>"
    )
    root = parse_metadata(xml)
    assert declare_references(lab.org, "Contact", root) == [
        "QuickAction Contact.Call",
        "WebLink Contact.New",
    ]
    assert declare_references(lab.org, "Contact", root) == []
    assert is_declared(lab.org, "QuickAction", "contact.call")
    assert declared_names(lab.org, "WebLink") == ["Contact.Known", "Contact.New"]
