"""Many records or requests in one call: outcomes in order, all or none where asked."""

from __future__ import annotations

import pytest
from data_org import tiny_org

from practice_org.limits import usage
from practice_org.tables import find_row, insert_row

CONTACT = {"LastName": "Moss", "Email": "m@x.test"}


def _typed(sobject, **values):
    return {"attributes": {"type": sobject}, **values}


def test_a_collection_reports_each_record_in_order():
    here = tiny_org()
    contact = insert_row(here.org, "Contact", CONTACT)
    records = [
        _typed("Contact", Id=contact, Title="Boss"),
        _typed("Contact", id="0035e0000000099AAA", Title="Boss"),
        _typed("Contact", Title="Boss"),
        _typed("Nope", id=contact),
    ]
    status, answer = here.call("PATCH", "composite/sobjects", body={"records": records})
    codes = [one["errors"][0]["statusCode"] if one["errors"] else "" for one in answer]
    assert (status, codes) == (
        200, ["", "INVALID_CROSS_REFERENCE_KEY", "MISSING_ARGUMENT", "INVALID_TYPE"],
    )  # fmt: skip
    assert find_row(here.org, "Contact", contact)["Title"] == "Boss"


def test_all_or_none_takes_the_good_ones_back():
    here = tiny_org()
    records = [_typed("Contact", LastName="x"), _typed("Contact")]
    body = {"allOrNone": True, "records": records}
    _, answer = here.call("POST", "composite/sobjects", body=body)
    codes = [one["errors"][0]["statusCode"] for one in answer]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert here.ask("SELECT Id FROM Contact") == []


def test_a_collection_is_deleted_by_ids():
    here = tiny_org()
    ids = [insert_row(here.org, "Contact", CONTACT) for _ in range(2)]
    given = ",".join([*ids, "zzz5e0000000001AAA"])
    _, answer = here.call("DELETE", "composite/sobjects", ids=given, allOrNone="false")
    assert [one["success"] for one in answer] == [True, True, False]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_many_are_read_in_order_with_null_for_none(method):
    here = tiny_org()
    contact = insert_row(here.org, "Contact", CONTACT)
    ids, fields = ["0035e0000000099AAA", contact], ["LastName"]
    asked = (
        {"body": {"ids": ids, "fields": fields}}
        if method == "POST"
        else {"ids": ",".join(ids), "fields": "LastName"}
    )
    _, answer = here.call(method, "composite/sobjects/Contact", **asked)
    assert answer[0] is None
    assert answer[1]["LastName"] == "Moss"


@pytest.mark.parametrize(
    ("records", "code"),
    [(None, "JSON_PARSER_ERROR"), ([{}] * 201, "EXCEEDED_ID_LIMIT")],
)
def test_a_collection_out_of_bounds_is_refused(records, code):
    here = tiny_org()
    status, answer = here.call("POST", "composite/sobjects", body={"records": records})
    assert (status, answer[0]["errorCode"]) == (400, code)


def test_a_wrong_field_fails_the_whole_read():
    here = tiny_org()
    contact = insert_row(here.org, "Contact", CONTACT)
    asked = {"ids": contact, "fields": "Nope"}
    assert here.call("GET", "composite/sobjects/Contact", **asked)[0] == 400


def test_records_are_counted():
    here = tiny_org()
    insert_row(here.org, "Contact", CONTACT)
    _, answer = here.call("GET", "limits/recordCount", sObjects="Contact,Lead,Nope")
    counts = [{"count": 1, "name": "Contact"}, {"count": 0, "name": "Lead"}]
    assert answer == {"sObjects": counts}


def test_updated_and_deleted_records_are_listed_for_a_period():
    here = tiny_org()
    kept, gone = (insert_row(here.org, "Contact", CONTACT) for _ in range(2))
    here.call("DELETE", f"sobjects/Contact/{gone}")
    period = {"start": "2026-11-24T00:00:00+00:00", "end": "2026-11-25T00:00:00 00:00"}
    _, updated = here.call("GET", "sobjects/Contact/updated", **period)
    _, deleted = here.call("GET", "sobjects/Contact/deleted", **period)
    assert updated["ids"] == [kept]
    assert [one["id"] for one in deleted["deletedRecords"]] == [gone]
    assert deleted["latestDateCovered"] == "2026-11-25T00:00:00.000+0000"


@pytest.mark.parametrize(
    ("path", "code"),
    [("sobjects/Contact/updated", "INVALID_VALUE"), ("sobjects/User/deleted", "INVALID_TYPE")],
)
def test_a_period_and_a_recycle_bin_are_needed(path, code):
    here = tiny_org()
    period = {"start": "2026-11-24T00:00:00Z", "end": "2026-11-25T00:00:00Z"}
    asked = period if code == "INVALID_TYPE" else {}
    assert here.call("GET", path, **asked)[1][0]["errorCode"] == code


BASE = "/services/data/v63.0"


def _part(reference, method, path, body=None):
    return {
        "referenceId": reference, "method": method, "url": f"{BASE}/{path}",
        **({"body": body} if body is not None else {}),
    }  # fmt: skip


def test_a_subrequest_uses_what_an_earlier_one_answered():
    here = tiny_org()
    parts = [
        _part("new", "POST", "sobjects/Contact", CONTACT),
        _part("got", "GET", "query?q=SELECT+LastName+FROM+Contact+WHERE+Id='@{new.id}'"),
        _part("bad", "GET", "sobjects/Contact/@{got.records[9].Id}"),
    ]
    _, answer = here.call("POST", "composite", body={"compositeRequest": parts})
    answers = answer["compositeResponse"]
    assert [one["httpStatusCode"] for one in answers] == [201, 200, 400]
    assert [one["referenceId"] for one in answers] == ["new", "got", "bad"]
    assert answers[1]["body"]["records"][0]["LastName"] == "Moss"
    assert answers[0]["httpHeaders"]["Location"].startswith(f"{BASE}/sobjects/Contact/003")


def test_all_or_none_halts_and_takes_back_a_composite():
    here = tiny_org()
    parts = [
        _part("a", "POST", "sobjects/Contact", CONTACT),
        _part("b", "POST", "sobjects/Contact", {}),
        _part("c", "POST", "sobjects/Contact", CONTACT),
    ]
    body = {"allOrNone": True, "compositeRequest": parts}
    _, answer = here.call("POST", "composite", body=body)
    codes = [one["body"][0]["errorCode"] for one in answer["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert here.ask("SELECT Id FROM Contact") == []


def test_a_batch_goes_on_or_halts_as_asked():
    here = tiny_org()
    parts = [
        {"method": "GET", "url": "v63.0/sobjects/Nope/describe"},
        {"method": "GET", "url": f"{BASE}/limits"},
    ]
    for halt, expected in ((False, [404, 200]), (True, [404, 412])):
        body = {"batchRequests": parts, "haltOnError": halt}
        _, answer = here.call("POST", "composite/batch", body=body)
        assert answer["hasErrors"] is True
        assert [one["statusCode"] for one in answer["results"]] == expected


@pytest.mark.parametrize(
    ("path", "key", "counted"),
    [("composite", "compositeRequest", 1), ("composite/batch", "batchRequests", 1 + 3)],
)
def test_a_composite_is_one_call_and_a_batch_one_for_each_of_its_parts(path, key, counted):
    here = tiny_org()
    parts = [_part(f"r{n}", "GET", "limits") for n in range(3)]
    here.call("POST", path, body={key: parts})
    assert usage(here.org).used == counted


def test_a_batch_goes_as_far_as_the_days_calls_do():
    here = tiny_org()
    here.org.set_setting("daily_api_requests", "2")
    body = {"batchRequests": [{"url": f"{BASE}/limits"}] * 2}
    _, answer = here.call("POST", "composite/batch", body=body)
    assert [one["statusCode"] for one in answer["results"]] == [200, 403]


@pytest.mark.parametrize("parts", [None, [1], [{}] * 26])
def test_a_composite_out_of_bounds_is_refused(parts):
    here = tiny_org()
    assert here.call("POST", "composite", body={"compositeRequest": parts})[0] == 400
