"""What people do in the browser: through the door, with the caller's own rights."""

from __future__ import annotations

from datetime import timedelta

import pytest
from actions_door import act, contact, lead, person
from data_org import NOW, tiny_org

from practice_org.actions.recycle_bin import purge_expired
from practice_org.app import handle
from practice_org.tables import find_row, insert_row
from practice_org.wire import Request

RULE = {"object": "Contact", "name": "Phone", "message": "Give a phone number", "field": "Phone"}


def test_a_deleted_record_comes_back_and_a_purged_one_does_not():
    here = tiny_org()
    one = contact(here)
    assert act(here, "delete", ids=[one])[1][0]["success"]
    assert here.ask("SELECT Id FROM Contact") == []
    assert act(here, "undelete", ids=[one])[1][0]["success"]
    assert len(here.ask("SELECT Id FROM Contact")) == 1
    act(here, "delete", ids=[one])
    assert act(here, "purge", ids=[one])[1][0]["success"]
    assert here.ask("SELECT Id FROM Contact", api="queryAll") == []


def test_a_merges_loser_that_is_taken_out_of_the_bin_has_no_master():
    here = tiny_org()
    winner, loser = contact(here), contact(here)
    act(here, "merge", winner=winner, losers=[loser])
    act(here, "undelete", ids=[loser])
    row = find_row(here.org, "Contact", loser)
    assert (row["IsDeleted"], row["MasterRecordId"]) == (0, None)


def test_each_id_of_a_list_has_its_own_outcome():
    here = tiny_org()
    one = contact(here)
    _, results = act(here, "delete", ids=[one, one, "0015e0000000000AAA", "00e5e0000000000AAA"])
    codes = [result["errors"][0]["statusCode"] if result["errors"] else "" for result in results]
    assert codes == ["", "ENTITY_IS_DELETED", "NOT_FOUND", "MALFORMED_ID"]


@pytest.mark.parametrize(
    ("action", "code"), [("undelete", "UNDELETE_FAILED"), ("purge", "INVALID_ID_FIELD")]
)
def test_a_live_record_is_not_in_the_bin(action, code):
    here = tiny_org()
    _, [result] = act(here, action, ids=[contact(here)])
    assert result["errors"][0]["statusCode"] == code


def test_the_bin_is_emptied_of_what_the_caller_may_delete():
    here = tiny_org()
    own, other = contact(here, OwnerId=here.clerk), contact(here)
    account = person(here, OwnerId=here.clerk)
    act(here, "delete", ids=[own, other, account])
    _, results = act(here, "purge", user=here.clerk)
    assert {result["id"] for result in results} == {own, account}
    assert [row["Id"] for row in here.ask("SELECT Id FROM Contact", api="queryAll")] == [other]


@pytest.mark.parametrize(("days", "left"), [(14, 2), (15, 0)])
def test_the_bin_forgets_after_fifteen_days(days, left):
    here = tiny_org()
    act(here, "delete", ids=[person(here), contact(here)])
    here.org.now = lambda: NOW + timedelta(days=days)
    purge_expired(here.org)
    assert len(here.ask("SELECT Id FROM Contact", api="queryAll")) == left


def test_a_purge_touches_no_live_record():
    here = tiny_org()
    one = contact(here)
    here.org.now = lambda: NOW + timedelta(days=400)
    assert purge_expired(here.org) == []
    assert find_row(here.org, "Contact", one) is not None


def test_every_action_moves_system_modstamp_and_is_told_by_updated_and_deleted():
    here = tiny_org()
    winner, loser = contact(here), contact(here)
    here.org.now = lambda: NOW + timedelta(minutes=5)
    act(here, "merge", winner=winner, losers=[loser])
    window = {"start": "2026-11-24T09:04:00+00:00", "end": "2026-11-24T09:06:00+00:00"}
    _, updated = here.call("GET", "sobjects/Contact/updated", **window)
    _, deleted = here.call("GET", "sobjects/Contact/deleted", **window)
    assert updated["ids"] == [winner]
    assert [row["id"] for row in deleted["deletedRecords"]] == [loser]


def test_the_audit_names_who_did_what():
    here = tiny_org()
    winner, loser = (contact(here, OwnerId=here.clerk) for _ in range(2))
    act(here, "merge", user=here.clerk, winner=winner, losers=[loser])
    rows = here.org.db.execute("SELECT action, user_id FROM audit ORDER BY number DESC LIMIT 4")
    assert {tuple(row) for row in rows} == {(a, here.clerk) for a in ("update", "delete", "merge")}


@pytest.mark.parametrize(
    ("make", "field"), [(contact, "Email"), (lead, "Email"), (person, "PersonEmail")]
)
def test_an_address_is_renamed(make, field):
    here = tiny_org()
    one = make(here)
    assert act(here, "rename_email", id=one, email="new@x.test")[0] == 200
    sobject = {"003": "Contact", "00Q": "Lead", "001": "Account"}[one[:3]]
    assert find_row(here.org, sobject, one)[field] == "new@x.test"


def test_a_business_account_has_no_address():
    here = tiny_org()
    one = insert_row(here.org, "Account", {"Name": "A"})
    status, said = act(here, "rename_email", id=one, email="new@x.test")
    assert (status, said[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_a_record_given_away_is_out_of_its_old_owners_sight():
    here = tiny_org()
    one = contact(here, OwnerId=here.clerk)
    assert act(here, "transfer_owner", user=here.clerk, id=one, owner=here.admin)[0] == 200
    assert here.ask("SELECT Id FROM Contact", user=here.clerk) == []


def test_a_record_is_given_to_nobody_who_is_gone():
    here = tiny_org()
    here.org.db.execute('UPDATE "User" SET "IsActive" = 0 WHERE "Id" = ?', (here.clerk,))
    one = contact(here)
    codes = [
        act(here, "transfer_owner", id=one, owner=owner)[1][0]["errorCode"]
        for owner in (here.clerk, "0055e0000009999AAA")
    ]
    assert codes == ["INACTIVE_OWNER_OR_USER", "INVALID_CROSS_REFERENCE_KEY"]


def test_public_sharing_shows_everybody_everything():
    here = tiny_org()
    contact(here)
    act(here, "set_sharing", sharing="public")
    assert len(here.ask("SELECT Id FROM Contact", user=here.clerk)) == 1
    act(here, "set_sharing", sharing="private")
    assert here.ask("SELECT Id FROM Contact", user=here.clerk) == []


@pytest.mark.parametrize(
    ("action", "body"), [("set_sharing", {"sharing": "public"}), ("set_rule", RULE)]
)
def test_only_a_customizer_changes_the_org(action, body):
    here = tiny_org()
    assert act(here, action, user=here.clerk, **body)[0] == 403


BAD_BODIES = [
    ("nothing", {}, "NOT_FOUND"),
    ("merge", {}, "JSON_PARSER_ERROR"),
    ("merge", {"winner": "x", "losers": "x"}, "JSON_PARSER_ERROR"),
    ("merge", {"winner": "x", "losers": [], "keep": {"a": 1}}, "JSON_PARSER_ERROR"),
    ("delete", {"ids": ["x"] * 201}, "EXCEEDED_ID_LIMIT"),
    ("convert", {"lead": "0035e0000000000AAA"}, "NOT_FOUND"),
    ("set_sharing", {"sharing": "secret"}, "INVALID_VALUE"),
    ("set_rule", {**RULE, "active": "yes"}, "JSON_PARSER_ERROR"),
    ("set_rule", {**RULE, "object": "User"}, "INVALID_TYPE"),
    ("set_rule", {**RULE, "field": "Nope"}, "INVALID_FIELD"),
    ("set_rule", {**RULE, "message": ""}, "REQUIRED_FIELD_MISSING"),
]


@pytest.mark.parametrize(("action", "body", "code"), BAD_BODIES)
def test_a_body_that_says_nothing_useful_is_refused(action, body, code):
    here = tiny_org()
    status, said = act(here, action, **body)
    assert status in (400, 404)
    assert said[0]["errorCode"] == code


def test_a_stranger_does_nothing():
    here = tiny_org()
    answer = handle(here.org, Request("POST", "/practice/actions/delete"))
    assert answer.status == 401
