"""The audit shows exactly the writes that were made, whichever way they came, and no other."""

from __future__ import annotations

import pytest
from actions_door import act
from data_org import tiny_org
from data_paths import DATA, READS, WRITES, Hand
from metadata_org import CONTACT, layout_xml, one_layout, open_lab

from practice_org.tables import insert_row
from practice_org.workbench.audit_endpoint import audit_entries

NEW = {"Email": "new@practice.test"}


@pytest.fixture
def here():
    return tiny_org()


@pytest.fixture
def contact(here):
    return insert_row(here.org, "Contact", {"LastName": "Moss", "OwnerId": here.admin})


def since(org, number):
    """(action, object, record, user) of what was written after this entry."""
    return [
        (one["action"], one["subject"], one["record_id"], one["user_id"])
        for one in audit_entries(org, number)
    ]


def last(org) -> int:
    return org.db.execute("SELECT max(number) FROM audit").fetchone()[0]


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_one_entry_with_its_values(here, contact, write):
    before = last(here.org)
    write(Hand(here, here.admin), contact, NEW)
    assert since(here.org, before) == [("update", "Contact", contact, here.admin)]
    (entry,) = audit_entries(here.org, before)
    assert entry["changes"]["Email"] == NEW["Email"]
    assert entry["request_id"]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("wrong", [{"Nope__c": "1"}, {"Email": "no address"}])
def test_a_refused_write_is_no_entry(here, contact, write, wrong):
    before = last(here.org)
    write(Hand(here, here.admin), contact, wrong)
    assert since(here.org, before) == []


@pytest.mark.parametrize("read", READS)
def test_reading_is_no_entry(here, contact, read):
    before = last(here.org)
    read(Hand(here, here.admin), contact, "Email")
    assert since(here.org, before) == []


@pytest.mark.parametrize(
    ("action", "whom", "entry"),
    [("rename_email", "id", "update"), ("delete", "ids", "delete")],
)
def test_an_act_in_the_browser_is_an_entry(here, contact, action, whom, entry):
    before = last(here.org)
    body = {whom: contact if whom == "id" else [contact], "email": "n@practice.test"}
    assert act(here, action, **body)[0] == 200
    assert since(here.org, before) == [(entry, "Contact", contact, here.admin)]


def test_a_collection_is_an_entry_for_each_record(here):
    contacts = [insert_row(here.org, "Contact", {"LastName": name}) for name in "ABC"]
    before, hand = last(here.org), Hand(here, here.admin)
    typed = [{"attributes": {"type": "Contact"}, "Id": one, **NEW} for one in contacts]
    hand.ask("PATCH", f"{DATA}/composite/sobjects", {"records": typed})
    assert [entry[2] for entry in since(here.org, before)] == contacts


@pytest.mark.parametrize("check_only", [False, True])
def test_a_deployment_is_its_components_and_its_own_course(check_only):
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml("Email"))
    before = last(lab.org)
    lab.deploy(one_layout(layout_xml("Phone")), checkOnly=check_only)
    made = [(action, subject) for action, subject, *_ in since(lab.org, before)]
    changed = [] if check_only else [("changed", "Layout"), ("insert", "SetupAuditTrail")]
    assert made == [("queued", "Deployment"), *changed, ("finished", "Deployment")]
