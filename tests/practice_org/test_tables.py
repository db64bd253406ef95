from __future__ import annotations

import pytest
from data_org import NOW, tiny_org
from hypothesis import given
from hypothesis import strategies as st

from practice_org import columns, tables
from practice_org.objects import Field
from practice_org.org import open_org


def _checkbox(name: str = "X__c") -> Field:
    return Field(name, "boolean", "X", nillable=False, default=False, permissionable=True)


def test_a_new_row_gets_its_id_author_and_times():
    here = tiny_org()
    row = tables.find_row(here.org, "Lead", _lead(here, LastName="Moss", Company="Co"))
    assert (row["Id"][:3], row["Name"], row["Status"]) == ("00Q", "Moss", "Open")
    assert (row["OwnerId"], row["CreatedById"]) == (here.admin, here.admin)
    assert row["CreatedDate"] == row["SystemModstamp"] == "2026-11-24T09:00:00.000+0000"


def _lead(here, **values):
    return tables.insert_row(here.org, "Lead", values)


def test_creating_the_tables_twice_keeps_the_rows():
    here = tiny_org()
    lead = _lead(here, LastName="Moss", Company="Co")
    tables.create_tables(here.org)
    assert tables.find_row(here.org, "Lead", lead)["LastName"] == "Moss"


def test_an_orgs_file_gets_the_columns_that_came_later():
    here = tiny_org()
    here.org.db.execute('ALTER TABLE "PermissionSet" DROP COLUMN "HasActivationRequired"')
    tables.create_tables(here.org)
    assert tables.find_rows(here.org, "PermissionSet", HasActivationRequired=False)


def test_a_row_is_found_by_its_short_id_too():
    here = tiny_org()
    lead = _lead(here, LastName="Moss", Company="Co")
    assert tables.find_row(here.org, "Lead", lead[:15])["Id"] == lead


def test_a_person_account_and_its_contact_are_one_person():
    here = tiny_org()
    account = tables.insert_row(
        here.org, "Account", {"FirstName": "Ann", "LastName": "Lee", "PersonEmail": "a@x.test"}
    )
    (contact,) = tables.find_rows(here.org, "Contact", AccountId=account)
    tables.update_row(here.org, "Contact", contact["Id"], {"HasOptedOutOfEmail": True})
    tables.update_row(here.org, "Account", account, {"LastName": "Bo"})
    row = tables.find_row(here.org, "Account", account)
    assert (row["Name"], row["PersonHasOptedOutOfEmail"], row["PersonEmail"]) == (
        "Ann Bo", 1, "a@x.test",
    )  # fmt: skip


def test_deleting_a_person_account_deletes_its_contact():
    here = tiny_org()
    account = tables.insert_row(here.org, "Account", {"LastName": "Lee"})
    contact = tables.find_row(here.org, "Account", account)["PersonContactId"]
    tables.delete_row(here.org, "Account", account)
    assert tables.find_row(here.org, "Contact", contact)["IsDeleted"] == 1
    assert tables.find_rows(here.org, "Contact") == []


def test_a_row_without_a_recycle_bin_is_gone_when_deleted():
    here = tiny_org()
    assigned = {"AssigneeId": here.clerk, "PermissionSetId": here.admin_set}
    row = tables.insert_row(here.org, "PermissionSetAssignment", assigned)
    tables.delete_row(here.org, "PermissionSetAssignment", row)
    assert tables.find_row(here.org, "PermissionSetAssignment", row) is None


def test_a_custom_contact_field_shows_on_person_accounts():
    here = tiny_org()
    tables.add_custom_field(here.org, "Contact", _checkbox())
    account = tables.insert_row(here.org, "Account", {"LastName": "Lee", "X__pc": True})
    (contact,) = tables.find_rows(here.org, "Contact", AccountId=account)
    assert (contact["X__c"], tables.find_row(here.org, "Account", account)["X__pc"]) == (1, 1)


def test_rows_written_before_a_field_get_its_default():
    here = tiny_org()
    lead = _lead(here, LastName="Moss", Company="Co")
    tables.add_custom_field(here.org, "Lead", _checkbox())
    assert tables.find_row(here.org, "Lead", lead)["X__c"] == 0


def test_adding_a_field_again_changes_its_definition_and_keeps_the_values():
    here = tiny_org()
    tables.add_custom_field(here.org, "Lead", _checkbox())
    lead = _lead(here, LastName="Moss", Company="Co", X__c=True)
    tables.add_custom_field(here.org, "Lead", Field("X__c", "boolean", "Renamed"))
    assert tables.fields_of(here.org, "Lead")["X__c"].label == "Renamed"
    assert tables.find_row(here.org, "Lead", lead)["X__c"] == 1


def test_a_new_field_is_visible_to_the_administrators_profile_only():
    here = tiny_org()
    profile = tables.find_row(here.org, "User", here.admin)["ProfileId"]
    here.org.set_setting("admin_profile_id", profile)
    tables.add_custom_field(here.org, "Lead", _checkbox())
    grants = tables.find_rows(here.org, "FieldPermissions", Field="Lead.X__c")
    assert [(row["ParentId"], row["PermissionsEdit"]) for row in grants] == [(here.admin_set, 1)]


def test_a_dropped_field_takes_its_grants_along():
    here = tiny_org()
    profile = tables.find_row(here.org, "User", here.admin)["ProfileId"]
    here.org.set_setting("admin_profile_id", profile)
    tables.add_custom_field(here.org, "Lead", _checkbox())
    tables.drop_custom_field(here.org, "Lead", "X__c")
    assert "X__c" not in tables.fields_of(here.org, "Lead")
    assert tables.find_rows(here.org, "FieldPermissions", Field="Lead.X__c") == []


def _make_and_take_back(here):
    with here.org.transaction():
        tables.add_custom_field(here.org, "Contact", _checkbox())
        assert "X__pc" in tables.fields_of(here.org, "Account")
        raise KeyError


def test_a_field_of_a_transaction_taken_back_is_gone():
    here = tiny_org()
    with pytest.raises(KeyError):
        _make_and_take_back(here)
    assert "X__c" not in tables.fields_of(here.org, "Contact")
    assert "X__pc" not in tables.fields_of(here.org, "Account")


def test_an_org_in_a_file_is_for_its_owner_alone(tmp_path):
    org = open_org(tmp_path / "org.sqlite", lambda: NOW)
    tables.create_tables(org)
    assert [path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077] == []
    org.db.close()


def test_person_fields_are_absent_while_person_accounts_are_off():
    org = open_org(":memory:", lambda: NOW)
    tables.create_tables(org)
    assert "IsPersonAccount" not in tables.fields_of(org, "Contact")
    assert "PersonEmail" not in tables.fields_of(org, "Account")


@pytest.mark.parametrize("change", ["insert", "update", "find"])
def test_a_field_that_is_not_there_is_refused_by_name(change):
    here = tiny_org()
    lead = _lead(here, LastName="Moss", Company="Co")
    with pytest.raises(ValueError, match="no such field: Nope"):
        {
            "insert": lambda: _lead(here, Nope=1),
            "update": lambda: tables.update_row(here.org, "Lead", lead, {"Nope": 1}),
            "find": lambda: tables.find_rows(here.org, "Lead", Nope=1),
        }[change]()


@pytest.mark.parametrize("change", [tables.delete_row, tables.update_row])
def test_a_row_that_is_not_there_cannot_be_changed(change):
    here = tiny_org()
    values = ({},) if change is tables.update_row else ()
    with pytest.raises(KeyError):
        change(here.org, "Lead", "00Q5e0000000009AAA", *values)


@given(
    st.builds(
        Field,
        name=st.just("X__c"),
        type=st.sampled_from(["string", "boolean", "reference"]),
        label=st.text(),
        length=st.integers(0, 255),
        refers_to=st.lists(st.text(), max_size=2).map(tuple),
        choices=st.lists(st.text(), max_size=3).map(tuple),
        default=st.none() | st.booleans() | st.text(),
    )
)
def test_a_field_definition_survives_being_stored(field):
    assert columns.from_json(columns.to_json(field)) == field
