"""The first Bulk API's queries: files of rows, each row once."""

from __future__ import annotations

import json
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from bulk_v1_door import MEDIA, NS, AsyncClient, batches, contacts, files_of, queried, rows
from data_org import tiny_org

from practice_org.tables import find_row, find_rows, insert_row


@pytest.fixture
def client(org) -> AsyncClient:
    return AsyncClient(org)


def test_deleted_rows_are_in_a_queryall_and_in_no_query(client):
    (one,) = contacts(client.org, 1)
    client.load("delete", f"Id\n{one}\n".encode())
    listed = {kind: queried(client, kind) for kind in ("query", "queryAll")}
    assert [one in ids for ids in listed.values()] == [False, True]


def test_a_query_is_cut_into_files_that_hold_each_row_once(client):
    client.org.set_setting("bulk_page_rows", "50")
    job = client.job("query")
    batch = client.add(job, b"SELECT Id, LastName FROM Contact")
    assert int(client.batch(job, batch)["numberRecordsProcessed"]) > 100
    files = files_of(client, job, batch)
    ids = [row[0] for file in files for row in rows(file)[1:]]
    assert len(files) > 2
    assert sorted(ids) == sorted(row["Id"] for row in find_rows(client.org, "Contact", IsDeleted=0))


def test_a_query_that_finds_nothing_says_so_in_its_one_file(client):
    job = client.job("query")
    batch = client.add(job, b"SELECT Id FROM Contact WHERE LastName = 'Nobody at all'")
    assert client.batch(job, batch)["numberRecordsProcessed"] == "0"
    assert files_of(client, job, batch) == [b"Records not found for this query\n"]


def test_a_json_query_gives_records_with_moments_in_milliseconds(client):
    job = client.job("query", "JSON")
    soql = b"SELECT Id, Account.Name, CreatedDate FROM Contact WHERE AccountId != null LIMIT 1"
    batch = client.add(job, soql)
    (file,) = json.loads(client.results(job, batch))
    answer = client.ask("GET", f"/{job}/batch/{batch}/result/{file}")
    (record,) = json.loads(answer.body)
    row = find_row(client.org, "Contact", record["Id"])
    assert record["attributes"]["type"] == "Contact"
    assert record["Account"]["Name"]
    assert record["CreatedDate"] == datetime.fromisoformat(row["CreatedDate"]).timestamp() * 1000


def test_an_xml_query_gives_typed_records(client):
    job = client.job("query", "XML")
    batch = client.add(job, b"SELECT Id, Account.Name FROM Contact LIMIT 3", MEDIA["XML"])
    (file,) = files_of(client, job, batch)
    records = list(ET.fromstring(file))
    assert len(records) == 3
    assert {record.findtext(f"{NS}type") for record in records} == {"Contact"}


def test_pk_chunking_leaves_the_first_batch_unprocessed_and_finds_every_row_once(client):
    soql = "SELECT Id FROM Contact WHERE LastName != 'x' OR Email = null ORDER BY LastName"
    headers = {"sforce-enable-pkchunking": "true; chunkSize=25"}
    found = queried(client, "queryAll", soql, headers)
    assert sorted(found) == sorted(row["Id"] for row in find_rows(client.org, "Contact"))
    job = client.job("query", headers=headers)
    client.add(job, b"SELECT Id FROM Contact")
    states = [batch["state"] for batch in batches(client, job)]
    assert states[0] == "NotProcessed"
    assert len(states) > 4
    assert set(states[1:]) == {"Completed"}


@pytest.fixture
def tiny():
    return tiny_org()


@pytest.mark.parametrize("operation", ["query", "queryAll"])
def test_a_query_finds_what_its_owner_may_see(tiny, operation):
    made = {}
    for user in (tiny.admin, tiny.clerk):
        row = {"LastName": "Seen", "OwnerId": user}
        made[user] = insert_row(tiny.org, "Contact", row)
    seen = {user: set(queried(AsyncClient(tiny.org, user), operation)) for user in made}
    assert seen[tiny.admin] == set(made.values())
    assert seen[tiny.clerk] == {made[tiny.clerk]}


def test_a_field_that_its_owner_may_not_see_fails_the_query(tiny):
    told = {}
    for user in (tiny.admin, tiny.clerk):
        client = AsyncClient(tiny.org, user)
        job = client.job("query")
        told[user] = client.batch(job, client.add(job, b"SELECT HasOptedOutOfEmail FROM Contact"))
    assert [told[tiny.admin]["state"], told[tiny.clerk]["state"]] == ["Completed", "Failed"]
    assert "No such column 'HasOptedOutOfEmail'" in told[tiny.clerk]["stateMessage"]
