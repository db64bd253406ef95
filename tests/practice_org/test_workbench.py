"""The clock, the audit and the adapter: what the person who runs the practice org holds."""

from __future__ import annotations

import json

import pytest
import requests

from practice_org.app import handle, open_practice_org
from practice_org.inprocess import OrgAdapter
from practice_org.login.sessions import start_session
from practice_org.seed.people import ADMIN_USERNAME
from practice_org.tables import find_rows
from practice_org.wire import Delivery, Request, Response, Sent
from practice_org.workbench.key import practice_key


def ask(org, method, path, body=None, key=None, **query):
    headers = {"x-practice-key": practice_key(org) if key is None else key}
    sent = b"" if body is None else json.dumps(body).encode()
    answer = handle(org, Request(method, path, query, headers, sent))
    return answer.status, json.loads(answer.body)


@pytest.fixture
def signed_in(org):
    """A requests session inside the process, as the administrator."""
    admin = find_rows(org, "User", Username=ADMIN_USERNAME)[0]["Id"]
    session = requests.Session()
    session.mount("http://", OrgAdapter(lambda request: handle(org, request)))
    session.headers["Authorization"] = f"Bearer {start_session(org, admin)}"
    return session


DATA = "http://localhost/services/data/v63.0"


@pytest.mark.parametrize("path", ["/practice/clock", "/practice/audit"])
@pytest.mark.parametrize("key", ["", "guessed", "schlüssel"])
def test_without_the_key_the_workbench_stays_shut(org, path, key):
    status, body = ask(org, "GET", path, key=key)
    assert (status, body[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"advance_seconds": 0}, "2026-11-24T09:00:00.000+0000"),
        ({"advance_seconds": 90.5}, "2026-11-24T09:01:30.500+0000"),
        ({"to": "2026-11-25T04:00:00+00:00"}, "2026-11-25T04:00:00.000+0000"),
        ({"to": "2026-11-24T20:00:00-08:00"}, "2026-11-25T04:00:00.000+0000"),
    ],
)
def test_the_clock_moves_on_when_asked(org, body, now):
    assert ask(org, "POST", "/practice/clock", body) == (200, {"now": now})
    assert ask(org, "GET", "/practice/clock") == (200, {"now": now})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance_seconds": -1},
        {"advance_seconds": "soon"},
        {"advance_seconds": 1e300},
        {"to": "2026-11-24T08:59:59+00:00"},
        {"to": "2026-11-25"},
        {"to": 5},
        {"advance_seconds": 60 * 60 * 24 * 4000},
    ],
)
def test_a_step_that_cannot_be_made_is_refused_and_the_time_stays(org, body):
    before = org.now()
    status, said = ask(org, "POST", "/practice/clock", body)
    assert (status, said[0]["errorCode"], org.now()) == (400, "INVALID_VALUE", before)


def test_the_time_gained_outlives_the_process(tmp_path, clock):
    for hours in (1, 2):
        org = open_practice_org(tmp_path / "org.sqlite", clock)
        ask(org, "POST", "/practice/clock", {"advance_seconds": 3600})
        assert (org.now() - clock()).total_seconds() == hours * 3600
        org.db.close()


def test_a_session_expires_when_the_clock_is_moved_past_it(org, signed_in):
    assert signed_in.get(f"{DATA}/limits").status_code == 200
    ask(org, "POST", "/practice/clock", {"advance_seconds": 60 * 60 * 24})
    assert signed_in.get(f"{DATA}/limits").status_code == 401


def test_the_audit_shows_each_write_with_its_user_and_request(org, signed_in):
    last = ask(org, "GET", "/practice/audit")[1]["entries"][-1]["number"]
    made = signed_in.post(f"{DATA}/sobjects/Contact", json={"LastName": "Moss"})
    signed_in.patch(f"{DATA}/sobjects/Contact/{made.json()['id']}", json={"LastName": "Fern"})
    signed_in.patch(f"{DATA}/sobjects/Contact/{made.json()['id']}", json={"LastName": ""})
    entries = ask(org, "GET", "/practice/audit", after=str(last))[1]["entries"]
    assert [entry["record_id"] for entry in entries] == [made.json()["id"]] * 2
    assert entries[0]["request_id"] == made.headers["X-SFDC-Request-Id"]
    assert entries[1]["changes"]["LastName"] == "Fern"
    assert {entry["user_id"] for entry in entries} == {
        find_rows(org, "User", Username=ADMIN_USERNAME)[0]["Id"]
    }


@pytest.mark.parametrize("after", ["-1", "one", "1.5", "²"])
def test_an_audit_position_that_is_no_number_is_refused(org, after):
    status, body = ask(org, "GET", "/practice/audit", after=after)
    assert (status, body[0]["errorCode"]) == (400, "INVALID_VALUE")


def test_the_audit_is_read_page_by_page_and_by_subject(org):
    first = ask(org, "GET", "/practice/audit")[1]["entries"]
    assert [entry["number"] for entry in first] == sorted(entry["number"] for entry in first)
    rest = ask(org, "GET", "/practice/audit", after=str(first[0]["number"]))[1]["entries"]
    assert rest == first[1:]
    users = ask(org, "GET", "/practice/audit", subject="User")[1]["entries"]
    assert users == [entry for entry in first if entry["subject"] == "User"]


def test_a_chunked_upload_and_a_query_reach_the_org_inside_the_process(signed_in):
    made = signed_in.post(
        f"{DATA}/sobjects/Contact", data=iter([b'{"LastName": ', '"Müller+%20"}'.encode()])
    )
    assert made.status_code == 201
    soql = "SELECT LastName FROM Contact WHERE LastName = 'Müller+%20'"
    found = signed_in.get(f"{DATA}/query", params={"q": soql}).json()
    assert [row["LastName"] for row in found["records"]] == ["Müller+%20"]


@pytest.mark.parametrize(
    ("delivery", "error"),
    [
        (Delivery(sent=Sent.NOTHING), requests.ConnectionError),
        (Delivery(sent=Sent.HALF), requests.exceptions.ChunkedEncodingError),
        (Delivery(delay_s=6), requests.ReadTimeout),
    ],
)
def test_what_is_cut_or_late_fails_as_over_a_wire(delivery, error):
    session, waited = requests.Session(), []
    answer = Response(200, b"whole", {}, delivery)
    session.mount("http://", OrgAdapter(lambda _request: answer, waited.append))
    with pytest.raises(error):
        session.get("http://localhost/", timeout=(1, 5))
    assert waited == [min(delivery.delay_s, 5)]


def test_a_late_answer_within_the_patience_comes_whole():
    session, waited = requests.Session(), []
    answer = Response(200, b"whole", {}, Delivery(delay_s=3))
    session.mount("http://", OrgAdapter(lambda _request: answer, waited.append))
    assert (session.get("http://localhost/", timeout=5).content, waited) == (b"whole", [3])
