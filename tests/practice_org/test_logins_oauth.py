"""OAuth without a browser: each login, each refusal; JWTs as real clients spell them."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import jwt
import pytest
from oauth_client import DEPLOYER, ORIGIN, app, post, refused, token, whoami

from practice_org import tables
from practice_org.app import handle
from practice_org.login.apps import App, issue_refresh_token, register_app, set_password
from practice_org.wire import Request

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def sign(org, org_files, clock):
    """A JWT for the deployer's app, with claims changed as a test wants."""

    def signed(*, key="deployer", **changes):
        seconds = int(clock.at.timestamp())
        claims = {
            "iss": org.setting("client_id:deployer"),
            "sub": DEPLOYER,
            "aud": "https://test.salesforce.com",
            "exp": seconds + 120,
            **changes,
        }
        # PyJWT refuses to write an exp that is text; a client in use sends one.
        header = b'{"alg":"RS256","typ":"JWT"}'
        parts = [base64.urlsafe_b64encode(p).rstrip(b"=") for p in (header, _dump(claims))]
        private = org_files.key_file(key).read_bytes()
        algorithm = jwt.get_algorithm_by_name("RS256")
        signature = algorithm.sign(b".".join(parts), algorithm.prepare_key(private))
        return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()

    return signed


def _dump(claims):
    return json.dumps({k: v for k, v in claims.items() if v is not None}).encode()


@pytest.fixture
def bearer(sign):
    return lambda **changes: {"grant_type": BEARER, "assertion": sign(**changes)}


@pytest.mark.parametrize(
    "aud",
    [
        "https://login.salesforce.com",
        "https://test.salesforce.com",
        "https://test.salesforce.com/",
        ORIGIN,
        f"{ORIGIN}/",
        f"{ORIGIN}/services/oauth2/token?x=.salesforce.com",
    ],
)
def test_a_jwt_may_be_meant_for(org, bearer, aud):
    status, answer = token(org, bearer(aud=aud))
    assert status == 200
    assert whoami(org, answer["access_token"]) == DEPLOYER


@pytest.mark.parametrize(
    "exp",
    [
        pytest.param(lambda now: now, id="now, already due"),
        pytest.param(lambda now: now - 170, id="within the skew"),
        pytest.param(lambda now: str(now + 120), id="text"),
        pytest.param(lambda now: (now + 120) * 1000, id="milliseconds"),
        pytest.param(lambda now: now + 0.5, id="a fraction"),
    ],
)
def test_an_exp_may_be_spelled(org, clock, bearer, exp):
    assert token(org, bearer(exp=exp(int(clock.at.timestamp()))))[0] == 200


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"iss": "nobody"}, "invalid_client_id", "client identifier invalid"),
        ({"iss": None}, "invalid_client_id", "client identifier invalid"),
        ({"key": "runner"}, "invalid_grant", "invalid assertion"),
        ({"aud": "https://evil.test"}, "invalid_grant", "audience is invalid"),
        ({"aud": None}, "invalid_grant", "audience is invalid"),
        ({"aud": f"{ORIGIN}/other"}, "invalid_grant", "audience is invalid"),
        ({"exp": 1}, "invalid_grant", "expired authorization code"),
        ({"exp": "soon"}, "invalid_grant", "invalid assertion"),
        ({"exp": "nan"}, "invalid_grant", "invalid assertion"),
        ({"exp": None}, "invalid_grant", "invalid assertion"),
        ({"sub": "nobody@x.test"}, "invalid_grant", "user hasn't approved this consumer"),
        (
            {"sub": "runner@practice.example.com"},
            "invalid_grant",
            "user hasn't approved this consumer",
        ),
        ({"sub": None}, "invalid_grant", "user hasn't approved this consumer"),
    ],
)
def test_a_jwt_is_refused(org, bearer, changes, error, description):
    assert refused(org, bearer(**changes)) == (error, description)


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "é"])
def test_what_is_no_jwt_is_refused(org, garbage):
    form = {"grant_type": BEARER, "assertion": garbage}
    assert refused(org, form) == ("invalid_grant", "invalid assertion")


def test_an_app_without_a_key_takes_no_jwt(org, bearer):
    register_app(org, App(org.setting("client_id:deployer"), "keyless"))
    assert refused(org, bearer()) == ("invalid_grant", "invalid assertion")


def test_an_inactive_user_is_refused(org, bearer):
    user = tables.find_rows(org, "User", Username=DEPLOYER)[0]
    tables.update_row(org, "User", user["Id"], {"IsActive": False})
    assert refused(org, bearer()) == ("invalid_grant", "inactive user")


def test_a_token_answer_has_what_clients_read(org, bearer):
    answer = token(org, bearer())[1]
    assert answer["instance_url"] == ORIGIN
    assert re.fullmatch(rf"{ORIGIN}/id/00D\w{{15}}/005\w{{15}}", answer["id"])
    assert re.fullmatch(r"00D\w{12}![\w.]+", answer["access_token"])
    assert answer["token_type"] == "Bearer"


def test_client_credentials_travel_in_the_body(org):
    form = {"grant_type": "client_credentials", **app(org, "runner")}
    assert whoami(org, token(org, form)[1]["access_token"]) == "runner@practice.example.com"


def test_client_credentials_travel_as_basic(org):
    pair = ":".join(app(org, "runner").values()).encode()
    basic = f"Basic {base64.b64encode(pair).decode()}"
    assert token(org, {"grant_type": "client_credentials"}, basic)[0] == 200


@pytest.mark.parametrize(
    ("form", "basic", "error"),
    [
        ({"client_secret": "wrong"}, "", ("invalid_client", "invalid client credentials")),
        ({"client_secret": ""}, "", ("invalid_client", "invalid client credentials")),
        ({"client_id": "nobody"}, "", ("invalid_client_id", "client identifier invalid")),
        ({}, "Basic !!!", ("invalid_client", "invalid client credentials")),
        ({"grant_type": "magic"}, "", ("unsupported_grant_type", "grant type not supported")),
        ({"grant_type": ""}, "", ("unsupported_grant_type", "grant type not supported")),
    ],
)
def test_client_credentials_are_refused(org, form, basic, error):
    whole = {"grant_type": "client_credentials", **app(org, "runner"), **form}
    assert refused(org, whole, basic) == error


def test_an_app_without_a_run_as_user_gives_no_client_credentials(org):
    register_app(org, App("ck", "no user", secret_hash=hashlib.sha256(b"s").hexdigest()))
    form = {"grant_type": "client_credentials", "client_id": "ck", "client_secret": "s"}
    assert refused(org, form) == ("invalid_grant", "no client credentials user enabled")


@pytest.fixture
def refresh(org):
    user = tables.find_rows(org, "User", Username=DEPLOYER)[0]["Id"]
    held = issue_refresh_token(org, app(org, "deployer")["client_id"], user)
    client_id = app(org, "deployer")["client_id"]
    return {"grant_type": "refresh_token", "refresh_token": held, "client_id": client_id}


def test_a_refresh_token_works_again_and_again(org, refresh):
    answers = [token(org, refresh) for _ in range(2)]
    assert [status for status, _ in answers] == [200, 200]
    assert "refresh_token" not in answers[0][1]


def test_with_rotation_a_refresh_token_works_once(org, refresh):
    org.set_setting("refresh_rotation", "1")
    fresh = token(org, refresh)[1]["refresh_token"]
    assert token(org, {**refresh, "refresh_token": fresh})[0] == 200
    assert refused(org, refresh) == ("invalid_grant", "expired access/refresh token")


def test_a_second_use_of_a_rotated_token_revokes_all_that_came_of_it(org, refresh):
    org.set_setting("refresh_rotation", "1")
    second = token(org, refresh)[1]["refresh_token"]
    third = token(org, {**refresh, "refresh_token": second})[1]
    assert whoami(org, third["access_token"]) == DEPLOYER
    assert refused(org, refresh) == ("invalid_grant", "expired access/refresh token")
    newest = {**refresh, "refresh_token": third["refresh_token"]}
    assert refused(org, newest) == ("invalid_grant", "expired access/refresh token")
    headers = {"authorization": f"Bearer {third['access_token']}"}
    asked = Request("GET", "/services/data/v63.0", headers=headers)
    assert handle(org, asked).status == 401


def test_a_refresh_token_that_is_not_used_for_too_long_is_no_longer_good(org, clock, refresh):
    org.set_setting("refresh_idle_days", "30")
    for days, status in ((30, 200), (30, 200), (31, 400)):
        clock.move(hours=days * 24)
        assert token(org, refresh)[0] == status


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"refresh_token": "x"}, ("invalid_grant", "expired access/refresh token")),
        ({"client_id": "nobody"}, ("invalid_grant", "expired access/refresh token")),
        ({"client_secret": "wrong"}, ("invalid_client", "invalid client credentials")),
    ],
)
def test_a_refresh_token_is_refused(org, refresh, changes, error):
    assert refused(org, {**refresh, **changes}) == error


def test_revoking_ends_a_session(org, bearer):
    access = token(org, bearer())[1]["access_token"]
    assert post(org, "/services/oauth2/revoke", {"token": access}).status == 200
    headers = {"authorization": f"Bearer {access}"}
    asked = Request("GET", "/services/data/v63.0", headers=headers)
    assert handle(org, asked).status == 401


def test_revoking_forgets_a_refresh_token(org, refresh):
    form = {"token": refresh["refresh_token"]}
    assert post(org, "/services/oauth2/revoke", form).status == 200
    assert refused(org, refresh)[1] == "expired access/refresh token"
    again = json.loads(post(org, "/services/oauth2/revoke", form).body)
    assert again == {"error": "invalid_token", "error_description": "invalid token"}


def test_introspection_tells_live_from_dead(org, bearer):
    access = token(org, bearer())[1]["access_token"]
    asked = [post(org, "/services/oauth2/introspect", {"token": t}).body for t in (access, "x")]
    assert [json.loads(body)["active"] for body in asked] == [True, False]


def test_the_password_grant_is_off(org):
    form = {"grant_type": "password", **app(org, "admin")}
    form |= {"username": org.setting("admin_username"), "password": org.setting("admin_password")}
    assert refused(org, form) == ("invalid_grant", "authentication failure")
    org.set_setting("password_grant", "1")
    assert token(org, form)[0] == 200
    assert refused(org, {**form, "password": "no"}) == ("invalid_grant", "authentication failure")


def test_the_identity_url_tells_who(org, bearer):
    answer = token(org, bearer())[1]
    path = answer["id"].removeprefix(ORIGIN)
    asked = Request("GET", path, query={"oauth_token": answer["access_token"], "format": "json"})
    assert json.loads(handle(org, asked).body)["username"] == DEPLOYER


def test_the_identity_url_of_another_org_is_not_found(org):
    query = {"oauth_token": org.setting("admin_token")}
    path = "/id/00D000000000000EAA/005000000000000AAA"
    assert handle(org, Request("GET", path, query=query)).status == 404


def test_a_password_is_kept_as_a_salted_hash(org):
    set_password(org, "005x", "hunter2")
    row = org.db.execute("SELECT * FROM password WHERE user_id = '005x'").fetchone()
    assert "hunter2" not in "".join(row)
