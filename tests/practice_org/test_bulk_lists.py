"""Lists of bulk jobs, pages fetched side by side, and jobs that are forgotten after a week."""

from __future__ import annotations

import csv
import io
import json

import pytest
from bulk_door import Loader

from practice_org.app import handle
from practice_org.tables import find_rows
from practice_org.wire import Request

DATA = "/services/data/v63.0"
UPDATE = {"object": "Contact", "operation": "update"}
QUERY = {"operation": "query", "query": "SELECT Id FROM Contact"}


class Client:
    """The administrator over `handle`, by whole addresses as answers give them."""

    def __init__(self, org, username: str = "admin@practice.example.com") -> None:
        self.org, self.headers = org, Loader(org, username).headers

    def get(self, url: str):
        path, _, query = url.partition("?")
        named = dict(part.split("=") for part in query.split("&") if part)
        return handle(self.org, Request("GET", path, named, self.headers))

    def json(self, url: str) -> dict:
        return json.loads(self.get(url).body)

    def start(self, kind: str, asked: dict) -> str:
        body = json.dumps(asked).encode()
        answer = handle(self.org, Request("POST", f"{DATA}/jobs/{kind}", {}, self.headers, body))
        return json.loads(answer.body)["id"]


@pytest.fixture
def client(org) -> Client:
    return Client(org)


@pytest.mark.parametrize(("kind", "asked"), [("ingest", UPDATE), ("query", QUERY)])
def test_a_list_holds_the_callers_own_jobs_of_its_kind(client, kind, asked):
    made = [client.start(kind, asked) for _ in range(3)]
    Client(client.org, "runner@practice.example.com").start(kind, asked)
    listed = client.json(f"{DATA}/jobs/{kind}")
    assert [job["id"] for job in listed["records"]] == made
    assert (listed["done"], listed["nextRecordsUrl"]) == (True, None)


def test_a_long_list_comes_in_pages(client):
    client.org.set_setting("bulk_list_jobs", "2")
    made, url, pages = [client.start("ingest", UPDATE) for _ in range(5)], f"{DATA}/jobs/ingest", []
    while url:
        page = client.json(url)
        pages.append([job["id"] for job in page["records"]])
        url = page["nextRecordsUrl"]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == made


FILTERS = {
    "of this kind": ("jobType=V2Ingest", 1),
    "of another kind": ("jobType=Classic", 0),
    "split by key": ("isPkChunkingEnabled=true", 0),
    "not split by key": ("isPkChunkingEnabled=false", 1),
}


@pytest.mark.parametrize(("query", "count"), FILTERS.values(), ids=FILTERS.keys())
def test_a_list_can_be_filtered(client, query, count):
    client.start("ingest", UPDATE)
    assert len(client.json(f"{DATA}/jobs/ingest?{query}")["records"]) == count


def test_a_list_refuses_a_locator_that_is_none(client):
    answer = client.get(f"{DATA}/jobs/ingest?queryLocator=nope")
    assert (answer.status, b"INVALID_QUERY_LOCATOR" in answer.body) == (400, True)


def test_a_job_is_gone_a_week_after_it_was_over_and_an_open_one_stays(org, clock, client):
    done = Loader(org).load(b"LastName\nx\n", operation="insert")["id"]
    waiting = client.start("ingest", UPDATE)
    clock.move(days=6, hours=23)
    client = Client(org)
    assert client.get(f"{DATA}/jobs/ingest/{done}").status == 200
    clock.move(hours=1)
    client = Client(org)
    assert client.get(f"{DATA}/jobs/ingest/{done}").status == 404
    assert [job["id"] for job in client.json(f"{DATA}/jobs/ingest")["records"]] == [waiting]


def ids_on(client, url: str) -> list[str]:
    text = client.get(url).body.decode()
    return [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]


@pytest.mark.parametrize("order", ["", " ORDER BY LastName"])
@pytest.mark.parametrize("size", [7, 30, 1000])
def test_pages_side_by_side_hold_every_row_once(client, size, order):
    job = client.start("query", QUERY | {"query": QUERY["query"] + order})
    total = client.json(f"{DATA}/jobs/query/{job}")["numberRecordsProcessed"]
    url, urls = f"{DATA}/jobs/query/{job}/resultPages?maxRecords={size}", []
    while url:
        answer = client.json(url)
        assert len(answer["resultPages"]) <= 5
        urls += [page["resultUrl"] for page in answer["resultPages"]]
        url = answer["nextRecordsUrl"]
    ids = [one for address in reversed(urls) for one in ids_on(client, address)]
    assert sorted(ids) == sorted(row["Id"] for row in find_rows(client.org, "Contact"))
    assert (len(ids), len(urls)) == (total, -(-total // size))


def test_results_are_given_to_the_version_that_asked(client):
    job = client.start("query", QUERY)
    client.json(f"{DATA}/jobs/query/{job}")
    older = f"/services/data/v57.0/jobs/query/{job}"
    assert client.get(f"{older}/results").status == 409
    assert client.get(f"{older}/resultPages").status == 404
