"""Sessions end by the org's clock; SOAP login and its refusals."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from practice_org import tables
from practice_org.app import handle
from practice_org.login.apps import set_password
from practice_org.login.sessions import end_sessions_of, session_user, start_session
from practice_org.wire import OrgError, Request, parse_xml

ADMIN = "admin@practice.example.com"


@pytest.fixture
def user(org):
    return tables.find_rows(org, "User", Username=ADMIN)[0]["Id"]


def test_a_session_ends_after_two_idle_hours(org, clock, user):
    token = start_session(org, user)
    clock.move(hours=2)
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        session_user(org, token)


def test_use_in_its_last_half_renews_a_session(org, clock, user):
    token = start_session(org, user)
    for _ in range(5):
        clock.move(minutes=90)
        assert session_user(org, token) == user


def test_use_in_its_first_half_does_not(org, clock, user):
    token = start_session(org, user)
    clock.move(minutes=50)
    session_user(org, token)
    clock.move(minutes=70)
    with pytest.raises(OrgError):
        session_user(org, token)


def test_a_user_can_be_logged_out_everywhere(org, user):
    tokens = [start_session(org, user) for _ in range(2)]
    end_sessions_of(org, user)
    for token in tokens:
        with pytest.raises(OrgError):
            session_user(org, token)


def test_a_deactivated_user_is_logged_out_at_once(org, user):
    token = start_session(org, user)
    tables.update_row(org, "User", user, {"IsActive": False})
    with pytest.raises(OrgError) as problem:
        session_user(org, token)
    assert problem.value.code == "INVALID_SESSION_ID"


def test_logging_a_user_out_of_one_app_leaves_the_others(org, user):
    here, there = start_session(org, user, client="a"), start_session(org, user, client="b")
    end_sessions_of(org, user, client="a")
    with pytest.raises(OrgError):
        session_user(org, here)
    assert session_user(org, there) == user


def login(org, username, password, version="63.0", kind="u"):
    envelope = (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        f"<n1:login xmlns:n1='urn:partner.soap.sforce.com'><n1:username>{username}</n1:username>"
        f"<n1:password>{escape(password)}</n1:password></n1:login></env:Body></env:Envelope>"
    )
    return soap(org, envelope, f"/services/Soap/{kind}/{version}/")


def soap(org, envelope, path="/services/Soap/u/63.0"):
    body = envelope.encode()
    return handle(org, Request("POST", path, body=body, origin="https://localhost:8443"))


def fault(answer):
    assert answer.status == 500
    detail = parse_xml(answer.body).child("Body", "Fault", "detail", "LoginFault")
    return detail.text("exceptionCode")


@pytest.mark.parametrize("kind", ["u", "c"])
@pytest.mark.parametrize("version", ["31.0", "63.0", "64.0"])
def test_soap_login_gives_a_session(org, user, kind, version):
    answer = login(org, ADMIN, org.setting("admin_password"), version, kind)
    result = parse_xml(answer.body).child("Body", "loginResponse", "result")
    assert session_user(org, result.text("sessionId")) == user
    place = f"https://localhost:8443/services/Soap/{kind}/{version}/00D"
    assert result.text("serverUrl").startswith(place)
    assert result.text("userInfo", "organizationId") == org.setting("org_id")


def test_a_password_may_hold_any_character(org, user):
    set_password(org, user, "a<b>&'c\"")
    assert login(org, ADMIN, "a<b>&'c\"").status == 200


@pytest.mark.parametrize("plain", [b"<sessionId>00D", b"<serverUrl>https://"])
def test_soap_answers_without_prefixes_or_attributes(org, plain):
    assert plain in login(org, ADMIN, org.setting("admin_password")).body


@pytest.mark.parametrize(
    ("username", "password", "version", "code"),
    [
        (ADMIN, "wrong", "63.0", "INVALID_LOGIN"),
        ("nobody@x.test", "wrong", "63.0", "INVALID_LOGIN"),
        ("user001@practice.example.com", "", "63.0", "INVALID_LOGIN"),
        (ADMIN, "wrong", "65.0", "UNSUPPORTED_API_VERSION"),
        (ADMIN, "wrong", "30.0", "UNSUPPORTED_API_VERSION"),
    ],
)
def test_soap_login_is_refused(org, username, password, version, code):
    assert fault(login(org, username, password, version)) == code


def test_an_inactive_user_cannot_log_in_over_soap(org, user):
    tables.update_row(org, "User", user, {"IsActive": False})
    assert fault(login(org, ADMIN, org.setting("admin_password"))) == "INVALID_LOGIN"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("nonsense", "INVALID_XML"),
        ("<!DOCTYPE a><a/>", "INVALID_XML"),
        ("<Envelope><Body/></Envelope>", "INVALID_XML"),
        ("<Envelope><Body><query/></Body></Envelope>", "UNSUPPORTED_OPERATION"),
    ],
)
def test_soap_refuses_what_it_does_not_know(org, body, code):
    assert fault(soap(org, body)) == code


def test_soap_logout_ends_the_session(org, user):
    token = start_session(org, user)
    header = f"<Header><SessionHeader><sessionId>{token}</sessionId></SessionHeader></Header>"
    soap(org, f"<Envelope>{header}<Body><logout/></Body></Envelope>")
    with pytest.raises(OrgError):
        session_user(org, token)
