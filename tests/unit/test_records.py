"""Lots of changes: how they are cut, and what is made of an answer that does not fit."""

from __future__ import annotations

import json
from urllib.parse import quote_plus, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_org import Reply, error_reply, json_reply, scripted_org

from deployer.errors import LoginRefused, OrgSaidNo, TryLater
from deployer.salesforce.records import (
    QUERY_BYTES,
    RecordChange,
    RowState,
    fetch_records,
    fetch_records_by,
    id_batches,
    lots,
    send_lot,
    update_records,
)

A, B, C = (f"003000000000{letter}00AAA" for letter in "ABC")
OK_A, OK_B = ({"id": one, "success": True, "errors": []} for one in (A, B))
LOCKED = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "a@b.example holds it", "fields": ["Id"]}
NO = {"success": False, "errors": [LOCKED]}


def change(record_id, sobject="Contact"):
    return RecordChange(sobject, record_id, {"HasOptedOutOfEmail": True})


def states(answer, ids=(A, B)):
    with scripted_org(answer) as org:
        return [row.state.name for row in send_lot(org.writer(), [change(i) for i in ids])]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([OK_A, OK_B], ["DONE", "DONE"]),
        ([OK_A, NO], ["DONE", "REFUSED"]),
        ([{**OK_A, "id": A[:15]}, OK_B], ["DONE", "DONE"]),
        ([OK_B, OK_A], ["DONE", "DONE"]),
        ([{**NO, "id": B}, OK_A], ["DONE", "REFUSED"]),
        ([OK_B], ["UNKNOWN", "DONE"]),
        ([NO], ["UNKNOWN", "UNKNOWN"]),
        ([OK_A, {**OK_A, "id": C}], ["DONE", "UNKNOWN"]),
        ([OK_A, OK_A], ["UNKNOWN", "UNKNOWN"]),
        ([OK_A, OK_B, NO], ["DONE", "DONE"]),
        ([OK_A, {"id": B}], ["DONE", "UNKNOWN"]),
        ([OK_A, {"id": B, "success": "true"}], ["DONE", "UNKNOWN"]),
        ([OK_A, {"success": False, "errors": "?"}], ["DONE", "REFUSED"]),
        ([OK_A, "B"], ["UNKNOWN", "UNKNOWN"]),
        ([{**OK_A, "id": [1]}, OK_B], ["UNKNOWN", "UNKNOWN"]),
        ([], ["UNKNOWN", "UNKNOWN"]),
        ({"done": True}, ["UNKNOWN", "UNKNOWN"]),
    ],
)
def test_an_outcome_belongs_to_its_row_or_is_unknown(answer, expected):
    assert states(json_reply(answer)) == expected


def test_a_record_sent_twice_is_told_by_its_position_or_not_at_all():
    assert states(json_reply([OK_A, {**NO, "id": A}]), (A, A)) == ["DONE", "REFUSED"]
    assert states(json_reply([OK_A]), (A, A)) == ["UNKNOWN", "UNKNOWN"]


@pytest.mark.parametrize(
    "trouble", [Reply(drop=True), Reply(cut=True), Reply(503, b"<html>"), Reply(200, b"<html>")]
)
def test_a_lost_reply_makes_every_row_unknown_and_is_never_sent_again(trouble):
    with scripted_org(trouble) as org:
        rows = update_records(org.writer(), [change(A), change(B)])
        assert [row.state for row in rows] == [RowState.UNKNOWN] * 2
        assert len(org.seen) == 1


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (error_reply("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded."), TryLater),
        (error_reply("INVALID_FIELD", 400), OrgSaidNo),
        (error_reply("INVALID_SESSION_ID", 401), LoginRefused),
    ],
)
def test_a_call_that_is_refused_whole_is_an_error(refusal, kind):
    with scripted_org(refusal) as org, pytest.raises(kind):
        update_records(org.writer(), [change(A)])


def test_a_refused_row_carries_the_orgs_words_without_addresses():
    with scripted_org(json_reply([NO])) as org:
        [row] = update_records(org.writer(), [change(A)])
    assert (row.record_id, row.code, row.fields) == (A, "UNABLE_TO_LOCK_ROW", ("Id",))
    assert row.message == "(address removed) holds it"


def test_outcomes_come_back_in_the_order_of_the_changes():
    lead = "00Q000000000A00AAA"
    answer = [OK_A, {"id": lead, "success": False, "errors": [LOCKED]}]
    with scripted_org(json_reply(answer)) as org:
        rows = update_records(org.writer(), [change(lead, "Lead"), change(A)])
        body = json.loads(org.seen[0][2])
    assert [row.record_id for row in rows] == [lead, A]
    assert [row.state for row in rows] == [RowState.REFUSED, RowState.DONE]
    assert [one["attributes"]["type"] for one in body["records"]] == ["Contact", "Lead"]
    assert body["allOrNone"] is False


@given(st.lists(st.integers(0, 15), max_size=700))
def test_a_lot_keeps_to_the_limits_and_every_change_is_in_one(types):
    cut = list(lots([change(A, f"Type{number:02}__c") for number in types]))
    assert sorted(number for lot in cut for number in lot) == list(range(len(types)))
    for lot in cut:
        kinds = [types[number] for number in lot]
        assert len(lot) <= 200
        assert kinds == sorted(kinds)
        assert len(set(kinds)) <= 10


def test_rows_of_one_object_keep_their_order():
    changes = [change(str(number), "AB"[number % 2]) for number in range(300)]
    walked = [number for lot in lots(changes) for number in lot]
    assert walked == [*range(0, 300, 2), *range(1, 300, 2)]


def test_a_query_for_many_ids_stays_short_enough_for_an_address():
    ids = [f"003{number:015}" for number in range(1000)]
    page = json_reply({"records": [], "done": True})
    with scripted_org(page) as org:
        fetch_records(org.reader(), "Contact", ids, ["HasOptedOutOfEmail"], deleted=True)
        asked = [path.partition("?q=")[2] for _, path, _ in org.seen]
    assert all(len(soql) <= QUERY_BYTES for soql in asked)
    assert [sum(one in soql for soql in asked) for one in ids] == [1] * 1000
    assert len(asked) == 3


def test_records_are_found_by_where_a_lookup_leads():
    page = json_reply({"records": [{"Id": B, "PersonContactId": A}], "done": True})
    with scripted_org(page) as org:
        [row] = fetch_records_by(org.reader(), "Account", "PersonContactId", [A])
        asked = unquote_plus(org.seen[0][1])
    assert row == {"Id": B, "PersonContactId": A}
    assert asked.endswith(f" PersonContactId, Id FROM Account WHERE PersonContactId IN ('{A}')")


@given(st.integers(0, 2000), st.integers(30, 12_000))
def test_batches_hold_every_id_once_in_order(count, room):
    ids = [f"{number:018}" for number in range(count)]
    cut = list(id_batches(ids, room))
    assert [one for batch in cut for one in batch] == ids
    literals = [", ".join(f"'{one}'" for one in batch) for batch in cut]
    assert all(len(quote_plus(text)) <= room for text in literals)


@pytest.mark.parametrize("strange", ["", "00' OR Id != '", "003000000000000é"])
def test_what_is_no_id_is_not_put_into_a_query(strange):
    with pytest.raises(ValueError, match="not letters and digits"):
        list(id_batches([A, strange], 1000))
