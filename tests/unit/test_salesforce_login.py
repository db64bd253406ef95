"""Logins against a scripted org: what is sent, what is believed, what is kept."""

from contextlib import nullcontext
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from scripted_org import START, FakeClock, Reply, json_reply, scripted_org

from deployer import state
from deployer.errors import BadInput, LoginRefused, OrgSaidNo, TryLater, UsageError
from deployer.salesforce import connection
from deployer.salesforce.hosts import Origin
from deployer.salesforce.login import (
    JwtLogin,
    Place,
    RefreshLogin,
    SoapLogin,
    TokenLogin,
    end_session,
    fetch_token,
    read_sfdx_url,
)
from deployer.salesforce.rotation import RotatedTokens
from deployer.settings.secret import Secret

NONE = Secret("")


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key):
    return Secret(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
    )


def granted(org, **more):
    org.replies[:] = [json_reply({"access_token": "at", "instance_url": str(org.origin), **more})]


def form_sent(org):
    return {name: values[0] for name, values in parse_qs(org.seen[-1][2].decode()).items()}


def test_a_signed_login_carries_the_claims_salesforce_asks_for(key):
    with scripted_org(Reply()) as org:
        granted(org)
        login = JwtLogin("client", "pat@acme.test", pem(key))
        token = fetch_token(login, org.place, org.session(), FakeClock())
        assertion = form_sent(org)["assertion"]
    options = {"verify_exp": False, "verify_aud": False}
    claims = jwt.decode(assertion, key.public_key(), algorithms=["RS256"], options=options)
    assert token.access.reveal() == "at"
    assert claims == {"iss": "client", "sub": "pat@acme.test", "aud": str(org.origin),
                      "exp": int(START.timestamp()) + 180}  # fmt: skip


@pytest.mark.parametrize(
    ("instance", "login", "asked", "audience"),
    [
        (None, None, "login.salesforce.com", "login.salesforce.com"),
        ("a.my.salesforce.com", None, "a.my.salesforce.com", "login.salesforce.com"),
        ("a--b.sandbox.my.salesforce.com", None, "a--b.sandbox.my.salesforce.com",
         "test.salesforce.com"),
        ("a.my.salesforce.com", "test.salesforce.com", "test.salesforce.com",
         "test.salesforce.com"),
        ("sf.acme.example", None, "sf.acme.example", "sf.acme.example"),
    ],
)  # fmt: skip
def test_where_to_ask_and_for_whom(instance, login, asked, audience):
    place = Place(*(Origin(host) if host else None for host in (instance, login)))
    assert (place.token_origin.host, place.audience.host) == (asked, audience)


@pytest.mark.parametrize(
    "url", ["https://evil.example", "https://a.my.salesforce.com", "http://localhost", ""]
)
def test_an_instance_elsewhere_is_not_believed(url):
    with scripted_org(json_reply({"access_token": "at", "instance_url": url})) as org:
        login = RefreshLogin("c", NONE, Store())
        with pytest.raises(OrgSaidNo):
            fetch_token(login, org.place, org.session(), FakeClock())


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(200, b"<html>"), LoginRefused),
        (json_reply([]), BadInput),
        (json_reply({"instance_url": "https://x"}), BadInput),
        (json_reply({"error": "invalid_grant", "error_description": "inactive user"}, 400),
         LoginRefused),
        (Reply(503), TryLater),
    ],
)  # fmt: skip
def test_a_login_is_tried_once(reply, kind):
    with scripted_org(reply) as org:
        with pytest.raises(kind):
            fetch_token(RefreshLogin("c", NONE, Store()), org.place, org.session(), FakeClock())
        assert len(org.seen) == 1


class Store(RotatedTokens):
    """A store nobody needs to write to."""

    def __init__(self):
        super().__init__(Secret("old"), state.home({"OPTOUT_HOME": "/nonexistent"}) / "x")

    def hold(self):
        from contextlib import nullcontext

        return nullcontext(self.configured)


@pytest.mark.parametrize(
    "url",
    ["force://c:s:r@acme.my.salesforce.com", "force://c::r@acme.my.salesforce.com/",
     '{"result": {"sfdxAuthUrl": "force://c:s:r@acme.my.salesforce.com"}}'],
)  # fmt: skip
def test_an_sfdx_url_is_taken_apart(url):
    client_id, _, token, instance = read_sfdx_url(Secret(url))
    assert (client_id, token.reveal(), instance) == (
        "c", "r", "https://acme.my.salesforce.com"
    )  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://x",
        "force://hunter2@x",
        "{",
        "[1]",
        "{}",
        '{"result": 3}',
        '{"result": {"sfdxAuthUrl": "[REDACTED] hunter2"}}',
    ],
)
def test_what_is_no_sfdx_url_is_refused_and_not_shown(url):
    with pytest.raises(UsageError) as problem:
        read_sfdx_url(Secret(url))
    assert "hunter2" not in f"{problem.value} {problem.value.hint}"
    assert "sf org auth show-sfdx-auth-url" in problem.value.hint


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(500, b"<Fault xmlns:sf='y'><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>"
                    b"</Fault>"), LoginRefused),
        (Reply(500, b"<E><Fault><faultcode>INVALID_LOGIN</faultcode></Fault></E>"), LoginRefused),
        (Reply(200, b"<e:Envelope xmlns:e='x'/>"), LoginRefused),
        (Reply(200, b"hello"), LoginRefused),
        (Reply(503), TryLater),
    ],
)  # fmt: skip
def test_a_soap_login_that_fails_is_no_traceback(reply, kind):
    login = SoapLogin("u", Secret("hunter2"), NONE)
    with scripted_org(reply) as org, pytest.raises(kind) as problem:
        fetch_token(login, org.place, org.session(), FakeClock())
    assert "hunter2" not in str(problem.value)


def test_an_answer_to_a_soap_login_that_defines_entities_is_not_read():
    answer = (b"<!DOCTYPE a [<!ENTITY b 'c'>]><Envelope><sessionId>&b;</sessionId>"
              b"<serverUrl>https://localhost/x</serverUrl></Envelope>")  # fmt: skip
    login = SoapLogin("u", Secret("hunter2"), NONE)
    with scripted_org(Reply(200, answer)) as org, pytest.raises(LoginRefused, match="not SOAP"):
        fetch_token(login, org.place, org.session(), FakeClock())


@pytest.mark.parametrize("reply", [Reply(200, b""), json_reply({"error": "invalid_token"}, 400)])
def test_a_dead_token_is_revoked_all_the_same(reply):
    with scripted_org(reply) as org:
        end_session(Secret("t"), org.place, org.session())
        assert form_sent(org) == {"token": "t"}


def test_a_revocation_that_is_refused_is_said():
    refused = json_reply({"error": "invalid_client"}, 400)
    with scripted_org(refused) as org, pytest.raises(LoginRefused):
        end_session(Secret("t"), org.place, org.session())


def versions(*numbers):
    return json_reply([{"version": number} for number in numbers])


USER = json_reply({"preferred_username": "pat", "user_id": "005"})
ORG = json_reply({"done": True, "records": [{"Id": "00D5e0000000001EAA", "Name": "Acme",
                                             "IsSandbox": False}]})  # fmt: skip


def opened(org, *expected):
    login = TokenLogin(Secret("t"))
    return connection.connect(login, org.place, org.session(), FakeClock(), *expected)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(["31.0", "67.0"], "63.0"), (["61.0", "58.0"], "61.0"), (["63.0"], "63.0")],
)
def test_the_version_is_ours_or_the_orgs_newest(offered, chosen):
    with scripted_org(versions(*offered), USER, ORG) as org:
        assert opened(org).org.api_version == chosen
        assert f"/v{chosen}/" in org.seen[-1][1]


def test_the_first_line_shouts_production():
    with scripted_org(versions("63.0"), USER, ORG) as org:
        line = connection.describe_org(opened(org, connection.Expected("00D5e0000000001EAA")))
    assert line == "org Acme (PRODUCTION, 00D5e0000000001EAA), user pat, API 63.0"


@pytest.mark.parametrize(
    "replies",
    [[json_reply({})], [versions()], [versions("63.0"), json_reply([])],
     [versions("63.0"), json_reply({"user_id": "005"}), ORG],
     [versions("63.0"), USER, json_reply({"done": True, "records": []})],
     [json_reply([{"version": "new"}])]],
)  # fmt: skip
def test_an_org_that_does_not_say_who_it_is_is_bad_input(replies):
    with scripted_org(*replies) as org, pytest.raises(BadInput):
        opened(org)


def test_another_org_is_refused_naming_both():
    both = r"00D5e0000000001EAA.*00D5e0000000002EAC"
    replies = (versions("63.0"), USER, ORG)
    with scripted_org(*replies) as org, pytest.raises(OrgSaidNo, match=both):
        opened(org, connection.Expected("00D5e0000000002EAC"))


@pytest.mark.parametrize(
    ("production", "is_sandbox", "said"),
    [
        (None, True, ""),
        (None, False, ""),
        (True, False, ""),
        (False, True, ""),
        (True, True, "is a sandbox, but the settings say production = true"),
        (False, False, "is a production org, but the settings say production = false"),
    ],
)
def test_what_the_settings_say_of_production_is_held_against_what_the_org_says(
    production, is_sandbox, said
):
    row = {"Id": "00D5e0000000001EAA", "Name": "Acme", "IsSandbox": is_sandbox}
    found = json_reply({"done": True, "records": [row]})
    refused = pytest.raises(OrgSaidNo, match=said) if said else nullcontext()
    with scripted_org(versions("63.0"), USER, found) as org, refused:
        opened(org, connection.Expected(production=production))


def test_a_given_token_cannot_be_renewed():
    expired = json_reply([{"errorCode": "INVALID_SESSION_ID"}], 401)
    with scripted_org(expired) as org, pytest.raises(LoginRefused, match="cannot be renewed"):
        opened(org)
