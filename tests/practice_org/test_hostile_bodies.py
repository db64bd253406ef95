"""Whatever bytes are sent to whatever route, the answer is one of Salesforce's, never a crash."""

from __future__ import annotations

import re

import pytest
from data_org import tiny_org
from hypothesis import given, settings
from hypothesis import strategies as st

from practice_org.app import handle, routes
from practice_org.login.sessions import start_session
from practice_org.wire import Request
from practice_org.workbench.key import practice_key

pytestmark = pytest.mark.slow

KINDS = (
    "", "application/json", "application/xml", "text/xml", "text/csv",
    "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
)  # fmt: skip
HOSTILE = (
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"LastName":"\\ud800"}',
    b'{"LastName":"\\u0000"}',
    b'{"LastName":NaN,"to":Infinity}',
    b'{"LastName":' + b"9" * 5000 + b"}",
    b'{"to":1e999,"advance_seconds":1e999}',
    b'{"records":[{"attributes":{"type":"Contact"},"LastName":"\\udfff"}]}',
    b'{"records":[5],"compositeRequest":[5],"batchRequests":[{"url":5,"method":[]}]}',
    b'{"object":"\\ud800","operation":"insert"}',
    b'{"object":["Contact"],"operation":{}}',
    b"\xff\xfe\x00",
    b"<a>" * 20_000,
    b"<a>\xff</a>",
    b"<a>&#xD800;</a>",
    *(
        b'<?xml version="1.0" encoding="%s"?><a/>' % name
        for name in (b"utf-99", b"idna", b"utf-16", b"hex", b"utf-7", b"big5", b"undefined")
    ),
)
PARTS = {
    "v": "63.0", "version": "63.0", "kind": "u", "sobject": "Contact", "verb": "query",
    "tooling": "", "results": "failedResults", "number": "1", "action": "merge", "value": "x",
    "field": "Ext__c", "org": "00D5e0000000001", "user": "0055e0000000001", "locator": "01g5e",
}  # fmt: skip
ROUTES = routes()


def path_of(route) -> str:
    """One path that the route's pattern takes."""
    filled = re.sub(
        r"\(\?P<(\w+)>[^()]*\)\??",
        lambda group: PARTS.get(group[1], "0035e0000000001AAA"),
        route.pattern.pattern,
    )
    return re.sub(r"\([^()]*\)\??", "", filled)


@pytest.fixture(scope="module")
def send():
    """Send bytes to a route as the administrator: the whole answer."""
    here = tiny_org()
    token = start_session(here.org, here.admin)
    keys = {"authorization": f"Bearer {token}", "x-sfdc-session": token}

    def to(route, body, kind):
        headers = {**keys, "content-type": kind, "x-practice-key": practice_key(here.org)}
        query = {"q": "SELECT Id FROM Contact"}
        answer = handle(here.org, Request(route.method, path_of(route), query, headers, body))
        return answer.status, b"".join((answer.body, *answer.more))

    return to


def is_an_answer(status, body) -> bool:
    body.decode()
    return status < 500 or b":Fault>" in body


def test_each_route_has_a_path():
    assert [one for one in ROUTES if not one.pattern.fullmatch(path_of(one))] == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.method} {path_of(one)}")
def test_a_hostile_body_is_answered(send, route):
    for body in HOSTILE:
        for kind in KINDS:
            assert is_an_answer(*send(route, body, kind)), body[:60]


@given(st.sampled_from(ROUTES), st.binary(max_size=200), st.sampled_from(KINDS))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_answered(send, route, body, kind):
    assert is_an_answer(*send(route, body, kind))
