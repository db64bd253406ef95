"""app.handle: paths, versions, sessions, limits, and the shape of each refusal."""

from __future__ import annotations

import json

import pytest

from practice_org import tables
from practice_org.app import handle, normalised, routes
from practice_org.login.sessions import start_session
from practice_org.wire import Request

LIMITS = "/services/data/v63.0/limits"


@pytest.fixture
def token(org):
    return org.setting("admin_token")


def ask(org, path, token="", method="GET", **more):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return handle(org, Request(method, path, headers=headers, **more))


def error(answer):
    return json.loads(answer.body)[0]["errorCode"], answer.status


def test_versions_are_listed_ascending_without_a_session(org):
    versions = [entry["version"] for entry in json.loads(ask(org, "/services/data").body)]
    assert versions == sorted(versions, key=float)
    assert (versions[0], versions[-1]) == ("31.0", "67.0")


@pytest.mark.parametrize(
    ("version", "label"), [("31.0", "Summer '14"), ("63.0", "Spring '25"), ("67.0", "Summer '26")]
)
def test_a_version_carries_its_release(org, version, label):
    listed = json.loads(ask(org, "/services/data").body)
    assert {entry["version"]: entry["label"] for entry in listed}[version] == label


@pytest.mark.parametrize(
    "path", [LIMITS, LIMITS + "/", "/services//data/v63.0/limits//", "//services/data/v51.0/limits"]
)
def test_slashes_and_versions_do_not_matter(org, token, path):
    assert ask(org, path, token).status == 200


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/services/data/v63.0/nothing", ("NOT_FOUND", 404)),
        ("GET", "/elsewhere", ("NOT_FOUND", 404)),
        ("GET", "/services/data/v99.0/limits", ("NOT_FOUND", 404)),
        ("GET", "/services/data/v30.0/limits", ("UNSUPPORTED_API_VERSION", 410)),
        ("DELETE", LIMITS, ("METHOD_NOT_ALLOWED", 405)),
    ],
)
def test_what_is_not_there_is_refused(org, token, method, path, wanted):
    assert error(ask(org, path, token, method)) == wanted


@pytest.mark.parametrize(
    "request_parts",
    [
        {"headers": {"authorization": "Bearer {}"}},
        {"headers": {"authorization": "OAuth {}"}},
        {"headers": {"x-sfdc-session": "{}"}},
        {"query": {"oauth_token": "{}"}},
    ],
)
def test_a_token_may_travel_in(org, token, request_parts):
    filled = {
        part: {name: value.format(token) for name, value in pairs.items()}
        for part, pairs in request_parts.items()
    }
    assert handle(org, Request("GET", LIMITS, **filled)).status == 200


@pytest.mark.parametrize("bad", ["", "00D!AQ.nothing"])
def test_without_a_live_token_rest_says_invalid_session(org, bad):
    answer = ask(org, LIMITS, bad)
    assert error(answer) == ("INVALID_SESSION_ID", 401)
    assert json.loads(answer.body)[0]["message"] == "Session expired or invalid"


def test_without_a_live_token_userinfo_says_bad_oauth_token(org):
    answer = ask(org, "/services/oauth2/userinfo", "nothing")
    assert (answer.status, answer.body) == (403, b"Bad_OAuth_Token")


def test_a_user_without_api_enabled_is_kept_out(org):
    profile = tables.insert_row(org, "Profile", {"Name": "No API"})
    user = {"Username": "noapi@practice.example.com", "LastName": "N", "ProfileId": profile}
    token = start_session(org, tables.insert_row(org, "User", user))
    assert error(ask(org, LIMITS, token)) == ("API_DISABLED_FOR_ORG", 403)


def test_each_answer_tells_the_calls_used(org, token):
    used = [ask(org, LIMITS, token).headers["Sforce-Limit-Info"] for _ in range(2)]
    assert used == ["api-usage=1/1000000", "api-usage=2/1000000"]


def test_a_used_up_day_is_refused_until_tomorrow(org, clock, token):
    org.set_setting("daily_api_requests", "1")
    ask(org, LIMITS, token)
    assert error(ask(org, LIMITS, token)) == ("REQUEST_LIMIT_EXCEEDED", 403)
    clock.move(days=1)
    assert ask(org, LIMITS, token).status == 200


@pytest.mark.parametrize(
    ("version", "code"), [("30.0", "UNSUPPORTED_API_VERSION"), ("99.0", "NOT_FOUND")]
)
def test_the_metadata_api_refuses_a_version_as_a_fault(org, version, code):
    answer = ask(org, f"/services/Soap/m/{version}", method="POST", body=b"<x/>")
    assert answer.status == 500
    assert f"<faultcode>sf:{code}</faultcode>".encode() in answer.body


def test_post_can_stand_in_for_another_method():
    override = Request("POST", "/x", query={"_HttpMethod": "patch"})
    assert normalised(override).method == "PATCH"


def test_head_is_answered_like_get(org, token):
    assert ask(org, LIMITS, token, "HEAD").status == 200


def test_a_request_that_fails_leaves_nothing_behind(org, token):
    body = b'{"LastName": "Half", "Company": "x", "Nope__c": 1}'
    before = len(tables.find_rows(org, "Lead"))
    answer = ask(org, "/services/data/v63.0/sobjects/Lead", token, "POST", body=body)
    assert answer.status == 400
    assert len(tables.find_rows(org, "Lead")) == before


def test_the_version_root_lists_resources_and_the_identity(org, token):
    listed = json.loads(ask(org, "/services/data/v63.0", token, origin="https://org.test").body)
    assert listed["identity"].startswith("https://org.test/id/00D")
    assert listed["query"] == "/services/data/v63.0/query"


def test_every_route_names_its_groups_apart():
    patterns = [(route.method, route.pattern.pattern) for route in routes()]
    assert len(patterns) == len(set(patterns))


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/services/data/v60.0/limits", b"NOT_FOUND"),
        ("POST", "/services/Soap/m/60.0", b"NOT_FOUND"),
        ("POST", "/services/async/60.0/job", b"InvalidUrl"),
        ("POST", "/services/Soap/u/60.0", b"UNSUPPORTED_API_VERSION"),
    ],
)
def test_an_old_org_knows_no_newer_version(org, token, method, path, said):
    org.set_setting("newest_api_version", "59.0")
    body = b"<e><Body><login/></Body></e>"
    assert said in ask(org, path, token, method, body=body).body
    assert ask(org, "/services/data/v59.0/limits", token).status == 200
