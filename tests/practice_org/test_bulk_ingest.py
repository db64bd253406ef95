"""Bulk ingest: each row is written as over REST, and every row's outcome adds up."""

from __future__ import annotations

import json

import pytest
import requests
from bulk_door import BASE, UPDATE, Loader
from simple_salesforce import Salesforce  # noqa: TID251 - a client that is not ours

from practice_org.seed.identities import IDENTITIES
from practice_org.tables import find_row, find_rows


@pytest.fixture
def loader(org) -> Loader:
    return Loader(org)


def contacts(org, count: int) -> list[str]:
    rows = find_rows(org, "Contact", IsPersonAccount=0, IsDeleted=0)
    return [row["Id"] for row in rows[:count]]


def flags(ids: list[str]) -> bytes:
    return "".join(["Id,HasOptedOutOfEmail\n", *(f"{i},true\n" for i in ids)]).encode()


def test_an_update_ticks_the_boxes_and_every_row_is_audited(loader):
    ids = contacts(loader.org, 3)
    job = loader.load(flags(ids))
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (
        "JobComplete", 3, 0,
    )  # fmt: skip
    assert all(find_row(loader.org, "Contact", i)["HasOptedOutOfEmail"] for i in ids)
    audited = loader.org.db.execute(
        "SELECT record_id FROM audit WHERE user_id = ? AND action = 'update'", (loader.user_id,)
    )
    assert sorted(row[0] for row in audited) == sorted(ids)


def test_results_add_up_and_keep_the_columns_as_they_came(loader):
    ids = contacts(loader.org, 2)
    job = loader.load(flags([*ids, "003000000000000AAA"]))
    good, bad = loader.rows(job, "successfulResults"), loader.rows(job, "failedResults")
    assert good[0] == ["sf__Id", "sf__Created", "Id", "HasOptedOutOfEmail"]
    assert sorted(row[0] for row in good[1:]) == ids
    assert bad[1][1].startswith("INVALID_CROSS_REFERENCE_KEY:")
    assert bad[1][2:] == ["003000000000000AAA", "true"]
    assert loader.rows(job, "unprocessedrecords") == [["Id", "HasOptedOutOfEmail"]]


def test_a_row_that_fails_does_not_hold_up_another(loader):
    ids = contacts(loader.org, 3)
    loader.org.db.execute("UPDATE Contact SET IsDeleted = 1 WHERE Id = ?", (ids[1],))
    job = loader.load(flags(ids))
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (3, 1)
    assert loader.rows(job, "failedResults")[1][1] == "ENTITY_IS_DELETED:entity is deleted:--"


def test_records_are_inserted_and_deleted(loader):
    made = loader.load(b"LastName,Email\nNew,n@example.com\n", operation="insert")
    (_, row) = loader.rows(made, "successfulResults")
    assert row[1] == "true"
    gone = loader.load(f"Id\n{row[0]}\n".encode(), operation="delete")
    assert gone["numberRecordsFailed"] == 0
    assert find_row(loader.org, "Contact", row[0])["IsDeleted"]


def test_an_empty_value_leaves_a_field_alone_and_na_empties_it(loader):
    (one,) = contacts(loader.org, 1)
    before = find_row(loader.org, "Contact", one)
    loader.load(f"Id,Email,LastName\n{one},#N/A,\n".encode())
    after = find_row(loader.org, "Contact", one)
    assert (after["Email"], after["LastName"]) == (None, before["LastName"])


def test_what_a_user_may_not_write_fails_row_by_row(org):
    (runner,) = [i for i in IDENTITIES if i.name == "runner"]
    loader = Loader(org, runner.username)
    (one,) = contacts(org, 1)
    job = loader.load(f"Id,Phone\n{one},123\n".encode())
    assert job["numberRecordsFailed"] == 1
    assert find_row(org, "Contact", one)["Phone"] != "123"


FAILED = {
    "an unknown column": (b"Id,Nope\n1,2\n", "InvalidBatch : Field name not found : Nope"),
    "no Id": (b"HasOptedOutOfEmail\ntrue\n", "InvalidBatch : Field name not found : Id"),
    "nothing at all": (b"", "InvalidBatch : Field name not found : Id"),
    "a value beyond all measure": (
        b"Id,LastName\n1," + b"x" * 200_000 + b"\n",
        "field larger than",
    ),
    "another line ending": (b"Id\r\n1\r\n", "LineEnding is invalid on user data"),
}


@pytest.mark.parametrize(("data", "said"), FAILED.values(), ids=FAILED.keys())
def test_a_file_that_cannot_be_read_fails_the_job(loader, data, said):
    job = loader.load(data)
    assert job["state"] == "Failed"
    assert said in job["errorMessage"]


def test_a_file_that_breaks_off_in_the_middle_changes_nothing(loader):
    (one,) = contacts(loader.org, 1)
    job = loader.load(flags([one]) + b"x" * 200_000)
    assert job["state"] == "Failed"
    assert loader.rows(job, "unprocessedrecords")[1:] == [[one, "true"]]
    assert not find_row(loader.org, "Contact", one)["HasOptedOutOfEmail"]


def test_another_users_job_is_not_there(loader):
    job = loader.load(flags(contacts(loader.org, 1)))
    (runner,) = [i for i in IDENTITIES if i.name == "runner"]
    stranger = Loader(loader.org, runner.username)
    asked = (("GET", ""), ("GET", "/successfulResults"), ("DELETE", ""))
    assert [stranger.ask(method, f"/{job['id']}{rest}").status for method, rest in asked] == [
        404
    ] * 3
    assert loader.ask("GET", f"/{job['id']}").status == 200


def test_a_byte_order_mark_and_crlf_are_read(loader):
    (one,) = contacts(loader.org, 1)
    data = b"\xef\xbb\xbf" + flags([one]).replace(b"\n", b"\r\n")
    assert loader.load(data, lineEnding="CRLF")["numberRecordsFailed"] == 0


def test_a_job_that_is_aborted_leaves_its_rows_unprocessed(loader):
    loader.org.set_setting("bulk_seconds", "60")
    ids = contacts(loader.org, 2)
    job = loader.load(flags(ids))
    assert job["state"] == "InProgress"
    loader.ask("PATCH", f"/{job['id']}", {"state": "Aborted"})
    assert [row[0] for row in loader.rows(job, "unprocessedRecords")[1:]] == ids
    assert not any(find_row(loader.org, "Contact", i)["HasOptedOutOfEmail"] for i in ids)


REFUSED = {
    "an object that is none": ("POST", "", {"object": "Nope", "operation": "update"}, 400),
    "an operation that is none": ("POST", "", UPDATE | {"operation": "query"}, 400),
    "an upsert by what is no key": (
        "POST",
        "",
        UPDATE | {"operation": "upsert", "externalIdFieldName": "Email"},
        400,
    ),
    "a job that is not there": ("GET", "/750000000000001AAA", None, 404),
    "results of a job that is not there": ("GET", "/750000000000001AAA/failedResults", None, 404),
}


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(loader, method, path, body, status):
    assert loader.ask(method, path, body).status == status


def test_an_open_job_takes_one_upload_and_closes_once(loader):
    job = json.loads(loader.ask("POST", "", UPDATE).body)["id"]
    assert loader.ask("GET", f"/{job}/failedResults").status == 400
    assert loader.ask("GET", f"/{job}/otherResults").status == 404
    assert loader.ask("PATCH", f"/{job}", {"state": "Open"}).status == 400
    assert loader.ask("PUT", f"/{job}/batches", b"Id\n").status == 201
    assert loader.ask("PUT", f"/{job}/batches", b"Id\n").status == 400
    assert loader.ask("PATCH", f"/{job}", {"state": "UploadComplete"}).status == 200
    assert loader.ask("PUT", f"/{job}/batches", b"Id\n").status == 400
    assert loader.ask("DELETE", f"/{job}").status == 204


def test_simple_salesforce_updates_in_bulk(practice):
    ids = contacts(practice.org, 5)
    with requests.Session() as session:
        session.trust_env = False
        session.verify = practice.facts["ca_file"]
        client = Salesforce(
            session_id=practice.facts["access_token"], instance_url=practice.https,
            session=session, version="63.0",
        )  # fmt: skip
        rows = [{"Id": i, "HasOptedOutOfEmail": "true"} for i in ids]
        (result,) = client.bulk2.Contact.update(records=rows, wait=0)
    assert (result["numberRecordsProcessed"], result["numberRecordsFailed"]) == (5, 0)
    assert all(find_row(practice.org, "Contact", i)["HasOptedOutOfEmail"] for i in ids)


def test_results_of_many_batches_arrive_whole_over_a_socket(practice):
    practice.org.set_setting("bulk_batch_rows", "1")
    ids, loader = contacts(practice.org, 12), Loader(practice.org)
    job = loader.load(flags(ids))
    url = f"{practice.http}{BASE}/{job['id']}/successfulResults"
    headers = {"Authorization": loader.headers["authorization"]}
    answer = requests.get(url, headers=headers, timeout=10)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert sorted(line.split(",")[0].strip('"') for line in answer.text.split()[1:]) == ids


def test_a_large_upload_arrives_as_it_was_sent(practice):
    loader, filling = Loader(practice.org), "x" * 30_000
    rows = [f"Big{number},{filling}" for number in range(60)]
    job = json.loads(loader.ask("POST", "", UPDATE | {"operation": "insert"}).body)["id"]
    url, headers = (
        f"{practice.http}{BASE}/{job}",
        {"Authorization": loader.headers["authorization"]},
    )
    body = "\n".join(["LastName,Description", *rows])
    assert requests.put(f"{url}/batches", body, headers=headers, timeout=10).status_code == 201
    requests.patch(url, json={"state": "UploadComplete"}, headers=headers, timeout=10)
    assert loader.look({"id": job})["numberRecordsFailed"] == 0
    assert len(find_rows(practice.org, "Contact", Description=filling)) == 60
