"""One row of a bulk file: written, refused in one sentence, and never in another's way."""

from __future__ import annotations

import pytest
from data_org import tiny_org

from practice_org.bulk.row_writers import canonical_columns, open_work, write_row
from practice_org.objects import OBJECTS, Field
from practice_org.tables import add_custom_field, find_row, find_rows, insert_row, update_row
from practice_org.wire import OrgError

KEY = Field("Number__c", "string", "Number", 20, permissionable=True, external_id=True)


class Desk:
    """A tiny org, one Contact in it, and rows written by its administrator."""

    def __init__(self) -> None:
        self.tiny = tiny_org()
        self.org = self.tiny.org
        self.org.set_setting(
            "admin_profile_id", find_row(self.org, "User", self.tiny.admin)["ProfileId"]
        )
        add_custom_field(self.org, "Contact", KEY)
        self.one = insert_row(self.org, "Contact", {"LastName": "One", "Number__c": "1"})

    def work(self, operation: str, key: str = "", user: str = ""):
        contact = OBJECTS["Contact"]
        return open_work(self.org, user or self.tiny.admin, contact, operation, key)

    def contact(self, record_id: str):
        return find_row(self.org, "Contact", record_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_upsert_changes_what_is_there_and_makes_what_is_not(desk):
    work = desk.work("upsert", "number__C")
    changed = write_row(work, {"Number__c": "1", "LastName": "Changed"})
    made = write_row(work, {"Number__c": "2", "LastName": "Made"})
    assert (changed.record_id, changed.created, made.created) == (desk.one, False, True)
    assert desk.contact(desk.one)["LastName"] == "Changed"
    assert desk.contact(made.record_id)["Number__c"] == "2"


def test_an_upsert_by_id_inserts_where_there_is_none(desk):
    work = desk.work("upsert", "Id")
    assert not write_row(work, {"Id": desk.one, "LastName": "Changed"}).created
    assert write_row(work, {"Id": "", "LastName": "Made"}).created


def test_a_hard_delete_leaves_nothing_in_the_bin(desk):
    assert write_row(desk.work("hardDelete"), {"Id": desk.one}).error == ""
    assert desk.contact(desk.one) is None


def test_a_deleted_record_goes_into_the_bin(desk):
    assert write_row(desk.work("delete"), {"Id": desk.one}).error == ""
    assert desk.contact(desk.one)["IsDeleted"]


REFUSED = {
    "no id": ("update", {"Id": ""}, "MISSING_ARGUMENT:Id not specified in an update call:--"),
    "an id on insert": (
        "insert",
        {"Id": "003000000000000AAA", "LastName": "X"},
        "INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id --",
    ),
    "no last name": (
        "insert",
        {"Email": "a@example.com"},
        "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
    ),
    "no such record": (
        "update",
        {"Id": "003000000000000AAA", "LastName": "X"},
        "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--",
    ),
}


@pytest.mark.parametrize(("operation", "values", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_row_that_cannot_be_written_says_why(desk, operation, values, said):
    assert write_row(desk.work(operation), values).error == said


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_an_id_twice_in_one_batch_fails_the_second_time(desk, operation):
    work = desk.work(operation)
    first, second = (write_row(work, {"Id": i}) for i in (desk.one, desk.one[:15]))
    assert (first.error, second.error[:16]) == ("", "DUPLICATE_VALUE:")


def test_a_key_that_several_records_hold_is_refused(desk):
    other = insert_row(desk.org, "Contact", {"LastName": "Two"})
    update_row(desk.org, "Contact", other, {"Number__c": "1"})
    said = write_row(desk.work("upsert", "Number__c"), {"Number__c": "1", "LastName": "X"}).error
    assert said.startswith("DUPLICATE_EXTERNAL_ID:")
    assert {row["LastName"] for row in find_rows(desk.org, "Contact")} == {"One", "Two"}


@pytest.mark.parametrize("operation", ["undelete", "query", ""])
def test_an_operation_that_there_is_not_is_refused(desk, operation):
    with pytest.raises(OrgError, match="Unsupported operation"):
        desk.work(operation)


def test_a_hard_delete_needs_its_permission(desk):
    with pytest.raises(OrgError, match="hardDelete operation requires"):
        desk.work("hardDelete", user=desk.tiny.clerk)


def test_columns_are_known_in_any_case_and_an_unknown_one_is_named(desk):
    work = desk.work("update")
    assert canonical_columns(work, ["ID", "lastname"]) == ["Id", "LastName"]
    with pytest.raises(OrgError, match=r"Field name not found : Nope\. Batch will not be retried"):
        canonical_columns(work, ["Id", "Nope"])
