"""OAuth scopes: what an app may give, what was asked for, and what a token may therefore do."""

from __future__ import annotations

import json

import pytest
from oauth_client import WEB, allowed, app, exchange, token

from practice_org.app import handle
from practice_org.login.scopes import Policy, set_policy
from practice_org.wire import Request

ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Header><SessionHeader><sessionId>'
    "{}</sessionId></SessionHeader></soapenv:Header><soapenv:Body><describeMetadata>"
    "<asOfVersion>63.0</asOfVersion></describeMetadata></soapenv:Body></soapenv:Envelope>"
)


@pytest.fixture
def web(org):
    return {**WEB, "client_id": app(org, "deployer")["client_id"]}


@pytest.fixture
def grant(org, web):
    """Log in through the page, asking for these scopes; what the token endpoint answers."""

    def log_in(asked="", *policy):
        if policy:
            set_policy(org, web["client_id"], *policy)
        form = {**web, **({"scope": asked} if asked else {})}
        return token(org, exchange(web, allowed(org, form)["code"]))[1]

    return log_in


def rest(org, access_token, path="/services/data/v63.0/limits"):
    headers = {"authorization": f"Bearer {access_token}"}
    answer = handle(org, Request("GET", path, headers=headers))
    return answer.status, json.loads(answer.body)


def test_who_asks_for_nothing_is_given_all_that_the_app_has(grant):
    assert grant("", Policy(("api", "refresh_token")))["scope"] == "api refresh_token"


def test_who_asks_is_given_what_was_asked_for(grant):
    assert grant("api refresh_token")["scope"] == "api refresh_token"


@pytest.mark.parametrize(("asked", "kept"), [("api", False), ("api offline_access", True)])
def test_a_refresh_token_is_given_to_whom_it_was_asked_for(grant, asked, kept):
    assert ("refresh_token" in grant(asked)) is kept


def test_an_app_without_the_scope_gives_no_refresh_token(grant):
    assert "refresh_token" not in grant("", Policy(("api", "id")))


@pytest.mark.parametrize(("scopes", "status"), [("web id", 401), ("api", 200), ("full", 200)])
def test_rest_takes_a_token_with_the_scope_for_it(org, grant, scopes, status):
    given = grant("", Policy(tuple(scopes.split())))
    assert rest(org, given["access_token"])[0] == status


def test_a_token_without_the_scope_is_refused_in_salesforces_words(org, grant):
    given = grant("", Policy(("web", "id")))
    assert rest(org, given["access_token"])[1] == [
        {
            "message": "This session is not valid for use with the REST API",
            "errorCode": "INVALID_SESSION_ID",
        }
    ]


def test_a_token_without_the_scope_still_says_whose_it_is(org, grant):
    given = grant("", Policy(("web", "id")))
    assert rest(org, given["access_token"], "/services/oauth2/userinfo")[0] == 200


def test_the_metadata_api_refuses_such_a_token_too(org, grant):
    body = ENVELOPE.format(grant("", Policy(("web",)))["access_token"]).encode()
    answer = handle(org, Request("POST", "/services/Soap/m/63.0", headers={}, body=body))
    assert (answer.status, b"not valid for use with the API" in answer.body) == (500, True)


def test_the_first_bulk_api_refuses_such_a_token_too(org, grant):
    headers = {"x-sfdc-session": grant("", Policy(("web",)))["access_token"]}
    path = "/services/async/63.0/job/750000000000001AAA"
    answer = handle(org, Request("GET", path, headers=headers))
    assert (answer.status, b"InvalidSessionId" in answer.body) == (400, True)


def test_what_is_asked_for_and_not_the_apps_ends_on_the_page(org, web):
    set_policy(org, web["client_id"], Policy(("api",)))
    form = {**web, "scope": "api refresh_token"}
    answer = handle(org, Request("GET", "/services/oauth2/authorize", query=form))
    assert (answer.status, b"error=invalid_scope" in answer.body) == (400, True)


def test_a_renewed_session_may_do_what_the_first_one_might(org, web, grant):
    org.set_setting("refresh_rotation", "1")
    answer = grant("web refresh_token")
    for _ in range(2):
        form = {"grant_type": "refresh_token", "client_id": web["client_id"]}
        answer = token(org, {**form, "refresh_token": answer["refresh_token"]})[1]
        assert answer["scope"] == "web refresh_token"
        assert rest(org, answer["access_token"])[0] == 401


@pytest.mark.parametrize(("given", "status"), [({}, 400), ({"client_secret": "x"}, 400)])
def test_an_app_that_wants_its_secret_for_each_refresh_takes_none_without(
    org, web, grant, given, status
):
    form = {
        "grant_type": "refresh_token",
        "client_id": web["client_id"],
        "refresh_token": grant("", Policy(refresh_secret=True))["refresh_token"],
    }
    assert token(org, {**form, **given})[0] == status
    secret = app(org, "deployer")["client_secret"]
    assert token(org, {**form, "client_secret": secret})[0] == 200
