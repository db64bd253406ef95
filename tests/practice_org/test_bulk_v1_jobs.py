"""The first Bulk API's jobs and batches: states, forms, refusals, owners."""

from __future__ import annotations

import pytest
from bulk_v1_door import MEDIA, AsyncClient, contacts, facts, identity, rows

from practice_org.tables import find_row, find_rows


@pytest.fixture
def client(org) -> AsyncClient:
    return AsyncClient(org)


def test_a_job_tells_its_batches_in_the_form_of_the_request(client):
    job = client.job("insert")
    client.add(job, b"LastName\nA\n")
    told = [
        facts(client.ask("GET", f"/{job}", kind=kind)) for kind in (MEDIA["JSON"], MEDIA["XML"])
    ]
    assert [type(each["numberBatchesTotal"]) for each in told] == [int, str]
    assert {int(each["numberBatchesCompleted"]) for each in told} == {1}
    assert {int(each["numberRecordsProcessed"]) for each in told} == {1}


def test_what_was_sent_can_be_read_again(client):
    job = client.job("insert")
    batch = client.add(job, b"LastName\nA\n")
    assert client.ask("GET", f"/{job}/batch/{batch}/request").body == b"LastName\nA\n"


def test_a_batch_takes_the_time_that_the_org_says(client, clock):
    client.org.set_setting("bulk_seconds", "60")
    job = client.job("insert")
    batch = client.add(job, b"LastName\nSlow\n")
    states = [client.batch(job, batch)["state"]]
    for seconds in (30, 30):
        clock.move(seconds=seconds)
        states.append(client.batch(job, batch)["state"])
    assert states == ["Queued", "InProgress", "Completed"]


def test_what_is_queued_when_a_job_is_aborted_is_not_processed(client, clock):
    client.org.set_setting("bulk_seconds", "60")
    job = client.job("insert")
    batch = client.add(job, b"LastName\nNever\n")
    client.ask("POST", f"/{job}", {"state": "Aborted"})
    clock.move(minutes=2)
    assert client.batch(job, batch)["state"] == "NotProcessed"
    assert not find_rows(client.org, "Contact", LastName="Never")


FAILED = {
    "a column that is no field": ("insert", b"Nope\n1\n", "Field name not found : Nope"),
    "no Id": ("update", b"LastName\nA\n", "Field name not found : Id"),
    "too many rows": ("insert", b"LastName\n" + b"A\n" * 10_001, "Exceeded number of records"),
    "a query of nothing": ("query", b"SELECT Nope__c FROM Contact", "INVALID_FIELD"),
    "a query that counts": ("query", b"SELECT COUNT() FROM Contact", "Aggregate"),
}


@pytest.mark.parametrize(("operation", "data", "said"), FAILED.values(), ids=FAILED.keys())
def test_a_batch_that_cannot_be_done_fails_and_says_why(client, operation, data, said):
    job = client.job(operation)
    batch = client.batch(job, client.add(job, data))
    assert batch["state"] == "Failed"
    assert batch["stateMessage"].startswith("InvalidBatch : ")
    assert said in batch["stateMessage"]
    assert facts(client.ask("GET", f"/{job}/batch/{batch['id']}/result"))["exceptionCode"] == (
        "InvalidBatch"
    )


@pytest.mark.parametrize("content_type", ["JSON", "XML"])
def test_a_file_that_is_not_of_its_jobs_format_fails_its_batch(client, content_type):
    job = client.job("insert", content_type)
    batch = client.batch(job, client.add(job, b"LastName\nA\n", MEDIA[content_type]))
    assert batch["stateMessage"].startswith(f"InvalidBatch : Failed to parse {content_type}")


REFUSED = {
    "an object that is none": ({"object": "Nope", "operation": "insert"}, "InvalidJob"),
    "an operation that is none": ({"operation": "merge"}, "InvalidJob"),
    "a format that is none": ({"operation": "insert", "contentType": "ZIP_CSV"}, "InvalidJob"),
    "an upsert without a key": ({"operation": "upsert"}, "InvalidJob"),
}


@pytest.mark.parametrize(("asked", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_job_that_cannot_be_is_refused(client, asked, code):
    answer = client.ask("POST", "", {"object": "Contact", "contentType": "CSV"} | asked)
    assert (answer.status, facts(answer)["exceptionCode"]) == (400, code)


def test_a_closed_job_takes_no_batch_and_closes_once(client):
    job = client.job("insert")
    client.ask("POST", f"/{job}", {"state": "Closed"})
    told = [
        client.ask("POST", f"/{job}/batch", b"LastName\n", "text/csv"),
        client.ask("POST", f"/{job}", {"state": "Closed"}),
    ]
    assert [facts(answer)["exceptionCode"] for answer in told] == ["InvalidJobState"] * 2


def test_a_batch_of_more_than_ten_million_bytes_is_refused(client):
    answer = client.ask("POST", f"/{client.job('insert')}/batch", b"x" * 10_000_001, "text/csv")
    assert facts(answer)["exceptionCode"] == "ClientInputError"


def test_batches_beyond_those_of_24_hours_are_refused(client, clock):
    client.org.set_setting("daily_bulk_batches", "2")
    job = client.job("insert")
    told = [client.ask("POST", f"/{job}/batch", b"LastName\n", "text/csv") for _ in range(3)]
    assert [answer.status for answer in told] == [201, 201, 400]
    assert facts(told[-1])["exceptionCode"] == "ExceededQuota"
    clock.move(hours=25)
    client.token = AsyncClient(client.org).token
    assert client.add(job, b"LastName\n")


def test_a_job_is_forgotten_after_seven_days(client, clock):
    job = client.job("insert")
    client.add(job, b"LastName\nA\n")
    clock.move(days=8)
    client.token = AsyncClient(client.org).token
    client.job("insert")
    assert facts(client.ask("GET", f"/{job}"))["exceptionCode"] == "InvalidJob"
    kept = "SELECT (SELECT COUNT(*) FROM async_batch) + (SELECT COUNT(*) FROM async_file)"
    assert client.org.db.execute(kept).fetchone()[0] == 0


@pytest.mark.parametrize("kind", ["application/json", "application/xml; charset=UTF-8", ""])
def test_an_ended_session_is_told_in_the_form_of_the_request(client, kind):
    client.token = "gone"
    answer = client.ask("GET", "/750000000000001", kind=kind)
    assert answer.status == 400
    assert facts(answer)["exceptionCode"] == "InvalidSessionId"
    assert answer.headers["Content-Type"] == MEDIA["JSON" if "json" in kind else "XML"]


def test_a_token_in_the_authorization_header_is_not_looked_at(client):
    bearer = f"Bearer {client.token}"
    answer = client.ask("GET", "/750000000000001", authorization=bearer, **{"x-sfdc-session": ""})
    assert facts(answer)["exceptionCode"] == "InvalidSessionId"


def test_another_users_job_is_not_for_the_caller(client):
    job = client.job("query")
    batch = client.add(job, b"SELECT Id FROM Contact")
    stranger = AsyncClient(client.org, identity(client.org, "runner"))
    paths = ("", "/batch", f"/batch/{batch}", f"/batch/{batch}/request", f"/batch/{batch}/result")
    told = [facts(stranger.ask("GET", f"/{job}{path}")) for path in paths]
    assert {each["exceptionCode"] for each in told} == {"InvalidUser"}


def test_what_a_user_may_not_write_fails_row_by_row(org):
    (one,) = contacts(org, 1)
    batch, results = AsyncClient(org, identity(org, "runner")).load(
        "update", f"Id,Phone\n{one},123\n".encode()
    )
    assert (batch["state"], batch["numberRecordsFailed"]) == ("Completed", "1")
    assert rows(results)[1][1] == "false"
    assert find_row(org, "Contact", one)["Phone"] != "123"


def test_a_job_that_was_never_made_is_no_job(client):
    answer = client.ask("GET", "/750000000000001AAA")
    assert (answer.status, facts(answer)["exceptionCode"]) == (400, "InvalidJob")
