"""Faults of the connection itself, over real sockets and without any."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
import requests
from fault_org import fault_org

from practice_org.faults.firing import switch_on
from practice_org.wire import Sent

QUERY = "/services/data/v63.0/query?q=SELECT+Id+FROM+Lead"
NEW = "/services/data/v63.0/sobjects/Lead"
DOORS = ("http", "https", "tunnel")


def send(practice, door, method, path, *, timeout=10, **more):
    """One request through one of the three ways in."""
    door_url = practice.http if door == "http" else practice.https
    if door == "tunnel":
        door_url = "https://login.salesforce.com"
        more["proxies"] = {"https": practice.http}
    headers = {"Authorization": f"Bearer {practice.facts['access_token']}"}
    more |= {"headers": headers, "verify": practice.facts["ca_file"]}
    return requests.request(method, door_url + path, timeout=timeout, **more)


def leads(practice):
    return practice.org.db.execute('SELECT count(*) FROM "Lead"').fetchone()[0]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("code", "made"), [("DROP_BEFORE", 0), ("DROP_AFTER", 1)])
def test_a_dropped_connection_tells_nothing_of_what_was_done(practice, door, code, made):
    switch_on(practice.org, "record.create", code)
    before = leads(practice)
    with pytest.raises(requests.ConnectionError, match="without response"):
        send(practice, door, "POST", NEW, json={"LastName": "Moss", "Company": "M"})
    assert leads(practice) - before == made


@pytest.mark.parametrize("door", DOORS)
def test_an_answer_is_cut_off_before_its_length(practice, door):
    switch_on(practice.org, "query", "WRONG_LENGTH")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        send(practice, door, "GET", QUERY)


def test_half_an_answer_can_have_the_right_length(practice):
    switch_on(practice.org, "query", "TRUNCATED")
    answer = send(practice, "https", "GET", QUERY)
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_a_slow_answer_keeps_nobody_else_waiting(practice):
    switch_on(practice.org, "query", "SLOW:30")
    with pytest.raises(requests.ReadTimeout):
        send(practice, "http", "GET", QUERY, timeout=0.3)
    assert send(practice, "http", "GET", "/services/data/v63.0/limits").status_code == 200


def test_a_slow_answer_comes_in_the_end(practice):
    switch_on(practice.org, "query", "SLOW:0.2")
    answer = send(practice, "https", "GET", QUERY)
    assert answer.json()["done"]
    assert answer.elapsed.total_seconds() >= 0.2


@pytest.mark.parametrize("code", [301, 302, 307])
def test_a_redirect_leads_nowhere_but_to_the_org(practice, code):
    switch_on(practice.org, "record.create", f"REDIRECT_{code}")
    answer = send(practice, "http", "POST", NEW, json={}, allow_redirects=False)
    assert answer.status_code == code
    assert urlsplit(answer.headers["Location"]).netloc == urlsplit(practice.http).netloc


def test_a_followed_redirect_loses_the_write_behind_a_200(practice):
    switch_on(practice.org, "record.create", "REDIRECT_302")
    before = leads(practice)
    answer = send(practice, "http", "POST", NEW, json={"LastName": "Moss", "Company": "M"})
    assert (answer.status_code, leads(practice)) == (200, before)


@pytest.mark.parametrize(("code", "status"), [("HTML_420", 420), ("HTML_502", 502)])
def test_a_page_of_the_edge_is_no_answer_of_the_org(practice, code, status):
    switch_on(practice.org, "any", code)
    answer = send(practice, "https", "GET", QUERY)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (status, "text/html")
    assert "Sforce-Limit-Info" not in answer.headers


@pytest.mark.parametrize(
    ("code", "sent", "phone"),
    [
        ("DROP_BEFORE", Sent.NOTHING, None),
        ("DROP_AFTER", Sent.NOTHING, "1"),
        ("WRONG_LENGTH", Sent.HALF, "1"),
        ("TRUNCATED", Sent.WHOLE, "1"),
        ("SLOW:9", Sent.WHOLE, "1"),
        ("HTML_503", Sent.WHOLE, None),
        ("HTML_200", Sent.WHOLE, None),
        ("HTML_200_AFTER", Sent.WHOLE, "1"),
        ("UNKNOWN_EXCEPTION", Sent.WHOLE, None),
        ("UNKNOWN_EXCEPTION_AFTER", Sent.WHOLE, "1"),
        ("REDIRECT_302", Sent.WHOLE, None),
        ("EMPTY_BODY", Sent.WHOLE, "1"),
    ],
)
def test_what_was_done_and_what_is_sent_are_two_things(code, sent, phone):
    here = fault_org()
    here.on("record.update", code)
    answer = here.call("update")
    assert (answer.delivery.sent, here.phone()) == (sent, phone)
    assert (answer.delivery.delay_s == 9) is (code == "SLOW:9")
