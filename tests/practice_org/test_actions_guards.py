"""Locks, validation rules, and the two halves of a person account, on every path of a write."""

from __future__ import annotations

import pytest
from data_org import tiny_org

from practice_org.actions.convert import Conversion, convert_lead
from practice_org.actions.merge import Merge, merge_records
from practice_org.actions.org_rules import Rule, set_rule
from practice_org.actions.recycle_bin import delete_record, undelete_record
from practice_org.actions.upkeep import lock_record, rename_email, unlock_record
from practice_org.bulk.csv_text import lines_in
from practice_org.bulk.ingest_jobs import close_upload, find_ingest_job, start_ingest_job, upload
from practice_org.bulk.outcomes import Outcome, results_of
from practice_org.tables import find_row, insert_row
from practice_org.wire import OrgError

OLD_DATA = Rule("Contact", "Phone_Needed", "Give a phone number", "Phone")


def contact(here, **values):
    return insert_row(here.org, "Contact", {"LastName": "x", "OwnerId": here.clerk, **values})


def patch(here, record_id, *, user="", **values):
    """What a PATCH and a collection say of one change: "" or the code, the same on both."""
    _, single = here.call("PATCH", f"sobjects/Contact/{record_id}", user=user, body=values)
    row = {"attributes": {"type": "Contact"}, "id": record_id, **values}
    _, [many] = here.call("PATCH", "composite/sobjects", user=user, body={"records": [row]})
    codes = {
        single[0]["errorCode"] if single else "",
        many["errors"][0]["statusCode"] if many["errors"] else "",
    }
    assert len(codes) == 1
    return codes.pop()


def in_bulk(here, sobject, record_id):
    """What a Bulk API 2.0 update says of one record's opt-out."""
    asked = {"object": sobject, "operation": "update"}
    job = start_ingest_job(here.org, (here.admin, 63.0), asked)
    upload(here.org, job, f"Id,HasOptedOutOfEmail\n{record_id},true\n".encode())
    here.org.set_setting("bulk_seconds", "0")
    done = find_ingest_job(here.org, close_upload(here.org, job).id)
    failed = b"".join(results_of(here.org, done, Outcome.FAILED)).decode()
    _, row = lines_in(failed, ",")
    return row[1]


def test_a_rule_about_old_data_blocks_an_unrelated_update_with_its_own_message():
    here = tiny_org()
    one = contact(here)
    set_rule(here.org, here.admin, OLD_DATA)
    assert patch(here, one, HasOptedOutOfEmail=True) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    _, [said] = here.call("PATCH", f"sobjects/Contact/{one}", body={"Title": "x"})
    assert said["message"] == "Give a phone number"
    assert find_row(here.org, "Contact", one)["HasOptedOutOfEmail"] == 0


def test_the_update_that_mends_the_record_passes_the_rule():
    here = tiny_org()
    one = contact(here)
    set_rule(here.org, here.admin, OLD_DATA)
    assert patch(here, one, Phone="1") == ""
    assert patch(here, one, HasOptedOutOfEmail=True) == ""


@pytest.mark.parametrize("sobject", ["Contact", "Account"])
def test_a_rule_about_the_name_passes_whoever_has_a_last_name(sobject):
    here = tiny_org()
    set_rule(here.org, here.admin, Rule(sobject, "Named", "Give a name", "Name"))
    assert here.call("POST", f"sobjects/{sobject}", body={"LastName": "x"})[0] == 201


def test_a_rule_and_a_converted_lead_fail_their_rows_in_bulk():
    here = tiny_org()
    lead = insert_row(here.org, "Lead", {"LastName": "x", "Company": "y", "IsConverted": True})
    assert in_bulk(here, "Lead", lead).startswith("CANNOT_UPDATE_CONVERTED_LEAD:")
    one = contact(here)
    set_rule(here.org, here.admin, OLD_DATA)
    said = in_bulk(here, "Contact", one)
    assert said == "FIELD_CUSTOM_VALIDATION_EXCEPTION:Give a phone number:--"


def test_a_rule_switched_off_blocks_nothing():
    here = tiny_org()
    one = contact(here)
    set_rule(here.org, here.admin, OLD_DATA)
    off = Rule("Contact", "Phone_Needed", "Give a phone number", "Phone", active=False)
    set_rule(here.org, here.admin, off)
    assert patch(here, one, HasOptedOutOfEmail=True) == ""


def test_a_rule_without_a_field_blocks_every_write_of_its_object_only():
    here = tiny_org()
    set_rule(here.org, here.admin, Rule("Contact", "Closed", "Closed"))
    status, _ = here.call("POST", "sobjects/Contact", body={"LastName": "x"})
    assert status == 400
    assert here.call("POST", "sobjects/Lead", body={"LastName": "x", "Company": "y"})[0] == 201


def write_by_merge(here):
    merge_records(here.org, here.admin, Merge(contact(here), (contact(here),)))


def write_by_renaming(here):
    rename_email(here.org, here.admin, contact(here), "n@x.test")


def write_by_converting(here):
    one = insert_row(here.org, "Lead", {"LastName": "x", "Company": "y"})
    convert_lead(here.org, here.admin, Conversion(one))


@pytest.mark.parametrize("write", [write_by_merge, write_by_renaming, write_by_converting])
def test_a_rule_holds_for_actions_too(write):
    here = tiny_org()
    set_rule(here.org, here.admin, OLD_DATA)
    with pytest.raises(OrgError, match="FIELD_CUSTOM_VALIDATION_EXCEPTION: Give a phone"):
        write(here)


def test_a_locked_record_takes_no_update_until_an_administrator_unlocks_it():
    here = tiny_org()
    one = contact(here)
    lock_record(here.org, here.clerk, one)
    assert patch(here, one, user=here.clerk, Email="n@x.test") == "ENTITY_IS_LOCKED"
    with pytest.raises(OrgError, match="INSUFFICIENT_ACCESS_OR_READONLY"):
        unlock_record(here.org, here.clerk, one)
    unlock_record(here.org, here.admin, one)
    assert patch(here, one, user=here.clerk, Email="n@x.test") == ""


def test_modify_all_data_goes_past_a_lock():
    here = tiny_org()
    one = contact(here)
    lock_record(here.org, here.clerk, one)
    assert patch(here, one, Email="n@x.test") == ""


def test_a_locked_record_is_neither_deleted_nor_merged_away():
    here = tiny_org()
    winner, loser = contact(here), contact(here)
    lock_record(here.org, here.clerk, loser)
    with pytest.raises(OrgError, match="ENTITY_IS_LOCKED"):
        delete_record(here.org, here.clerk, loser)
    with pytest.raises(OrgError, match="ENTITY_IS_LOCKED"):
        merge_records(here.org, here.clerk, Merge(winner, (loser,)))


def test_both_halves_of_a_person_account_hold_one_opt_out():
    here = tiny_org()
    one = insert_row(here.org, "Account", {"LastName": "Lee"})
    body = {"PersonHasOptedOutOfEmail": True}
    assert here.call("PATCH", f"sobjects/Account/{one}", body=body)[0] == 204
    [account] = here.ask("SELECT PersonHasOptedOutOfEmail FROM Account")
    [side] = here.ask("SELECT HasOptedOutOfEmail FROM Contact WHERE IsPersonAccount = true")
    assert account["PersonHasOptedOutOfEmail"] is side["HasOptedOutOfEmail"] is True
    _, said = here.call("GET", "sobjects/Account/describe")
    assert "PersonHasOptedOutOfEmail" in {field["name"] for field in said["fields"]}


def test_the_contact_half_of_a_person_account_is_not_written_directly():
    here = tiny_org()
    account = insert_row(here.org, "Account", {"LastName": "Lee"})
    side = find_row(here.org, "Account", account)["PersonContactId"]
    refusal = "INSUFFICIENT_ACCESS_OR_READONLY"
    assert patch(here, side, HasOptedOutOfEmail=True) == refusal
    _, [said] = here.call("DELETE", f"sobjects/Contact/{side}")
    assert said["errorCode"] == refusal
    with pytest.raises(OrgError, match=refusal):
        merge_records(here.org, here.admin, Merge(contact(here), (side,)))


def test_a_deleted_person_account_takes_its_contact_half_there_and_back():
    here = tiny_org()
    account = insert_row(here.org, "Account", {"LastName": "Lee"})
    assert here.call("DELETE", f"sobjects/Account/{account}")[0] == 204
    assert here.ask("SELECT Id FROM Contact") == []
    undelete_record(here.org, here.admin, account)
    assert len(here.ask("SELECT Id FROM Contact")) == 1
