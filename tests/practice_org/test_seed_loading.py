"""--metadata: a folder of files into the org, in either format, whatever is in it."""

from __future__ import annotations

import textwrap

import pytest
from corpus import corpus_files

from practice_org import tables
from practice_org.app import open_practice_org
from practice_org.loading import Names, load_folder, load_once
from practice_org.metadata.canonical import parse_metadata
from practice_org.metadata.components import (
    declared_names,
    find_component,
    layout_assignments,
    list_components,
)
from practice_org.metadata.rules_page import page_problems
from practice_org.rights import field_access
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'


def layout(*fields, extra=""):
    items = "".join(
        f"<layoutItems><behavior>{'Required' if f == 'Name' else 'Edit'}</behavior>"
        f"<field>{f}</field></layoutItems>"
        for f in fields
    )
    return (
        f"<Layout {NS}>{extra}<layoutSections><label>L</label><layoutColumns>{items}"
        "</layoutColumns><style>OneColumn</style></layoutSections></Layout>"
    )


@pytest.fixture
def folder(tmp_path):
    """Write files by relative path and return the folder."""

    def written(**files):
        for name, body in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(body), encoding="utf-8")
        return tmp_path

    return written


def load(org, folder, files, names=Names.FIRST_WINS):
    return load_folder(org, folder(**files), names)


@pytest.mark.parametrize(
    "path",
    [
        "layouts/Contact-New %28EMEA%29.layout",
        "force-app/main/default/layouts/Contact-New (EMEA).layout-meta.xml",
        "0123456789--Contact-New %28EMEA%29.layout",
    ],
)
def test_a_layout_is_loaded_under_its_plain_name(org, folder, path):
    loaded = load(org, folder, {path: layout("Name")})
    assert loaded.counts == {"Layout": 1}
    assert find_component(org, "Layout", "Contact-New (EMEA)").full_name.endswith("%28EMEA%29")


def test_only_a_hash_of_ten_is_stripped(org, folder):
    load(org, folder, {"Contact-0123--Mine.layout": layout("Name")})
    assert find_component(org, "Layout", "Contact-0123--Mine")


def test_a_loaded_layout_takes_the_place_of_the_seeds(org, folder):
    load(org, folder, {"Contact-Contact Layout.layout": layout("Name", "Email")})
    body = find_component(org, "Layout", "Contact-Contact Layout").body
    assert parse_metadata(body).value("layoutSections", "label") == "L"


TWICE = {
    "a/Lead-Two.layout": layout("Name", "Email"),
    "b/Lead-two.layout": layout("Name", "Phone"),
}


def test_of_one_name_the_first_wins_and_the_clash_is_listed(org, folder):
    loaded = load(org, folder, TWICE)
    assert loaded.clashes == ["b/Lead-two.layout: Layout Lead-two"]
    assert b"Email" in find_component(org, "Layout", "Lead-Two").body


def test_of_one_name_the_others_can_be_renamed(org, folder):
    load(org, folder, {**TWICE, "c/Lead-Two.layout": layout("Name")}, Names.RENAMED)
    names = [c.full_name for c in list_components(org, "Layout") if "wo" in c.full_name.lower()]
    assert {"Lead-Two", "Lead-two %282%29", "Lead-Two %283%29"} <= set(names)


def test_every_loaded_layout_is_assigned_to_a_profile(org, folder):
    files = {f"Contact-L{n}.layout": layout("Name") for n in range(20)}
    files |= {f"PersonAccount-P{n}.layout": layout("Name") for n in range(7)}
    before = layout_assignments(org)
    loaded = load(org, folder, files)
    after = layout_assignments(org)
    held = {entry.layout_id for entry in after}
    assert all(find_component(org, "Layout", name).id in held for name in loaded.layouts)
    assert set(before) <= set(after)


def test_what_layouts_name_is_declared_and_listed(org, folder):
    lists = "<relatedLists><relatedList>A__c.B__c</relatedList></relatedLists>"
    extra = f"<customButtons>Do_It</customButtons>{lists}"
    loaded = load(org, folder, {"Lead-X.layout": layout("Name", "Odd__c", extra=extra)})
    names = ["CustomField Lead.Odd__c", "RelatedList A__c.B__c", "WebLink Lead.Do_It"]
    assert loaded.declared == names
    assert "Lead.Odd__c" in declared_names(org, "CustomField")
    assert loaded.refused == []


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("Lead-A.layout", "<Layout><a></Layout>", "line 1, column 14: Error parsing file"),
        ("Lead-B.layout", "", "no element found"),
        ("Lead-C.layout", "<!DOCTYPE x><Layout/>", "DOCTYPE"),
        ("Lead-D.layout", f"<Profile {NS}/>", "its root is Profile, not Layout"),
        ("fields/X__c.field-meta.xml", f"<CustomField {NS}/>", "which object"),
        ("p/X.permissionset", f"<PermissionSet {NS}/>", "label"),
    ],
)
def test_what_cannot_be_read_is_reported_and_skipped(org, folder, path, body, reason):
    loaded = load(org, folder, {path: body, "Lead-Good.layout": layout("Name")})
    assert len(loaded.skipped) == 1
    assert loaded.skipped[0].startswith(f"{path}: ")
    assert reason in loaded.skipped[0]
    assert find_component(org, "Layout", "Lead-Good")


def test_an_unreadable_file_is_skipped(org, tmp_path):
    (tmp_path / "Lead-Gone.layout").symlink_to(tmp_path / "nowhere")
    (tmp_path / "Lead-Folder.layout").mkdir()
    assert load_folder(org, tmp_path).counts == {}


def test_a_layout_that_would_not_deploy_is_loaded_and_left_unassigned(org, folder):
    loaded = load(org, folder, {"Lead-Bad.layout": layout("Name", "Email", "Email")})
    assert loaded.refused == ["Lead-Bad: Field:field, value:Email appears more than once"]
    bad = find_component(org, "Layout", "Lead-Bad").id
    assert bad not in {entry.layout_id for entry in layout_assignments(org)}


FIELD = (
    f"<CustomField {NS}><fullName>Shoe__c</fullName><label>Shoe</label><length>9</length>"
    "<type>Text</type></CustomField>"
)
INNER = FIELD.replace("CustomField", "fields").replace(NS, "")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("objects/Contact/fields/Shoe__c.field-meta.xml", FIELD),
        (
            "objects/Contact.object",
            f"<CustomObject {NS}>{INNER}</CustomObject>",
        ),
    ],
)
def test_fields_come_in_both_formats(org, folder, path, body):
    load(org, folder, {path: body})
    assert tables.fields_of(org, "Contact")["Shoe__c"].label == "Shoe"
    assert find_component(org, "CustomField", "Contact.Shoe__c")


def test_a_field_of_a_kind_not_emulated_is_declared(org, folder):
    body = FIELD.replace("Text", "Location")
    loaded = load(org, folder, {"objects/Contact/fields/Shoe__c.field-meta.xml": body})
    assert loaded.declared == ["CustomField Contact.Shoe__c"]


def test_objects_keep_what_the_file_does_not_say(org, folder):
    body = f"<CustomObject {NS}><enableFeeds>false</enableFeeds></CustomObject>"
    load(org, folder, {"objects/Contact/Contact.object-meta.xml": body})
    held = parse_metadata(find_component(org, "CustomObject", "Contact").body)
    assert held.value("enableFeeds") == "false"
    assert next(held.all("actionOverrides"), None)


PROFILE = """
<Profile {ns}>
 <fieldPermissions><editable>true</editable><field>Contact.HasOptedOutOfEmail</field>
  <readable>true</readable></fieldPermissions>
 <fieldPermissions><editable>true</editable><field>Contact.Gone__c</field></fieldPermissions>
 <layoutAssignments><layout>Contact-Mine</layout><recordType>Contact.VIP</recordType>
 </layoutAssignments>
 <layoutAssignments><layout>Case-Other</layout></layoutAssignments>
 <userPermissions><enabled>true</enabled><name>FlyToTheMoon</name></userPermissions>
</Profile>"""


def test_a_profile_brings_what_this_org_can_hold(org, folder):
    files = {"Contact-Mine.layout": layout("Name"), "My Team.profile": PROFILE.format(ns=NS)}
    loaded = load(org, folder, files)
    assert loaded.skipped == []
    assert "RecordType Contact.VIP" in loaded.declared
    profile = tables.find_rows(org, "Profile", Name="My Team")[0]
    user = {"Username": "x@x.test", "LastName": "X", "ProfileId": profile["Id"]}
    member = tables.insert_row(org, "User", user)
    assert field_access(org, member, "Contact", "HasOptedOutOfEmail").value == "edit"


def test_the_administrators_profile_cannot_lose_sight_of_a_field(org, folder):
    hidden = PROFILE.format(ns=NS).replace("true", "false")
    load(org, folder, {"profiles/Admin.profile": hidden})
    admin = tables.find_rows(org, "User", Username="admin@practice.example.com")[0]["Id"]
    assert field_access(org, admin, "Contact", "HasOptedOutOfEmail").value == "edit"


def test_pages_apps_and_mappings_are_taken_as_they_are(org, folder):
    files = {
        "A.flexipage": f"<FlexiPage {NS}><masterLabel>A</masterLabel></FlexiPage>",
        "B.app": f"<CustomApplication {NS}><label>B</label></CustomApplication>",
        "C.permissionset": f"<PermissionSet {NS}><label>C</label></PermissionSet>",
    }
    loaded = load(org, folder, files)
    assert loaded.counts == {"FlexiPage": 1, "CustomApplication": 1, "PermissionSet": 1}


def test_what_a_page_names_is_declared_so_that_it_can_be_deployed(org, folder):
    field = "<fieldInstance><fieldItem>Record.Odd__c</fieldItem><identifier>f</identifier>"
    component = "<componentInstance><componentName>c:own</componentName><identifier>c</identifier>"
    items = (
        f"<itemInstances>{field}</fieldInstance></itemInstances>"
        f"<itemInstances>{component}</componentInstance></itemInstances>"
    )
    page = (
        f"<FlexiPage {NS}><flexiPageRegions>{items}<name>main</name><type>Region</type>"
        "</flexiPageRegions><masterLabel>A</masterLabel><sobjectType>Shoe__c</sobjectType>"
        "<template><name>t</name></template><type>RecordPage</type></FlexiPage>"
    )
    loaded = load(org, folder, {"A.flexipage": page})
    names = ["Component c:own", "CustomField Shoe__c.Odd__c", "CustomObject Shoe__c"]
    assert loaded.declared == names
    assert page_problems(org, "A", parse_metadata(page.encode())) == []


def test_a_folder_is_loaded_once(org, folder):
    where = folder(**{"Lead-Once.layout": layout("Name")})
    assert load_once(org, where, Names.FIRST_WINS) == ["loaded: 1 Layout"]
    assert "was loaded before" in load_once(org, where, Names.FIRST_WINS)[0]


def test_a_missing_folder_is_refused(org, tmp_path):
    with pytest.raises(ValueError, match="there is no folder"):
        load_folder(org, tmp_path / "none")


@pytest.mark.slow
def test_real_files_are_loaded_and_the_broken_ones_named(clock):
    files = corpus_files("layouts")
    org = open_practice_org(":memory:", clock)
    seed_org(org, Wish(Size(1, 1, 6)))
    with org.transaction():
        loaded = load_folder(org, files[0].parent, Names.RENAMED)
    assert loaded.counts["Layout"] > 350
    assert len(loaded.skipped) + loaded.counts["Layout"] == len(files)
