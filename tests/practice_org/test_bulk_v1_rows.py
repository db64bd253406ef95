"""The first Bulk API's rows: written as over REST, told in three formats."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from bulk_v1_door import NS, OPT_OUT, AsyncClient, contacts, rows

from practice_org.tables import find_row, find_rows


@pytest.fixture
def client(org) -> AsyncClient:
    return AsyncClient(org)


INSERTS = {
    "CSV": b'LastName,HasOptedOutOfEmail\n"B\xc3\xbclk, ""A""",true\n,false\n',
    "JSON": '[{"LastName":"Bülk, \\"A\\"","HasOptedOutOfEmail":true},{"FirstName":"B"}]'.encode(),
    "XML": (
        "<sObjects xmlns='http://www.force.com/2009/06/asyncapi/dataload'><sObject><LastName>"
        'Bülk, "A"</LastName><HasOptedOutOfEmail>true</HasOptedOutOfEmail></sObject>'
        "<sObject><FirstName>B</FirstName></sObject></sObjects>"
    ).encode(),
}


@pytest.mark.parametrize("content_type", INSERTS)
def test_a_batch_in_each_format_makes_the_same_records(client, content_type):
    batch, _ = client.load("insert", INSERTS[content_type], content_type)
    assert (batch["state"], int(batch["numberRecordsProcessed"])) == ("Completed", 2)
    assert int(batch["numberRecordsFailed"]) == 1
    (made,) = find_rows(client.org, "Contact", LastName='Bülk, "A"')
    assert made[OPT_OUT]


def test_the_outcomes_are_told_as_csv(client):
    _, results = client.load("insert", INSERTS["CSV"])
    header, good, bad = rows(results)
    assert header == ["Id", "Success", "Created", "Error"]
    assert (good[0][:3], good[1:]) == ("003", ["true", "true", ""])
    assert bad[:3] == ["", "false", "false"]
    assert bad[3].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:Last")


def test_the_outcomes_are_told_as_json(client):
    _, results = client.load("insert", INSERTS["JSON"], "JSON")
    good, bad = json.loads(results)
    assert (good["success"], good["created"], good["errors"]) == (True, True, [])
    assert (bad["success"], bad["id"]) == (False, None)
    (problem,) = bad["errors"]
    assert (problem["statusCode"], problem["fields"]) == ("REQUIRED_FIELD_MISSING", ["LastName"])
    assert problem["message"] == "Required fields are missing: [LastName]"


def test_the_outcomes_are_told_as_xml(client):
    _, results = client.load("insert", INSERTS["XML"], "XML")
    good, bad = ET.fromstring(results)
    assert (good.findtext(f"{NS}success"), good.findtext(f"{NS}id")[:3]) == ("true", "003")
    assert bad.findtext(f"{NS}errors/{NS}statusCode") == "REQUIRED_FIELD_MISSING"
    assert bad.findtext(f"{NS}id") is None


def test_an_update_ticks_boxes_and_is_audited_under_the_job(client):
    ids = contacts(client.org, 3)
    job = client.job("update")
    client.add(job, "".join([f"Id,{OPT_OUT}\n", *(f"{i},true\n" for i in ids)]).encode())
    client.ask("POST", f"/{job}", {"state": "Closed"})
    assert all(find_row(client.org, "Contact", i)[OPT_OUT] for i in ids)
    found = client.org.db.execute("SELECT record_id FROM audit WHERE request_id = ?", (job,))
    assert [row[0] for row in found] == ids


@pytest.mark.parametrize("word", ["1", "true", "TRUE"])
def test_a_checkbox_is_ticked_in_csv_by(client, word):
    (one,) = contacts(client.org, 1)
    client.load("update", f"Id,{OPT_OUT}\n{one},{word}\n".encode())
    assert find_row(client.org, "Contact", one)[OPT_OUT]


def test_a_null_in_json_empties_a_field(client):
    (one,) = contacts(client.org, 1)
    client.load("update", json.dumps([{"Id": one, "email": None}]).encode(), "JSON")
    assert find_row(client.org, "Contact", one)["Email"] is None


def test_an_upsert_without_an_id_makes_and_with_one_changes(client):
    (one,) = contacts(client.org, 1)
    data = f"Id,LastName\n{one},Changed\n,Made\n".encode()
    _, results = client.load("upsert", data, externalIdFieldName="Id")
    assert [row[1:3] for row in rows(results)[1:]] == [["true", "false"], ["true", "true"]]
    assert find_row(client.org, "Contact", one)["LastName"] == "Changed"
