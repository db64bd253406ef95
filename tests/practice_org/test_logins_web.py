"""The web flow: a page that says yes by itself, codes, PKCE, and each refusal."""

from __future__ import annotations

import pytest
from oauth_client import (
    DEPLOYER,
    WEB,
    allowed,
    app,
    exchange,
    refused,
    token,
    whoami,
)

from practice_org.app import handle
from practice_org.wire import Request


@pytest.fixture
def web(org):
    return {**WEB, "client_id": app(org, "deployer")["client_id"]}


def test_the_web_flow_gives_a_session_and_a_refresh_token(org, web):
    back = allowed(org, web)
    assert back["state"] == "s&1"
    answer = token(org, exchange(web, back["code"]))[1]
    assert whoami(org, answer["access_token"]) == DEPLOYER
    form = {"grant_type": "refresh_token", "client_id": web["client_id"]}
    assert token(org, {**form, "refresh_token": answer["refresh_token"]})[0] == 200


def test_an_app_that_wants_pkce_asks_for_it(org, web):
    org.set_setting("require_pkce", "1")
    assert allowed(org, web)["code"]
    bare = {name: value for name, value in web.items() if name != "code_challenge"}
    answer = handle(org, Request("GET", "/services/oauth2/authorize", query=bare))
    assert (answer.status, b"code%20challenge" in answer.body) == (400, True)


def test_the_page_of_the_web_flow_submits_itself(org, web):
    page = handle(org, Request("GET", "/services/oauth2/authorize", query=web)).body
    assert b"document.forms[0].submit()" in page


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "other"}, ("invalid_grant", "invalid code verifier")),
        ({"code_verifier": ""}, ("invalid_grant", "invalid code verifier")),
        ({"code": "other"}, ("invalid_grant", "invalid authorization code")),
        ({"client_id": "nobody"}, ("invalid_client_id", "client identifier invalid")),
        ({"client_secret": "wrong"}, ("invalid_client", "invalid client credentials")),
        (
            {"redirect_uri": "http://localhost/else"},
            ("redirect_uri_mismatch", "redirect_uri must match configuration"),
        ),
    ],
)
def test_a_code_is_refused(org, web, changes, error):
    code = allowed(org, web)["code"]
    assert refused(org, {**exchange(web, code), **changes}) == error


def test_a_code_works_once(org, web):
    form = exchange(web, allowed(org, web)["code"])
    assert token(org, form)[0] == 200
    assert refused(org, form) == ("invalid_grant", "invalid authorization code")


def test_a_code_lives_two_minutes(org, clock, web):
    form = exchange(web, allowed(org, web)["code"])
    clock.move(minutes=2)
    assert refused(org, form) == ("invalid_grant", "expired authorization code")


def test_a_code_without_pkce_needs_the_secret(org, web):
    web = {**web, "code_challenge": ""}
    form = exchange(web, allowed(org, web)["code"])
    assert refused(org, form) == ("invalid_client", "invalid client credentials")
    form = exchange(web, allowed(org, web)["code"], **app(org, "deployer"))
    assert token(org, form)[0] == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "nobody"}, b"invalid_client_id"),
        ({"redirect_uri": "https://evil.test/"}, b"redirect_uri_mismatch"),
        ({"redirect_uri": "javascript:alert(1)"}, b"redirect_uri_mismatch"),
        ({"response_type": "token"}, b"unsupported_response_type"),
        ({"login_hint": "nobody@x.test"}, b"access_denied"),
    ],
)
def test_the_web_flow_is_refused(org, web, method, changes, error):
    form = {**web, **changes}
    answer = handle(org, Request(method, "/services/oauth2/authorize", query=form))
    assert answer.status == 400
    assert error in answer.body
