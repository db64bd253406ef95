"""The seed: what a new org must hold for a deploy to have something to do, and to go wrong on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from time import process_time

import pytest

from practice_org import tables
from practice_org.app import open_practice_org
from practice_org.metadata.canonical import parse_metadata
from practice_org.metadata.components import (
    component_by_id,
    find_component,
    layout_assignments,
    list_components,
)
from practice_org.metadata.references import layout_fields
from practice_org.metadata.rules_app import app_problems, mapping_problems
from practice_org.metadata.rules_layout import layout_problems
from practice_org.metadata.rules_page import page_problems
from practice_org.metadata.shapes import shape_problems
from practice_org.rights import field_access, may, object_rights
from practice_org.seed.fields import MARKETO_LABEL, add_marketo_field
from practice_org.seed.org_seed import Kind, Wish, seed_org
from practice_org.seed.people import Size

OPT_OUT = {"HasOptedOutOfEmail", "PersonHasOptedOutOfEmail"}
RULES = {
    "Layout": layout_problems,
    "FlexiPage": page_problems,
    "CustomApplication": app_problems,
    "LeadConvertSettings": mapping_problems,
}


def user_id(org, name):
    return tables.find_rows(org, "User", Username=f"{name}@practice.example.com")[0]["Id"]


def fields_on(layout):
    return [node.text for node in layout_fields(parse_metadata(layout.body))]


def held_by(layout):
    return OPT_OUT & set(fields_on(layout))


@pytest.fixture
def layouts(org):
    return list_components(org, "Layout")


@pytest.fixture
def assigned(org):
    return {entry.layout_id for entry in layout_assignments(org)}


def test_there_are_layouts_of_all_three_kinds(layouts):
    kinds = Counter(layout.full_name.partition("-")[0] for layout in layouts)
    assert kinds["Contact"] >= 5
    assert kinds["Lead"] >= 4
    assert kinds["PersonAccount"] >= 3
    assert sum("%28" in layout.full_name for layout in layouts) >= 9


def test_most_assigned_layouts_lack_the_field(layouts, assigned):
    lacking = [layout for layout in layouts if layout.id in assigned and not held_by(layout)]
    assert len(lacking) >= 9


def test_some_layouts_have_it_one_read_only(layouts):
    with_it = [layout for layout in layouts if held_by(layout)]
    behaviors = [
        item.value("behavior")
        for layout in with_it
        for item in parse_metadata(layout.body).all(
            "layoutSections", "layoutColumns", "layoutItems"
        )
        if item.value("field") in OPT_OUT
    ]
    assert sorted(behaviors) == ["Edit", "Edit", "Readonly"]


def test_one_is_managed_and_one_is_assigned_to_nobody(layouts, assigned):
    assert [layout.full_name for layout in layouts if layout.namespace] == [
        "Contact-acme__Partner Layout"
    ]
    unused = [layout.full_name for layout in layouts if layout.id not in assigned]
    assert unused == ["Contact-Event Attendee %282019%29 Layout"]


@pytest.mark.parametrize("kind", RULES)
def test_what_is_seeded_would_also_deploy(org, kind):
    for found in list_components(org, kind):
        root = parse_metadata(found.body)
        problems = [*RULES[kind](org, found.full_name, root), *shape_problems(root, kind, 63.0)]
        assert problems == [], found.full_name


def test_layouts_are_as_varied_as_real_ones(layouts):
    parts = Counter()
    for layout in layouts:
        root = parse_metadata(layout.body)
        parts.update({child.name for child in root.children})
        parts.update({node.value("style") for node in root.all("layoutSections")})
        parts.update(
            "empty column"
            for column in root.all("layoutSections", "layoutColumns")
            if not column.children
        )
    wanted = ("CustomLinks", "OneColumn", "TwoColumnsLeftToRight", "empty column", "miniLayout")
    wanted += ("relatedLists", "quickActionList", "platformActionList", "customButtons")
    assert all(parts[part] for part in wanted)
    assert any(not layout.full_name.isascii() for layout in layouts)


def test_every_profile_has_a_layout_for_every_record_type(org):
    seen = {(e.profile_id, e.object, e.record_type_id) for e in layout_assignments(org)}
    types = {entry.record_type_id for entry in layout_assignments(org)} - {""}
    profiles = [row["Id"] for row in tables.find_rows(org, "Profile")]
    assert len(profiles) == 6
    assert len(seen) == len(profiles) * (3 + len(types))


def test_there_are_sixty_users_some_of_them_inactive(org):
    users = tables.find_rows(org, "User")
    assert len(users) == 60
    assert 1 <= sum(not user["IsActive"] for user in users) <= 3
    assert all(user["Email"].endswith("example.com") for user in users)


def test_most_active_users_do_not_see_the_field(org):
    active = tables.find_rows(org, "User", IsActive=True)
    access = [field_access(org, u["Id"], "Contact", "HasOptedOutOfEmail").value for u in active]
    seeing = [given for given in access if given != "none"]
    assert 5 <= len(seeing) < len(active) / 3


@pytest.mark.parametrize("sobject", ["Contact", "Lead"])
@pytest.mark.parametrize(
    ("name", "access"),
    [
        ("admin", "edit"),
        ("deployer", "read"),
        ("auditor", "read"),
        ("runner", "edit"),
        ("marketing.sync", "none"),
    ],
)
def test_who_may_do_what_with_the_field(org, sobject, name, access):
    assert field_access(org, user_id(org, name), sobject, "HasOptedOutOfEmail").value == access


@pytest.mark.parametrize(
    ("name", "permission", "held"),
    [
        ("admin", "ModifyAllData", True),
        ("deployer", "ModifyMetadata", True),
        ("deployer", "ManageProfilesPermissionsets", True),
        ("deployer", "ModifyAllData", False),
        ("auditor", "ViewSetup", True),
        ("auditor", "ModifyMetadata", False),
        ("runner", "ApiEnabled", True),
        ("runner", "ViewSetup", False),
    ],
)
def test_each_identity_has_its_own_rights(org, name, permission, held):
    assert may(org, user_id(org, name), permission) is held


def test_the_runner_reaches_every_contact_and_lead(org):
    for sobject in ("Contact", "Lead"):
        held = object_rights(org, user_id(org, "runner"), sobject)
        assert held.view_all
        assert held.modify_all


def test_the_administrator_edits_every_field(org):
    for sobject in ("Account", "Contact", "Lead"):
        secured = [f.name for f in tables.fields_of(org, sobject).values() if f.permissionable]
        admin = user_id(org, "admin")
        access = {field_access(org, admin, sobject, name).value for name in secured}
        assert access == {"edit"}


def test_the_org_default_page_of_contact_has_a_detail_panel(org):
    views = parse_metadata(find_component(org, "CustomObject", "Contact").body)
    assert {node.value("content") for node in views.all("actionOverrides")} == {
        "Contact_Record_Page"
    }
    page = find_component(org, "FlexiPage", "Contact_Record_Page")
    assert b"force:detailPanel" in page.body


def test_sales_see_a_page_with_dynamic_forms(org):
    app = parse_metadata(find_component(org, "CustomApplication", "Sales_Workspace").body)
    override = next(app.all("profileActionOverrides"))
    page = find_component(org, "FlexiPage", override.value("content"))
    assert override.value("profile") == "Sales"
    assert b"Record.Email" in page.body
    assert b"force:detailPanel" not in page.body


def test_some_records_are_opted_out_and_some_leads_converted(org):
    contacts = tables.find_rows(org, "Contact", HasOptedOutOfEmail=True)
    leads = tables.find_rows(org, "Lead")
    assert contacts
    assert any(lead["IsConverted"] and lead["ConvertedContactId"] for lead in leads)
    assert tables.find_rows(org, "Account", IsPersonAccount=True)


def test_the_default_seed_is_large_and_quick():
    org = open_practice_org(":memory:", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    before = process_time()
    seed_org(org, Wish())
    assert process_time() - before < 3
    assert len(tables.find_rows(org, "Contact", IsPersonAccount=False)) == 2000
    assert len(tables.find_rows(org, "Lead")) == 1500


def test_the_same_wish_gives_the_same_people():
    def people():
        org = open_practice_org(":memory:", lambda: datetime(2026, 1, 1, tzinfo=UTC))
        seed_org(org, Wish(Size(30, 20, 12)))
        rows = tables.find_rows(org, "Contact") + tables.find_rows(org, "Lead")
        return [(row["Id"], row["Name"], row["Email"]) for row in rows]

    assert people() == people()


@pytest.mark.parametrize("size", [Size(0, 0, 0), Size(1, 1, 6), Size(7, 160, 7)])
def test_small_orgs_can_be_seeded_too(size):
    org = open_practice_org(":memory:", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    seed_org(org, Wish(size))
    assert len(tables.find_rows(org, "Lead")) == size.leads
    assert len(tables.find_rows(org, "User")) == max(size.users, 6)


@pytest.mark.parametrize(("kind", "sandbox"), [(Kind.SANDBOX, 1), (Kind.PRODUCTION, 0)])
def test_the_organization_says_what_it_is(kind, sandbox):
    org = open_practice_org(":memory:", lambda: datetime(2026, 1, 1, tzinfo=UTC))
    seed_org(org, Wish(Size(1, 1, 6), kind))
    assert tables.find_rows(org, "Organization")[0]["IsSandbox"] == sandbox


def test_there_is_no_marketo_field_until_asked_for(org):
    labels = [field.label for field in tables.fields_of(org, "Contact").values()]
    assert MARKETO_LABEL not in labels
    add_marketo_field(org)
    for sobject in ("Contact", "Lead"):
        field = tables.fields_of(org, sobject)["Marketo_Sales_Opt_Out__c"]
        assert (field.label, field.type) == (MARKETO_LABEL, "boolean")
        assert find_component(org, "CustomField", f"{sobject}.{field.name}")


def test_a_layout_assignment_points_at_a_layout(org):
    for entry in layout_assignments(org):
        layout = component_by_id(org, entry.layout_id)
        assert layout.full_name.startswith(f"{entry.object}-")
