"""Bulk queries: a job by the org's clock, pages of CSV, and a client nobody here wrote."""

from __future__ import annotations

import csv
import io
import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from simple_salesforce import Salesforce  # noqa: TID251 - a client that is not ours

from practice_org.app import handle
from practice_org.bulk.csv_text import DELIMITERS, to_line
from practice_org.login.sessions import start_session
from practice_org.seed.identities import IDENTITIES
from practice_org.tables import find_rows
from practice_org.wire import Request

BASE = "/services/data/v63.0/jobs/query"
SOQL = "SELECT Id, LastName, HasOptedOutOfEmail, Account.Name FROM Contact"


class Asker:
    """One user asking the org over `handle`."""

    def __init__(self, org, username: str = "admin@practice.example.com") -> None:
        (user,) = find_rows(org, "User", Username=username)
        self.org = org
        self.headers = {"authorization": f"Bearer {start_session(org, user['Id'])}"}

    def ask(self, method: str, path: str, body: object = None, **query: str):
        data = b"" if body is None else json.dumps(body).encode()
        return handle(self.org, Request(method, BASE + path, query, self.headers, data))

    def start(self, soql: str = SOQL, **options: str) -> str:
        asked = {"operation": "query", "query": soql, **options}
        return json.loads(self.ask("POST", "", asked).body)["id"]

    def look(self, job: str) -> dict:
        return json.loads(self.ask("GET", f"/{job}").body)

    def pages(self, job: str, **query: str):
        locator = ""
        while locator != "null":
            asked = {**query, **({"locator": locator} if locator else {})}
            answer = self.ask("GET", f"/{job}/results", **asked)
            assert answer.status == 200, answer.body
            yield answer
            locator = answer.headers["Sforce-Locator"]


@pytest.fixture
def asker(org) -> Asker:
    return Asker(org)


def rows(body: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline=""), delimiter=delimiter))


def test_a_job_is_complete_and_counts_what_it_found(asker):
    job = asker.look(asker.start())
    assert (job["state"], job["object"], job["jobType"]) == ("JobComplete", "Contact", "V2Query")
    (page,) = asker.pages(job["id"])
    assert int(page.headers["Sforce-NumberOfRecords"]) == job["numberRecordsProcessed"] > 100


def test_a_job_takes_the_time_that_the_org_is_given(asker, clock):
    asker.org.set_setting("bulk_seconds", "60")
    job = asker.start()
    assert asker.look(job)["state"] == "InProgress"
    assert asker.ask("GET", f"/{job}/results").status == 400
    clock.move(seconds=61)
    assert asker.look(job)["state"] == "JobComplete"


@pytest.mark.parametrize("size", ["1", "7", "50", "100000"])
def test_pages_of_any_size_hold_every_row_once_and_repeat_the_header(asker, size):
    job = asker.start()
    pages = [rows(page.body) for page in asker.pages(job, maxRecords=size)]
    header = ["Id", "LastName", "HasOptedOutOfEmail", "Account.Name"]
    assert all(page[0] == header for page in pages)
    ids = [row[0] for page in pages for row in page[1:]]
    assert len(ids) == len(set(ids)) == asker.look(job)["numberRecordsProcessed"]


def test_a_boolean_is_lower_case_and_a_missing_parent_is_empty(asker):
    (page,) = asker.pages(asker.start())
    found = rows(page.body)[1:]
    assert {row[2] for row in found} <= {"true", "false"}
    assert page.body.startswith(b'"Id","LastName"')


@pytest.mark.parametrize("name", DELIMITERS)
def test_the_delimiter_is_the_jobs(asker, name):
    job = asker.start(columnDelimiter=name, lineEnding="CRLF")
    (page,) = asker.pages(job)
    assert len(rows(page.body, DELIMITERS[name])[0]) == 4
    assert page.body.count(b"\r\n") == page.body.count(b"\n")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_comes_back_from_a_line_of_csv(values):
    line = to_line(values, ",", "\n")
    assert next(csv.reader(io.StringIO(line, newline=""), strict=True)) == values


def test_a_deleted_row_is_in_query_all_only(asker):
    (contact,) = find_rows(asker.org, "Contact")[:1]
    asker.org.db.execute("UPDATE Contact SET IsDeleted = 1 WHERE Id = ?", (contact["Id"],))
    live = asker.look(asker.start())["numberRecordsProcessed"]
    every = asker.look(asker.start(operation="queryAll"))["numberRecordsProcessed"]
    assert every == live + 1


def test_what_a_user_may_not_see_fails_the_job_with_salesforces_sentence(org):
    (runner,) = [i for i in IDENTITIES if i.name == "runner"]
    asker = Asker(org, runner.username)
    job = asker.look(asker.start("SELECT Id, Birthdate FROM Contact"))
    assert job["state"] == "Failed"
    assert "No such column 'Birthdate'" in job["errorMessage"]


def test_an_aggregate_is_refused(asker):
    job = asker.look(asker.start("SELECT COUNT(Id) FROM Contact"))
    assert (job["state"], "not supported" in job["errorMessage"]) == ("Failed", True)


REFUSED = {
    "an operation that is none": ("POST", "", {"operation": "insert", "query": SOQL}, 400),
    "a delimiter that is none": (
        "POST", "", {"operation": "query", "query": SOQL, "columnDelimiter": "DOT"}, 400),
    "a job that is not there": ("GET", "/750000000000001AAA", None, 404),
    "no JSON": ("POST", "", [], 400),
}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(asker, method, path, body, status):
    assert asker.ask(method, path, body).status == status


def test_a_job_is_aborted_deleted_and_then_gone(asker):
    asker.org.set_setting("bulk_seconds", "60")
    job = asker.start()
    assert asker.ask("DELETE", f"/{job}").status == 400
    assert asker.ask("PATCH", f"/{job}", {"state": "Nonsense"}).status == 400
    assert (
        json.loads(asker.ask("PATCH", f"/{job}", {"state": "Aborted"}).body)["state"] == "Aborted"
    )
    assert asker.ask("PATCH", f"/{job}", {"state": "Aborted"}).status == 400
    assert asker.ask("DELETE", f"/{job}").status == 204
    assert asker.ask("GET", f"/{job}").status == 404


def test_another_users_job_and_its_results_are_not_there(org, asker):
    job = asker.start("SELECT Id, Birthdate FROM Contact")
    (runner,) = [i for i in IDENTITIES if i.name == "runner"]
    stranger = Asker(org, runner.username)
    asked = (("GET", ""), ("GET", "/results"), ("DELETE", ""))
    assert [stranger.ask(method, f"/{job}{rest}").status for method, rest in asked] == [404] * 3
    assert asker.look(job)["state"] == "JobComplete"


def test_the_locator_of_another_job_is_refused(asker):
    one, other = asker.start(), asker.start()
    first = asker.ask("GET", f"/{one}/results", maxRecords="5").headers["Sforce-Locator"]
    answer = asker.ask("GET", f"/{other}/results", locator=first)
    assert (answer.status, b"INVALID_LOCATOR" in answer.body) == (400, True)


def test_simple_salesforce_reads_every_contact_page_by_page(practice):
    practice.org.set_setting("bulk_page_rows", "50")
    with requests.Session() as session:
        session.trust_env = False
        session.verify = practice.facts["ca_file"]
        client = Salesforce(
            session_id=practice.facts["access_token"], instance_url=practice.https,
            session=session, version="63.0",
        )  # fmt: skip
        pages = list(client.bulk2.Contact.query("SELECT Id, LastName FROM Contact", wait=0))
    ids = {row[0] for page in pages for row in rows(page.encode())[1:]}
    held = practice.org.db.execute("SELECT COUNT(*) FROM Contact WHERE IsDeleted = 0").fetchone()
    assert len(pages) > 1
    assert len(ids) == held[0]
