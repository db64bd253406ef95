"""Faults of single records: whichever interface writes them, and what queries see of them."""

from __future__ import annotations

import json

import pytest
from fault_org import CALLS, collection, fault_org

from practice_org.faults.catalogue import CODES
from practice_org.faults.firing import end_request, standing_faults, switch_off
from practice_org.faults.sorts import Sort
from practice_org.objects import Field
from practice_org.tables import add_custom_field

LOCK = "UNABLE_TO_LOCK_ROW"
WINDOW = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"
ROWS = [name for name, code in CODES.items() if Sort.ROW in code.sorts]


def outcomes(answer):
    """What a Collections answer says of each record."""
    return [
        one["success"] or one["errors"][0]["statusCode"] for one in json.loads(answer.body or b"[]")
    ]


def ids(answer):
    return [one["Id"] for one in json.loads(answer.body)["records"]]


@pytest.mark.parametrize("code", [name for name in ROWS if name != "NOT_FOUND"])
def test_one_refused_record_leaves_the_others_alone(code):
    here = fault_org()
    here.on("record.update", code, every=2)
    said = CODES[code].salesforce_code
    assert outcomes(here.call("collections")) == [True, said, True]
    assert [here.phone(n) for n in range(3)] == ["1", None, "1"]


def test_one_refused_record_takes_all_back_when_all_or_none_is_asked_for():
    here = fault_org()
    here.on("collections", LOCK, every=3)
    answer = here.data("PATCH", "composite/sobjects", {**collection(here), "allOrNone": True})
    rolled = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert outcomes(answer) == [rolled, rolled, LOCK]
    assert [here.phone(n) for n in range(3)] == [None] * 3


def test_rows_are_counted_although_their_request_was_taken_back():
    here = fault_org()
    here.on("record.update", LOCK, every=2)
    statuses = [here.call("update").status for _ in range(4)]
    assert statuses == [204, 400, 204, 400]
    here.org.cache.clear()
    assert [(f.seen, f.fired) for f in standing_faults(here.org)] == [(4, 2)]


def test_a_fault_of_one_record_leaves_others_in_peace_and_uncounted():
    here = fault_org()
    fault = here.on("record.update", LOCK, only=here.ids[1])
    assert outcomes(here.call("collections")) == [True, LOCK, True]
    assert (fault.seen, fault.fired) == (1, 1)


def test_a_fault_at_an_endpoint_is_met_by_no_other():
    here = fault_org()
    here.on("collections.update", LOCK)
    assert here.call("update").status == 204
    assert outcomes(here.call("collections")) == [LOCK] * 3


def test_an_upsert_that_creates_is_a_creation_whatever_its_method():
    here = fault_org()
    add_custom_field(here.org, "Contact", Field("Key__c", "string", "Key", 20, external_id=True))
    here.on("record.update", LOCK)
    path = "sobjects/Contact/Key__c/new"
    assert here.data("PATCH", path, {"LastName": "Fir"}).status == 201
    assert here.data("PATCH", path, {"LastName": "Pine"}).status == 400


def test_a_duplicate_passes_with_the_header_and_a_blocked_one_does_not():
    here = fault_org()
    header = {"sforce_duplicate_rule_header": "allowSave=true"}
    path = f"sobjects/Contact/{here.ids[0]}"
    here.on("record.update", "DUPLICATES_DETECTED")
    assert here.data("PATCH", path, {}, **header).status == 204
    assert here.data("PATCH", path, {}).status == 400
    here.on("record.update", "DUPLICATES_BLOCKED")
    assert here.data("PATCH", path, {}, **header).status == 400


def test_a_result_can_be_missing_although_the_row_was_written():
    here = fault_org()
    here.on("collections", "MISSING_ROW", every=2)
    told = [one["id"] for one in json.loads(here.call("collections").body)]
    assert told == [here.ids[0], here.ids[2]]
    assert here.phone(1) == "1"


@pytest.mark.parametrize(
    "call",
    [
        "create", "update", "delete", "collections", "composite", "bulk.create",
        "bulk.query.create", "bulk.query.results",
    ],
)  # fmt: skip
def test_a_read_only_window_is_met_by_every_write_and_by_bulk_reads(call):
    here = fault_org()
    here.on("writes", WINDOW)
    before = here.count()
    assert WINDOW in here.call(call).body.decode()
    assert (here.count(), here.phone()) == (before, None)


@pytest.mark.parametrize("call", ["query", "get", "describe", "changes", "limits"])
def test_a_read_only_window_lets_reads_pass(call):
    here = fault_org()
    here.on("writes", WINDOW)
    assert here.call(call).status == 200


def test_a_row_is_seen_only_when_its_time_has_come():
    here = fault_org()
    here.on("query.row", "LATE_VISIBLE:60")
    here.move(seconds=61)
    here.call("update")
    assert ids(here.call("query")) == here.ids[1:]
    assert json.loads(here.call("changes").body)["ids"] == here.ids[1:]
    here.move(seconds=60)
    assert ids(here.call("query")) == here.ids
    assert json.loads(here.call("changes").body)["ids"] == here.ids


def test_a_late_row_is_behind_the_cursor_when_it_appears():
    here = fault_org()
    here.on("query.row", "LATE_VISIBLE:60")
    here.call("update")
    stamp, cursor = here.org.timestamp(), here.org.timestamp
    here.move(seconds=90)
    row = here.org.db.execute('SELECT "SystemModstamp" FROM "Contact"').fetchone()[0]
    assert row == stamp < cursor()


def test_a_revoked_session_stays_revoked():
    here = fault_org()
    here.on("any", "SESSION_REVOKED", times=1)
    assert [here.call("query").status for _ in range(3)] == [401, 401, 401]


def test_an_expired_session_by_a_fault_comes_back():
    here = fault_org()
    here.on("any", "INVALID_SESSION_ID", times=1)
    assert [here.call("query").status for _ in range(3)] == [401, 200, 200]


def test_soap_alone_can_refuse_a_token_that_rest_takes():
    here = fault_org()
    here.on("soap", "INVALID_SESSION_ID")
    assert (here.call("deploy").status, here.call("query").status) == (500, 200)


@pytest.mark.parametrize("call", CALLS)
def test_a_cleared_fault_is_gone(call):
    here, untouched = fault_org(), fault_org()
    here.on("any", "HTML_503")
    assert here.call(call).status == 503
    switch_off(here.org)
    assert here.call(call).status == untouched.call(call).status


def test_a_refused_call_is_written_nowhere():
    here = fault_org()
    here.on("any", "SERVER_UNAVAILABLE")
    before = here.org.db.execute("SELECT count(*) FROM audit").fetchone()[0]
    here.call("update")
    end_request(here.org)
    assert here.org.db.execute("SELECT count(*) FROM audit").fetchone()[0] == before
