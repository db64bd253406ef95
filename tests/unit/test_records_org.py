"""Updates and reads by Id against an org: real outcomes, records in the bin included."""

from __future__ import annotations

import pytest
from walk import StepClock

from deployer.commands.options import open_connection
from deployer.salesforce.records import RecordChange, RowState, fetch_records, update_records
from practice_org.actions.recycle_bin import delete_record
from practice_org.tables import find_rows

OPTED = {"HasOptedOutOfEmail": True}


@pytest.fixture
def runner(practice):
    with open_connection(
        "practice", "write", role="runner", as_json=True, clock=StepClock(practice.clock)
    ) as writer:
        yield writer


def live(org, sobject, count):
    other = {"Contact": {"IsPersonAccount": 0}, "Lead": {"IsConverted": 0}}[sobject]
    rows = find_rows(org, sobject, IsDeleted=0, HasOptedOutOfEmail=0, **other)
    return [row["Id"] for row in rows][:count]


def test_a_flag_is_set_on_contacts_and_leads_in_one_call(runner, practice):
    ids = {sobject: live(practice.org, sobject, 40) for sobject in ("Lead", "Contact")}
    changes = [RecordChange(sobject, i, OPTED) for sobject, some in ids.items() for i in some]
    before = len(runner.calls)
    rows = update_records(runner, changes)
    assert {row.state for row in rows} == {RowState.DONE}
    assert len(runner.calls) == before + 1
    for sobject, some in ids.items():
        found = fetch_records(runner, sobject, some, list(OPTED))
        assert {row["Id"]: row["HasOptedOutOfEmail"] for row in found} == dict.fromkeys(some, True)


def test_one_dead_record_holds_up_no_other(runner, practice):
    dead, alive = live(practice.org, "Contact", 2)
    delete_record(practice.org, practice.org.user_id, dead)
    rows = update_records(runner, [RecordChange("Contact", i, OPTED) for i in (dead, alive)])
    assert [(row.record_id, row.state, row.code) for row in rows] == [
        (dead, RowState.REFUSED, "ENTITY_IS_DELETED"), (alive, RowState.DONE, "")
    ]  # fmt: skip


def test_a_deleted_record_is_read_only_when_asked_for(runner, practice):
    dead, alive = live(practice.org, "Contact", 2)
    delete_record(practice.org, practice.org.user_id, dead)
    seen = [
        sorted(row["Id"] for row in fetch_records(runner, "Contact", (dead, alive), ["IsDeleted"],
                                                  deleted=deleted))
        for deleted in (False, True)
    ]  # fmt: skip
    assert seen == [[alive], sorted([dead, alive])]


def test_warnings_about_duplicates_are_waived(runner, practice, switchboard):
    heard = []
    answer = switchboard.answer
    switchboard.answer = lambda request: (heard.append(request.headers), answer(request))[1]
    update_records(runner, [RecordChange("Contact", live(practice.org, "Contact", 1)[0], OPTED)])
    assert heard[0]["sforce-duplicate-rule-header"] == "allowSave=true"
