"""Rights come from the profile, permission sets and groups; field security hides fields."""

from __future__ import annotations

import pytest
from data_org import OWN_RECORDS, add_user, grant_objects, select, tiny_org

from practice_org import rights
from practice_org.objects import Field
from practice_org.rights import FieldAccess
from practice_org.tables import add_custom_field, find_rows, insert_row, update_row


def _group(here, *, muted=()):
    """A group with one set that edits Title, may assign sets and reads all; some of it muted."""
    org = here.org
    given = {"Name": "S", "Label": "S", "PermissionsAssignPermissionSets": True}
    part = insert_row(org, "PermissionSet", given)
    rights.grant_fields(org, part, "Contact", {"Title": FieldAccess.EDIT})
    grant_objects(org, part, "Contact", {"PermissionsViewAllRecords": True})
    group = insert_row(org, "PermissionSetGroup", {"DeveloperName": "G", "MasterLabel": "G"})
    held = {f"Permissions{name}": True for name in muted if name != "Title"}
    muting = insert_row(
        org, "MutingPermissionSet", {"DeveloperName": "M", "MasterLabel": "M", **held}
    )
    if "Title" in muted:
        rights.grant_fields(org, muting, "Contact", {"Title": FieldAccess.READ})
    for member in (part, muting):
        parts = {"PermissionSetGroupId": group, "PermissionSetId": member}
        insert_row(org, "PermissionSetGroupComponent", parts)
    assigned = {"AssigneeId": here.clerk, "PermissionSetGroupId": group}
    insert_row(org, "PermissionSetAssignment", assigned)


def test_a_group_gives_what_its_sets_give():
    here = tiny_org()
    _group(here)
    assert rights.may(here.org, here.clerk, "AssignPermissionSets")
    assert rights.field_access(here.org, here.clerk, "Contact", "Title") is FieldAccess.EDIT
    assert rights.object_rights(here.org, here.clerk, "Contact").view_all


@pytest.mark.parametrize(
    ("sobject", "values"),
    [
        ("PermissionSetAssignment", {"IsActive": False}),
        ("PermissionSetGroup", {"HasActivationRequired": True}),
    ],
)
def test_what_has_ended_or_waits_for_a_session_gives_nothing(sobject, values):
    here = tiny_org()
    _group(here)
    (row,) = find_rows(here.org, sobject)
    update_row(here.org, sobject, row["Id"], values)
    assert not rights.may(here.org, here.clerk, "AssignPermissionSets")


def test_a_muting_set_takes_back_what_its_group_gives():
    here = tiny_org()
    _group(here, muted=("AssignPermissionSets", "Title"))
    assert not rights.may(here.org, here.clerk, "AssignPermissionSets")
    assert rights.field_access(here.org, here.clerk, "Contact", "Title") is FieldAccess.NONE


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Email", FieldAccess.EDIT),
        ("Phone", FieldAccess.READ),
        ("HasOptedOutOfEmail", FieldAccess.NONE),
        ("LastName", FieldAccess.EDIT),
        ("CreatedDate", FieldAccess.READ),
        ("Nope", FieldAccess.NONE),
    ],
)
def test_field_security_decides_what_the_clerk_may_do(field, expected):
    here = tiny_org()
    assert rights.field_access(here.org, here.clerk, "Contact", field) is expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [("PersonEmail", FieldAccess.EDIT), ("PersonHasOptedOutOfEmail", FieldAccess.NONE)],
)
def test_a_person_accounts_field_follows_the_contacts_security(field, expected):
    here = tiny_org()
    assert rights.field_access(here.org, here.clerk, "Account", field) is expected


def test_a_formula_is_never_editable():
    here = tiny_org()
    field = Field("F__c", "string", "F", permissionable=True, calculated=True)
    add_custom_field(here.org, "Contact", field)
    rights.grant_fields(here.org, here.clerk_set, "Contact", {"F__c": FieldAccess.EDIT})
    assert rights.field_access(here.org, here.clerk, "Contact", "F__c") is FieldAccess.READ


def test_modify_all_data_opens_objects_but_not_fields():
    here = tiny_org()
    mighty, _ = add_user(here.org, "Max", ("ApiEnabled", "ModifyAllData"))
    assert rights.object_rights(here.org, mighty, "Lead").modify_all
    assert rights.field_access(here.org, mighty, "Lead", "Title") is FieldAccess.NONE


def test_view_all_data_reads_and_changes_nothing():
    here = tiny_org()
    auditor, _ = add_user(here.org, "Au", ("ApiEnabled", "ViewAllData"))
    held = rights.object_rights(here.org, auditor, "Lead")
    assert (held.read, held.view_all, held.edit, held.create) == (True, True, False, False)


def test_a_hidden_field_is_no_such_column_in_query_and_write():
    here = tiny_org()
    refusal = here.ask("SELECT HasOptedOutOfEmail FROM Contact", user=here.clerk)
    assert "No such column 'HasOptedOutOfEmail' on entity 'Contact'" in refusal
    values = {"LastName": "x", "HasOptedOutOfEmail": True}
    status, body = here.call("POST", "sobjects/Contact", user=here.clerk, body=values)
    sentence = "No such column 'HasOptedOutOfEmail' on sobject of type Contact"
    assert (status, body) == (400, [{"message": sentence, "errorCode": "INVALID_FIELD"}])


def test_a_relationship_through_a_hidden_field_is_not_understood():
    here = tiny_org()
    refusal = here.ask("SELECT Account.Name FROM Contact", user=here.clerk)
    assert "Didn't understand relationship 'Account'" in refusal


def test_an_object_without_rights_is_not_supported():
    here = tiny_org()
    stranger, _ = add_user(here.org, "Stan", ("ApiEnabled",))
    assert here.ask("SELECT Id FROM Contact", user=stranger).startswith("INVALID_TYPE")
    assert here.call("GET", "sobjects/Contact/describe", user=stranger)[0] == 404


def test_private_records_are_seen_by_owner_and_by_view_all_only():
    here = tiny_org()
    insert_row(here.org, "Lead", {"LastName": "Hers", "Company": "x"})
    insert_row(here.org, "Lead", {"LastName": "His", "Company": "x", "OwnerId": here.clerk})
    seen = here.ask("SELECT LastName FROM Lead", user=here.clerk)
    assert [record["LastName"] for record in seen] == ["His"]
    assert len(here.ask("SELECT LastName FROM Lead")) == 2


def test_public_sharing_shows_everybodys_records():
    here = tiny_org()
    here.org.set_setting("sharing", "public")
    insert_row(here.org, "Lead", {"LastName": "Hers", "Company": "x"})
    assert len(here.ask("SELECT LastName FROM Lead", user=here.clerk)) == 1


@pytest.mark.parametrize("sobject", ["FieldPermissions", "ObjectPermissions", "SetupAuditTrail"])
def test_setup_objects_need_view_setup(sobject):
    here = tiny_org()
    soql = select("Id", sobject)
    assert here.ask(soql, user=here.clerk).startswith("INSUFFICIENT_ACCESS: ")
    assert isinstance(here.ask(soql), list)


@pytest.mark.parametrize(
    ("owner", "rights_of", "expected"),
    [
        ("clerk", {}, (True, True, True)),
        ("admin", {}, (False, False, False)),
        ("admin", {"PermissionsViewAllRecords": True}, (True, False, False)),
        ("admin", {"PermissionsModifyAllRecords": True}, (True, True, True)),
    ],
)
def test_user_record_access_says_what_sharing_leaves(owner, rights_of, expected):
    here = tiny_org()
    owned = {"LastName": "x", "Company": "y", "OwnerId": getattr(here, owner)}
    lead = insert_row(here.org, "Lead", owned)
    grant_objects(here.org, here.clerk_set, "Lead", {**OWN_RECORDS, **rights_of})
    columns = "HasReadAccess, HasEditAccess, HasDeleteAccess"
    (record,) = here.ask(
        select(
            columns,
            "UserRecordAccess",
            f"WHERE UserId = '{here.clerk}' AND RecordId = '{lead[:15]}'",
        )
    )
    assert tuple(record[name] for name in columns.split(", ")) == expected


def test_user_record_access_wants_a_user_and_records():
    here = tiny_org()
    refusal = here.ask("SELECT RecordId FROM UserRecordAccess")
    assert refusal.startswith("MALFORMED_QUERY: UserRecordAccess queries must filter")


def test_user_record_access_of_setup_rows_and_of_nothing():
    here = tiny_org()
    ids = f"'{here.admin_set}', '0035e0000000009AAA', 'zzz5e0000000009AAA'"
    where = f"WHERE UserId = '{here.clerk}' AND RecordId IN ({ids})"
    found = here.ask(select("MaxAccessLevel", "UserRecordAccess", where))
    assert sorted(record["MaxAccessLevel"] for record in found) == ["None", "None", "Read"]
