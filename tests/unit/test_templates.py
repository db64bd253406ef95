"""What is rendered is valid, ordered, escaped and the same every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from deployer.errors import UsageError
from deployer.rules import check_rules
from deployer.schema import check_schema
from deployer.templates import (
    render_custom_field,
    render_destructive_changes,
    render_flexipage_field,
    render_layout_item,
    render_object_with_fields,
    render_package,
    render_permission_set,
)

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
FIELD = {"api_name": "Sales_Opt_Out__c", "label": "Sales Opt Out"}
SHOWN = {**FIELD, "help_text": "Ticked: <no> mail", "description": "a\nb"}
PERMISSIONS = [("Lead.HasOptedOutOfEmail", True), ("Contact.HasOptedOutOfEmail", False)]
MEMBERS = {"Layout": ["Lead-B", "Lead-A", "Lead-A"], "CustomField": ["Lead.X__c"], "Profile": []}

DOCUMENTS = {
    "field.field-meta.xml": render_custom_field(**FIELD),
    "full.field-meta.xml": render_custom_field(**SHOWN, track_history=True),
    "Contact.object": render_object_with_fields(**SHOWN),
    "tracked.object": render_object_with_fields(**FIELD, track_history=True),
    "set.permissionset": render_permission_set(
        label="Opt-Out & Access", description="", field_permissions=PERMISSIONS
    ),
    "package.xml": render_package(MEMBERS, "63.0"),
    "empty/package.xml": render_package({}, "63.0"),
    "destructiveChanges.xml": render_destructive_changes({"PermissionSet": ["A"]}, "63.0"),
    "page.flexipage": (
        f"<FlexiPage {NS}><flexiPageRegions>"
        f"{render_flexipage_field('HasOptedOutOfEmail', 'RecordOptOut', 'readonly')}"
        "<name>Facet-1</name><type>Facet</type></flexiPageRegions><masterLabel>L</masterLabel>"
        "<template><name>t</name></template><type>RecordPage</type></FlexiPage>"
    ).encode(),
    "Lead-L.layout": (
        f"<Layout {NS}><layoutSections><layoutColumns>{render_layout_item('Email')}"
        "</layoutColumns><style>OneColumn</style></layoutSections></Layout>"
    ).encode(),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_template_is_valid_by_schema_and_rules(name, tmp_path):
    assert check_schema(DOCUMENTS[name], cache=tmp_path) == []
    assert check_rules(name, DOCUMENTS[name]) == []


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if "ayout" not in name])
def test_every_template_is_written_as_salesforce_writes(name):
    lines = DOCUMENTS[name].decode().split("\n")
    assert lines[-1] == "" or name.endswith(".flexipage")
    assert not any(line != line.rstrip() or "\t" in line or "\r" in line for line in lines)
    assert all((len(line) - len(line.lstrip())) % 4 == 0 for line in lines)


def test_members_and_types_are_sorted_once_each_and_empty_types_left_out():
    tree = etree.fromstring(DOCUMENTS["package.xml"])
    texts = [e.text for e in tree.iter() if not len(e)]
    assert texts == ["Lead.X__c", "CustomField", "Lead-A", "Lead-B", "Layout", "63.0"]


def test_field_permissions_are_sorted_by_name_and_always_readable():
    text = DOCUMENTS["set.permissionset"].decode()
    assert text.index("Contact.Has") < text.index("Lead.Has")
    assert (text.count("<readable>true"), text.count("<editable>true")) == (2, 1)
    assert "<license>" not in text


texts = st.text(st.sampled_from("a<>&\"'é日\n{}%"), min_size=1).filter(str.strip)


@given(texts, texts)
def test_any_text_comes_back_from_the_xml(label, description):
    tree = etree.fromstring(
        render_custom_field(api_name="X__c", label=label, description=description)
    )
    assert tree.findtext("{*}label") == label
    assert tree.findtext("{*}description") == description


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ud800", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_refused(bad):
    with pytest.raises(UsageError, match="XML cannot hold"):
        render_custom_field(api_name="X__c", label=bad)
