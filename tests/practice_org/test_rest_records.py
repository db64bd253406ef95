"""Records over REST: what is accepted, and each refusal in Salesforce's code and words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from data_org import add_user, grant_objects, tiny_org

from practice_org.app import handle
from practice_org.login.sessions import start_session
from practice_org.objects import Field
from practice_org.tables import add_custom_field, find_row, find_rows, insert_row
from practice_org.wire import Request

CONTACT = {"LastName": "Moss", "Email": "m@x.test"}


def test_a_record_is_made_read_changed_and_removed():
    here = tiny_org()
    status, made = here.call("POST", "sobjects/Contact", body=CONTACT)
    assert (status, made["success"], made["errors"]) == (201, True, [])
    path = f"sobjects/contact/{made['id']}"
    assert here.call("PATCH", path, body={"hasoptedoutofemail": True}) == (204, None)
    _, record = here.call("GET", path, fields="LastName,HasOptedOutOfEmail")
    assert (record["LastName"], record["HasOptedOutOfEmail"]) == ("Moss", True)
    assert here.call("DELETE", path) == (204, None)
    assert here.call("GET", path)[0] == 404


def test_contacts_are_changed_and_removed_where_there_are_no_person_accounts():
    here = tiny_org()
    here.org.set_setting("person_accounts", "0")
    path = f"sobjects/Contact/{insert_row(here.org, 'Contact', CONTACT)}"
    assert here.call("PATCH", path, body={"LastName": "Fern"}) == (204, None)
    assert here.call("DELETE", path) == (204, None)


def test_a_record_read_whole_has_the_visible_fields_only():
    here = tiny_org()
    contact = insert_row(here.org, "Contact", {**CONTACT, "OwnerId": here.clerk})
    _, record = here.call("GET", f"sobjects/Contact/{contact}", user=here.clerk)
    assert record["Email"] == "m@x.test"
    assert "HasOptedOutOfEmail" not in record


def test_a_person_account_is_made_from_a_last_name():
    here = tiny_org()
    body = {"LastName": "Lee", "PersonHasOptedOutOfEmail": True}
    _, made = here.call("POST", "sobjects/Account", body=body)
    row = find_row(here.org, "Account", made["id"])
    assert (row["IsPersonAccount"], row["PersonHasOptedOutOfEmail"]) == (1, 1)


REFUSED_CONTACTS = [
    ({}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName, Required__c]"),
    ({"Foo": 1}, "INVALID_FIELD", "No such column 'Foo' on sobject of type Contact"),
    ({"CreatedDate": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "fields: CreatedDate"),
    ({"DoNotCall": "maybe"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of boolean"),
    ({"LastName": 5}, "JSON_PARSER_ERROR", "Cannot deserialize instance of string"),
    ({"Birthdate": "soon"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of date"),
    ({"Title": "x" * 129}, "STRING_TOO_LONG", "Title: data value too large"),
    ({"Email": "nobody"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nobody"),
    ({"AccountId": "00Q5e0000000001AAA"}, "MALFORMED_ID", "Account ID: id value of incorrect type"),
    ({"LastName": "x"}, "REQUIRED_FIELD_MISSING", "are missing: [Required__c]"),
    ({"LastName": "x", "Number__c": True}, "JSON_PARSER_ERROR", "instance of double"),
    ({"LastName": "x", "Number__c": "many"}, "JSON_PARSER_ERROR", "instance of double"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "says"), REFUSED_CONTACTS)
def test_a_contact_is_refused(body, code, says):
    here = tiny_org()
    required = Field("Required__c", "string", "R", 10, nillable=False)
    add_custom_field(here.org, "Contact", required)
    add_custom_field(here.org, "Contact", Field("Number__c", "double", "N"))
    status, answer = here.call("POST", "sobjects/Contact", body=body)
    assert (status, answer[0]["errorCode"]) == (400, code)
    assert says in answer[0]["message"]


def test_values_arrive_in_the_columns_form():
    here = tiny_org()
    add_custom_field(here.org, "Contact", Field("Number__c", "double", "N"))
    body = {
        "LastName": "x", "HasOptedOutOfEmail": "TRUE", "DoNotCall": None, "Title": "",
        "Birthdate": "1990-02-01", "EmailBouncedDate": "2026-01-01T10:00:00+02:00",
        "Number__c": "1.5",
    }  # fmt: skip
    row = find_row(here.org, "Contact", here.call("POST", "sobjects/Contact", body=body)[1]["id"])
    assert [row[name] for name in body] == [
        "x", 1, 0, None, "1990-02-01", "2026-01-01T08:00:00.000+0000", 1.5,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "record_id", "status", "code"),
    [
        ("PATCH", "0035e0000000009AAA", 404, "NOT_FOUND"),
        ("DELETE", "0035e0000000009AAA", 404, "NOT_FOUND"),
        ("GET", "0035e0000000009AAA", 404, "NOT_FOUND"),
        ("GET", "0035e00000000091", 404, "NOT_FOUND"),
        ("PATCH", "00Q5e0000000001AAA", 400, "MALFORMED_ID"),
        ("PATCH", "0035e00000000091", 400, "MALFORMED_ID"),
    ],
)
def test_an_id_without_a_contact_is_refused(method, record_id, status, code):
    here = tiny_org()
    body = {} if method == "PATCH" else None
    answer = here.call(method, f"sobjects/Contact/{record_id}", body=body)
    assert (answer[0], answer[1][0]["errorCode"]) == (status, code)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_deleted_record_is_deleted(method):
    here = tiny_org()
    contact = insert_row(here.org, "Contact", CONTACT)
    path = f"sobjects/Contact/{contact}"
    here.call("DELETE", path)
    status, answer = here.call(method, path, body={} if method == "PATCH" else None)
    assert (status, answer[0]["message"]) == (404, "entity is deleted")


def test_a_required_field_cannot_be_emptied():
    here = tiny_org()
    contact = insert_row(here.org, "Contact", CONTACT)
    status, answer = here.call("PATCH", f"sobjects/Contact/{contact}", body={"LastName": None})
    assert (status, answer[0]["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")


def test_a_converted_lead_cannot_be_updated():
    here = tiny_org()
    lead = insert_row(here.org, "Lead", {"LastName": "x", "Company": "y", "IsConverted": True})
    answer = here.call("PATCH", f"sobjects/Lead/{lead}", body={"HasOptedOutOfEmail": True})
    sentence = "cannot reference converted lead"
    assert answer == (400, [{"message": sentence, "errorCode": "CANNOT_UPDATE_CONVERTED_LEAD"}])


def test_a_field_one_may_only_read_cannot_be_written():
    here = tiny_org()
    contact = insert_row(here.org, "Contact", {**CONTACT, "OwnerId": here.clerk})
    path = f"sobjects/Contact/{contact}"
    _, answer = here.call("PATCH", path, user=here.clerk, body={"Phone": "1"})
    assert answer[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert answer[0]["fields"] == ["Phone"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_somebody_elses_record_is_read_only(method):
    here = tiny_org()
    grant_objects(here.org, here.clerk_set, "Contact", {"PermissionsViewAllRecords": True})
    contact = insert_row(here.org, "Contact", CONTACT)
    body = {"Email": "n@x.test"} if method == "PATCH" else None
    path = f"sobjects/Contact/{contact}"
    status, answer = here.call(method, path, user=here.clerk, body=body)
    assert (status, answer[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")


def test_making_records_needs_the_objects_create_right():
    here = tiny_org()
    reader, reader_set = add_user(here.org, "Rita", ("ApiEnabled",))
    grant_objects(here.org, reader_set, "Contact", {"PermissionsRead": True})
    status, _ = here.call("POST", "sobjects/Contact", user=reader, body={"LastName": "x"})
    assert status == 403


@pytest.mark.parametrize(
    ("method", "path", "word"),
    [
        ("POST", "sobjects/Profile", "inserted"),
        ("PATCH", "sobjects/Profile/00e5e0000000001AAA", "updated"),
        ("DELETE", "sobjects/User/0055e0000000001AAA", "deleted"),
        ("POST", "tooling/sobjects/Layout", "inserted"),
    ],
)
def test_an_object_that_rest_does_not_write_says_so(method, path, word):
    here = tiny_org()
    status, answer = here.call(method, path, body={} if method != "DELETE" else None)
    assert (status, answer[0]["errorCode"]) == (400, "INVALID_TYPE_FOR_OPERATION")
    assert f"entity type cannot be {word}" in answer[0]["message"]


def _assign(here, user="", **more):
    body = {"AssigneeId": here.clerk, "PermissionSetId": here.admin_set, **more}
    return here.call("POST", "sobjects/PermissionSetAssignment", user=user, body=body)


def test_a_permission_set_is_assigned_once():
    here = tiny_org()
    assert _assign(here)[0] == 201
    status, answer = _assign(here)
    assert (status, answer[0]["errorCode"]) == (400, "DUPLICATE_VALUE")
    assert answer[0]["message"] == (
        f"Duplicate PermissionSetAssignment. Assignee: {here.clerk[:15]}; "
        f"Permission Set: {here.admin_set[:15]}"
    )


def test_assigning_needs_the_permission_to_assign():
    here = tiny_org()
    status, answer = _assign(here, user=here.clerk)
    assert (status, answer[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    helper, _ = add_user(here.org, "Hel", ("ApiEnabled", "AssignPermissionSets"))
    assert _assign(here, user=helper)[0] == 201


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"PermissionSetId": "0PS5e0000000099AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"PermissionSetId": None}, "REQUIRED_FIELD_MISSING"),
        ({"AssigneeId": None}, "REQUIRED_FIELD_MISSING"),
    ],
)
def test_an_assignment_of_nothing_is_refused(more, code):
    here = tiny_org()
    assert _assign(here, **more)[1][0]["errorCode"] == code


def test_an_assignment_is_taken_back():
    here = tiny_org()
    _, made = _assign(here)
    assert here.call("DELETE", f"sobjects/PermissionSetAssignment/{made['id']}")[0] == 204
    assert find_rows(here.org, "PermissionSetAssignment", AssigneeId=here.clerk) == []


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
def test_a_body_that_is_no_object_is_refused(body):
    here = tiny_org()
    headers = {"authorization": f"Bearer {start_session(here.org, here.admin)}"}
    request = Request("POST", "/services/data/v63.0/sobjects/Contact", headers=headers)
    answer = handle(here.org, replace(request, body=body))
    assert answer.status == 400
    assert b"JSON_PARSER_ERROR" in answer.body


def test_upsert_makes_changes_and_names_several():
    here = tiny_org()
    add_custom_field(here.org, "Lead", Field("Key__c", "string", "Key", 20, external_id=True))
    body = {"LastName": "x", "Company": "y"}
    assert here.call("PATCH", "sobjects/Lead/Key__c/a1", body=body)[0] == 201
    status, changed = here.call("PATCH", "sobjects/Lead/Key__c/a1", body={"Company": "z"})
    assert (status, changed["created"]) == (200, False)
    insert_row(here.org, "Lead", {**body, "Key__c": "a1"})
    status, urls = here.call("PATCH", "sobjects/Lead/Key__c/a1", body=body)
    assert (status, len(urls)) == (300, 2)


def test_upsert_needs_an_external_id():
    here = tiny_org()
    assert here.call("PATCH", "sobjects/Lead/Nope__c/a1", body={})[0] == 404
