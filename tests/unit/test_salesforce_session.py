"""The door to the network, against a server that misbehaves."""

import socket
import ssl

import pytest
import requests
import urllib3
from scripted_org import Reply, error_reply, json_reply, scripted_org

from deployer.errors import BadInput, OrgSaidNo, OutcomeUnknown, UsageError
from deployer.salesforce.fault_table import OrgUnreachable
from deployer.salesforce.faults import Effect
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.session import OrgSession, _transport_error

GET = {"method": "GET"}
POST = {"method": "POST", "data": b"x"}


def send(org, **request):
    session = org.session()
    return session, session.request(url=f"{org.origin}/services/data?q=secret", **request)


def test_a_call_is_noted_without_its_query():
    with scripted_org(json_reply([])) as org:
        session, _ = send(org, **GET, purpose="look")
    call = session.calls[0]
    assert (call.method, call.path, call.purpose, call.status) == (
        "GET", "/services/data", "look", 200
    )  # fmt: skip
    assert session.server_time


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("request_", [GET, POST], ids=["read", "write"])
def test_a_redirect_is_not_followed(status, request_):
    with scripted_org(Reply(status, headers=(("Location", "https://evil.example"),))) as org:
        with pytest.raises(OrgSaidNo, match="redirect"):
            send(org, **request_)
        assert len(org.seen) == 1


@pytest.mark.parametrize("request_", [GET, POST], ids=["read", "write"])
def test_a_redirect_to_the_org_itself_is_not_followed_either(request_):
    moved = Reply(302, headers=(("Location", "/services/data/v63.0"),))
    with scripted_org(moved, json_reply([])) as org:
        with pytest.raises(OrgSaidNo, match="redirect"):
            send(org, **request_)
        assert len(org.seen) == 1


@pytest.mark.parametrize(
    ("reply", "request_", "kind"),
    [
        (Reply(cut=True), GET, OrgUnreachable),
        (Reply(cut=True), POST, OutcomeUnknown),
        (Reply(drop=True), GET, OrgUnreachable),
        (Reply(drop=True), POST, OutcomeUnknown),
        (Reply(503), GET, OrgUnreachable),
        (Reply(503), POST, OutcomeUnknown),
        (Reply(200, b"not gzip", (("Content-Encoding", "gzip"),)), GET, OrgUnreachable),
        (Reply(drop=True), {**POST, "effect": Effect.READ}, OrgUnreachable),
        (error_reply("BRAND_NEW"), POST, OrgSaidNo),
    ],
)
def test_a_lost_read_may_be_repeated_and_a_lost_write_must_be_looked_up(reply, request_, kind):
    with scripted_org(reply) as org, pytest.raises(kind) as problem:
        send(org, **request_)
    assert type(problem.value) is kind
    assert "secret" not in str(problem.value)


@pytest.mark.parametrize(("request_", "kind"), [(GET, OrgUnreachable), (POST, OutcomeUnknown)])
def test_a_silent_server_does_not_hold_us(request_, kind):
    with scripted_org(Reply(silent=True)) as org:
        with pytest.raises(kind):
            send(org, **request_, timeout=(5, 0.1))
        assert len(org.seen) == 1


@pytest.mark.parametrize("request_", [GET, POST], ids=["read", "write"])
def test_a_connection_that_was_never_made_lost_nothing(request_):
    with scripted_org(Reply()) as org:
        pass
    with pytest.raises(OrgUnreachable, match="broke"):
        send(org, **request_)


@pytest.mark.parametrize("request_", [GET, POST], ids=["read", "write"])
def test_a_host_that_nobody_knows_is_told_as_such(request_, monkeypatch):
    def unknown(*_words, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with scripted_org(Reply()) as org:
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(OrgUnreachable, match="no host of this name") as problem:
            send(org, **request_)
    assert "instance_url" in problem.value.hint
    assert org.seen == []


def test_another_host_is_refused_before_anything_is_sent():
    with scripted_org(Reply()) as org:
        with pytest.raises(OrgSaidNo, match="not opened for that host"):
            org.session().request("GET", "https://evil.example/")
        assert org.seen == []


def test_a_certificate_nobody_vouches_for_is_refused():
    with scripted_org(Reply()) as org:
        stranger = OrgSession(_clock(), loopback=Loopback.PRACTICE)
        stranger.pin(org.origin)
        with pytest.raises(OrgSaidNo, match="certificate is not trusted"):
            stranger.request("POST", str(org.origin))
        assert org.seen == []


def test_a_bundle_of_the_environment_does_not_displace_the_added_one(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with scripted_org(Reply()) as org:
        assert send(org, **GET)[1].status_code == 200


def test_a_password_in_netrc_does_not_displace_the_token(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine localhost login a password b\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with scripted_org(Reply()) as org:
        session = org.session()
        session.trust_env = True
        session.request("GET", str(org.origin), headers={"Authorization": "Bearer mine"})
        assert org.tokens == ["mine"]


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_ca_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="CA file") as problem:
        OrgSession(_clock(), ca_file=path)
    assert problem.value.where == str(path)


class Ticking:
    """A clock that makes every look cost an hour."""

    def __init__(self):
        self.at = 0.0

    def monotonic_s(self):
        self.at += 3600
        return self.at


def test_an_answer_that_drips_for_ever_is_given_up():
    with scripted_org(Reply(body=b"x" * 10)) as org, pytest.raises(OrgUnreachable, match="in time"):
        org.session(Ticking()).request("GET", str(org.origin))


def test_an_answer_that_is_too_large_is_not_kept():
    with scripted_org(Reply(body=b"x" * 1000)) as org:
        session = org.session()
        session.cap_bytes = 999
        with pytest.raises(BadInput, match="larger"):
            session.request("GET", str(org.origin))


def test_a_host_can_be_added():
    session = OrgSession(_clock())
    session.pin(Origin("acme.my.salesforce.com"))
    with pytest.raises(OrgSaidNo):
        session.request("GET", "https://other.my.salesforce.com")


def _clock():
    return Ticking()


def test_a_body_of_any_size_goes_to_a_file_that_only_its_owner_reads(tmp_path):
    with scripted_org(Reply(body=b"x" * 300_000)) as org:
        answer = org.session().save(str(org.origin), tmp_path / "body")
    assert (tmp_path / "body").read_bytes() == b"x" * 300_000
    assert (tmp_path / "body").stat().st_mode & 0o777 == 0o600
    assert answer.content == b""


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(302, b"elsewhere"), OrgSaidNo),
        (error_reply("NOT_FOUND", 404), OrgSaidNo),
        (Reply(503, b"<html>busy</html>"), OrgUnreachable),
        (Reply(body=b"half", cut=True), OrgUnreachable),
        (Reply(drop=True), OrgUnreachable),
        (Reply(body=b"x" * 2000), BadInput),
    ],
)
def test_saving_keeps_to_the_same_door_as_asking(reply, kind, tmp_path):
    with scripted_org(reply) as org:
        session = org.session()
        session.cap_bytes = 1000
        with pytest.raises(kind) as problem:
            session.save(str(org.origin), tmp_path / "body")
        assert type(problem.value) is kind
        assert len(org.seen) == 1
    assert b"html" not in (tmp_path / "body").read_bytes()


def test_a_saved_body_that_drips_for_ever_is_given_up(tmp_path):
    with scripted_org(Reply(body=b"x")) as org, pytest.raises(OrgUnreachable, match="in time"):
        org.session(Ticking()).save(str(org.origin), tmp_path / "body")


@pytest.mark.parametrize("send", ["save", "upload"])
def test_files_go_to_no_other_host(send, tmp_path):
    (tmp_path / "body").write_bytes(b"x")
    words = ["PUT"] * (send == "upload")
    with pytest.raises(OrgSaidNo, match="not opened for that host"):
        getattr(OrgSession(_clock()), send)(*words, "https://evil.example/", tmp_path / "body")


def test_a_file_is_sent_with_its_length_and_read_in_pieces(tmp_path):
    (tmp_path / "body").write_bytes(b"Id\n" * 100_000)
    with scripted_org(Reply(201, b"")) as org:
        org.session().upload("PUT", str(org.origin), tmp_path / "body")
        assert org.seen[0][::2] == ("PUT", b"Id\n" * 100_000)


@pytest.mark.parametrize("reply", [Reply(drop=True), Reply(503), Reply(cut=True)])
def test_an_upload_whose_reply_is_lost_must_be_looked_up(reply, tmp_path):
    (tmp_path / "body").write_bytes(b"Id\n")
    with scripted_org(reply) as org, pytest.raises(OutcomeUnknown):
        org.session().upload("PUT", str(org.origin), tmp_path / "body")


def test_an_upload_that_takes_for_ever_is_given_up(tmp_path):
    (tmp_path / "body").write_bytes(b"Id\n")
    with scripted_org(Reply()) as org, pytest.raises(OutcomeUnknown):
        org.session(Ticking()).upload("PUT", str(org.origin), tmp_path / "body")


@pytest.mark.parametrize(
    ("told", "usage"),
    [("api-usage=18/15000", (18, 15000)), ("per-app-api-usage=1/2(appName=x)", None),
     ("api-usage=25/5000; per-app-api-usage=17/250(appName=x)", (25, 5000)), ("", None)],
)  # fmt: skip
def test_the_days_api_calls_are_what_the_org_last_told(told, usage):
    headers = (("Sforce-Limit-Info", told),)
    with scripted_org(Reply(headers=headers), Reply()) as org:
        session, _ = send(org, **GET)
        session.request("GET", str(org.origin))
    assert session.api_usage == usage


def test_a_closed_session_leaves_no_connection_open_not_even_for_an_error_that_is_kept():
    with scripted_org(error_reply("NOT_FOUND", 404)) as org:
        session = org.session()
        with pytest.raises(OrgSaidNo) as kept:
            session.request("GET", str(org.origin))
        pools = session.get_adapter("https://").poolmanager.pools
        [key] = pools.keys()
        [connection] = filter(None, pools[key].pool.queue)
        session.close()
    assert kept.value.__traceback__
    assert connection.sock is None


@pytest.mark.parametrize(
    ("reason", "effect", "told"),
    [
        (ssl.SSLCertVerificationError("self-signed"), Effect.WRITE, OrgSaidNo),
        (ssl.SSLCertVerificationError("self-signed"), Effect.READ, OrgSaidNo),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), Effect.WRITE, OutcomeUnknown),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), Effect.READ, OrgUnreachable),
        (ssl.SSLZeroReturnError(6, "closed"), Effect.WRITE, OutcomeUnknown),
    ],
)
def test_tls_that_breaks_is_told_from_a_certificate_that_is_not_trusted(reason, effect, told):
    retried = urllib3.exceptions.MaxRetryError(None, "/", urllib3.exceptions.SSLError(reason))
    broken = requests.exceptions.SSLError(retried)
    assert type(_transport_error(broken, "GET /", effect)) is told
