"""Tooling rows are the components, assignments and jobs that the metadata half keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from data_org import NOW, select, tiny_org

from practice_org.app import open_practice_org
from practice_org.login.sessions import session_user
from practice_org.metadata.components import assign_layout, load_component
from practice_org.metadata.jobs import start_deploy
from practice_org.metadata.options import read_options
from practice_org.objects import Field
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.tables import add_custom_field, find_row, insert_row

CASES = Path(__file__).parent.parent / "cases" / "soql" / "readiness.txt"
READINESS = [
    line.split(" ", 1) for line in CASES.read_text().splitlines() if not line.startswith("#")
]
LAYOUT = b"""<Layout xmlns="http://soap.sforce.com/2006/04/metadata">
<layoutSections><customLabel>true</customLabel><detailHeading>false</detailHeading>
<editHeading>true</editHeading><label>true</label><layoutColumns><layoutItems>
<behavior>Edit</behavior><field>Choice__c</field></layoutItems></layoutColumns><layoutColumns/>
<style>TwoColumnsTopToBottom</style></layoutSections>
<showEmailCheckbox>false</showEmailCheckbox></Layout>"""
PAGE = b"""<FlexiPage xmlns="http://soap.sforce.com/2006/04/metadata">
<flexiPageRegions><itemInstances><componentInstance><componentInstanceProperties>
<name>collapsed</name><value>false</value></componentInstanceProperties>
<componentName>force:detailPanel</componentName></componentInstance></itemInstances>
<itemInstances><fieldInstance><fieldItem>Record.Choice__c</fieldItem></fieldInstance>
</itemInstances><name>main</name><type>Region</type></flexiPageRegions>
<masterLabel>Contact Page</masterLabel><sobjectType>Contact</sobjectType>
<type>RecordPage</type></FlexiPage>"""
FIELD = b"""<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
<defaultValue>false</defaultValue><label>Choice</label><type>Checkbox</type></CustomField>"""
RULE = b"""<ValidationRule xmlns="http://soap.sforce.com/2006/04/metadata"><active>true</active>
<errorConditionFormula>Choice__c</errorConditionFormula><errorMessage>No</errorMessage>
</ValidationRule>"""


@pytest.fixture(scope="module")
def here():
    small = tiny_org()
    org = small.org
    load_component(org, "Layout", "Contact-Contact (Sales) Layout", LAYOUT)
    load_component(org, "Layout", "Contact-acme__Partner Layout", LAYOUT, namespace="acme")
    load_component(org, "Layout", "PersonAccount-Person Layout", LAYOUT)
    load_component(org, "Layout", "Global-Global Layout", LAYOUT)
    load_component(org, "FlexiPage", "Contact_Page", PAGE)
    load_component(org, "ValidationRule", "Contact.Keep_Choice", RULE)
    field = Field(
        "Choice__c", "boolean", "Choice", default=False, permissionable=True, history=True
    )
    add_custom_field(org, "Contact", field)
    load_component(org, "CustomField", "Contact.Choice__c", FIELD)
    profile = find_row(org, "User", small.admin)["ProfileId"]
    record_type = {"Name": "Donor", "DeveloperName": "Donor", "SobjectType": "Contact"}
    donor = insert_row(org, "RecordType", record_type)
    for kind in ("", donor):
        assign_layout(org, profile, "Contact", kind, "Contact-Contact (Sales) Layout")
    return small


def _ask(here, fields, source, clauses=""):
    return here.ask(select(fields, source, clauses), api="tooling/query")


@pytest.mark.parametrize(("api", "soql"), READINESS, ids=[soql[:60] for _, soql in READINESS])
def test_a_readiness_query_runs_on_a_tiny_org(here, api, soql):
    assert isinstance(here.ask(soql, api=api), list)


@pytest.fixture(scope="module")
def seeded():
    small = tiny_org()
    org = open_practice_org(":memory:", lambda: NOW)
    seed_org(org, Wish())
    admin = session_user(org, org.setting("admin_token"))
    return replace(small, org=org, admin=admin)


@pytest.mark.slow
@pytest.mark.parametrize(("api", "soql"), READINESS, ids=[soql[:60] for _, soql in READINESS])
def test_a_readiness_query_runs_on_the_seeded_org(seeded, api, soql):
    assert isinstance(seeded.ask(soql, api=api), list)


def test_layouts_have_plain_names_packages_and_tables(here):
    columns = ("Name", "NamespacePrefix", "ManageableState", "LayoutType", "TableEnumOrId")
    found = _ask(here, ", ".join(columns), "Layout", "ORDER BY Name")
    assert [tuple(record[name] for name in columns) for record in found] == [
        ("Contact (Sales) Layout", None, "unmanaged", "Standard", "Contact"),
        ("Global Layout", None, "unmanaged", "GlobalQuickActionList", "Global"),
        ("Partner Layout", "acme", "installed", "Standard", "Contact"),
        ("Person Layout", None, "unmanaged", "Standard", "PersonAccount"),
    ]


def test_metadata_comes_for_one_row_at_a_time(here):
    assert _ask(here, "FullName", "Layout") == (
        "MALFORMED_QUERY: When retrieving results with Metadata or FullName fields, the query "
        "qualifications must specify no more than one row for retrieval. Result size: 4"
    )
    (record,) = _ask(here, "FullName", "Layout", "WHERE Name = 'person layout'")
    assert record["FullName"] == "PersonAccount-Person Layout"


def test_a_layouts_metadata_keeps_lists_and_booleans(here):
    (record,) = _ask(here, "Metadata", "Layout", "WHERE Name = 'Person Layout'")
    item = {"behavior": "Edit", "field": "Choice__c"}
    assert record["Metadata"] == {
        "layoutSections": [
            {
                "customLabel": True, "detailHeading": False, "editHeading": True, "label": "true",
                "layoutColumns": [{"layoutItems": [item]}, {}], "style": "TwoColumnsTopToBottom",
            }
        ],
        "showEmailCheckbox": False,
    }  # fmt: skip


def test_a_pages_metadata_shows_fields_and_components(here):
    (record,) = _ask(here, "DeveloperName, MasterLabel, Metadata", "FlexiPage")
    (region,) = record["Metadata"]["flexiPageRegions"]
    component, field = region["itemInstances"]
    assert field == {"fieldInstance": {"fieldItem": "Record.Choice__c"}}
    assert component["componentInstance"]["componentInstanceProperties"] == [
        {"name": "collapsed", "value": "false"}
    ]
    assert (record["DeveloperName"], record["MasterLabel"]) == ("Contact_Page", "Contact Page")


def test_profile_layouts_say_who_gets_what(here):
    columns = "Layout.Name, Profile.Name, RecordType.Name"
    found = _ask(here, columns, "ProfileLayout", "WHERE TableEnumOrId = 'Contact'")
    named = [record["RecordType"] and record["RecordType"]["Name"] for record in found]
    assert sorted(named, key=str) == ["Donor", None]
    assert {record["Profile"]["Name"] for record in found} == {"Ada"}


def test_a_custom_field_is_found_whoever_may_see_it(here):
    where = "WHERE EntityDefinition.QualifiedApiName = 'Contact' AND DeveloperName = 'Choice'"
    (custom,) = _ask(here, "Id, TableEnumOrId", "CustomField", where)
    where = where.replace("DeveloperName =", "QualifiedApiName =").replace("Choice", "Choice__c")
    (defined,) = _ask(here, "DurableId, IsFieldHistoryTracked, DataType", "FieldDefinition", where)
    assert defined["DurableId"] == f"Contact.{custom['Id'][:15]}"
    assert (defined["IsFieldHistoryTracked"], defined["DataType"]) == (True, "Checkbox")


def test_particles_follow_field_security(here):
    soql = "SELECT QualifiedApiName FROM EntityParticle WHERE EntityDefinitionId = 'Contact'"
    names = {record["QualifiedApiName"] for record in here.ask(soql, user=here.clerk)}
    assert "Email" in names
    assert "HasOptedOutOfEmail" not in names


@pytest.mark.parametrize(
    ("field", "expected"),
    [("Email", (True, True)), ("Phone", (True, False)), ("HasOptedOutOfEmail", (False, False))],
)
def test_user_field_access_answers_for_another_user(here, field, expected):
    where = f"WHERE UserId = '{here.clerk}' AND FieldDefinitionId = 'Contact.{field}'"
    (record,) = _ask(here, "IsAccessible, IsUpdatable", "UserFieldAccess", where)
    assert (record["IsAccessible"], record["IsUpdatable"]) == expected


def test_data_types_read_as_in_setup(here):
    where = "WHERE EntityDefinition.QualifiedApiName = 'Contact'"
    found = _ask(here, "QualifiedApiName, DataType", "FieldDefinition", where)
    types = {record["QualifiedApiName"]: record["DataType"] for record in found}
    names = ("AccountId", "LastName", "Email", "Birthdate")
    assert [types[name] for name in names] == ["Lookup(Account)", "Text(80)", "Email", "Date"]


def test_a_validation_rule_is_a_row(here):
    columns = "ValidationName, Active, ErrorMessage"
    (record,) = _ask(here, columns, "ValidationRule", "WHERE EntityDefinitionId = 'Contact'")
    assert (record["ValidationName"], record["Active"], record["ErrorMessage"]) == (
        "Keep_Choice", True, "No",
    )  # fmt: skip


def test_dependencies_name_what_holds_or_names_a_field(here):
    columns = "MetadataComponentName, MetadataComponentType"
    where = "WHERE RefMetadataComponentName = 'Choice' ORDER BY MetadataComponentType"
    found = _ask(here, columns, "MetadataComponentDependency", where)
    kinds = [record["MetadataComponentType"] for record in found]
    assert kinds == ["FlexiPage", *["Layout"] * 2, "ValidationRule"]


def test_tooling_needs_view_setup(here):
    soql = select("Id", "Layout")
    assert here.ask(soql, user=here.clerk, api="tooling/query").startswith("INSUFFICIENT_ACCESS")


def test_tooling_describes_its_own_objects_only(here):
    status, answer = here.call("GET", "tooling/sobjects/Layout/describe")
    assert (status, answer["name"]) == (200, "Layout")
    for missing in ("SourceMember", "Contact"):
        assert here.call("GET", f"tooling/sobjects/{missing}/describe")[0] == 404
    names = [one["name"] for one in here.call("GET", "tooling/sobjects")[1]["sobjects"]]
    assert {"Layout", "FlexiPage"} <= set(names)


def test_a_tooling_record_is_read_by_id(here):
    (layout,) = _ask(here, "Id", "Layout", "WHERE Name = 'Person Layout'")
    _, record = here.call("GET", f"tooling/sobjects/Layout/{layout['Id']}")
    assert (record["Name"], record["Metadata"]["showEmailCheckbox"]) == ("Person Layout", False)


def test_tooling_composite_reads_metadata_one_by_one(here):
    layouts = _ask(here, "Id", "Layout")
    query = "/services/data/v63.0/tooling/query?q=SELECT+Metadata+FROM+Layout+WHERE+Id='{}'"
    parts = [
        {"method": "GET", "referenceId": f"r{n}", "url": query.format(layout["Id"])}
        for n, layout in enumerate(layouts)
    ]
    _, answer = here.call("POST", "tooling/composite", body={"compositeRequest": parts})
    assert [one["httpStatusCode"] for one in answer["compositeResponse"]] == [200] * 4


def test_deployments_come_a_hundred_a_page():
    here = tiny_org()
    here.org.set_setting("deploy_seconds", "1000")
    options = read_options({"checkOnly": True, "rollbackOnError": True, "singlePackage": True})
    jobs = [start_deploy(here.org, here.admin, b"", options, 63.0).id for _ in range(101)]
    soql = select("Id, Status, CheckOnly, CreatedBy.Name, StartDate", "DeployRequest")
    _, body = here.call("GET", "tooling/query", q=soql)
    assert (body["totalSize"], len(body["records"]), body["done"]) == (101, 100, False)
    _, rest = here.call("GET", body["nextRecordsUrl"].removeprefix("/services/data/v63.0/"))
    seen = [record["Id"] for record in [*body["records"], *rest["records"]]]
    assert sorted(seen) == sorted(jobs)
    running = here.ask(f"{soql} WHERE Status = 'InProgress'", api="tooling/query")
    assert [(one["CheckOnly"], one["CreatedBy"]["Name"]) for one in running] == [(True, "Ada")]
