"""The org on loopback: both doors, its certificate, what clients do to a connection."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
import requests

from practice_org.server import listen

VERSIONS = "/services/data"


def test_https_is_trusted_through_the_orgs_own_ca(practice):
    answer = requests.get(practice.https + VERSIONS, verify=practice.facts["ca_file"], timeout=60)
    assert answer.status_code == 200


def test_https_is_not_trusted_without_it(practice):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(practice.https + VERSIONS, timeout=60)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "login.salesforce.com", "acme.my.salesforce.com"]
)
def test_the_certificate_is_good_for(practice, host):
    context = ssl.create_default_context(cafile=practice.facts["ca_file"])
    port = int(practice.https.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as plain:
        context.wrap_socket(plain, server_hostname=host).close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])  # noqa: S104 - what is refused
def test_it_listens_to_nobody_else(host):
    with pytest.raises(ValueError, match="loopback only"):
        listen(0, host)


def test_both_doors_are_bound_to_loopback(switchboard):
    doors = (switchboard.doors.http, switchboard.doors.https)
    assert {door.getsockname()[0] for door in doors} == {"127.0.0.1"}


def test_a_chunked_body_is_read_whole(practice):
    pieces = (piece for piece in (b"grant_type=", b"nope"))
    answer = requests.post(practice.http + "/services/oauth2/token", data=pieces, timeout=60)
    assert answer.json()["error"] == "unsupported_grant_type"


def test_one_connection_serves_many_requests_without_delay(practice):
    with requests.Session() as session:
        first = session.get(practice.http + VERSIONS, timeout=60)
        times = [session.get(practice.http + VERSIONS, timeout=60).elapsed for _ in range(20)]
    assert first.headers.get("connection", "keep-alive") == "keep-alive"
    # A delayed ACK would cost 40 ms each time, however idle the machine.
    assert min(times).total_seconds() < 0.035


def test_an_answer_names_the_host_the_client_asked(practice):
    headers = {"Authorization": f"Bearer {practice.facts['access_token']}", "Host": "na1.test"}
    answer = requests.get(practice.http + "/services/data/v63.0", headers=headers, timeout=60)
    assert answer.json()["identity"].startswith("http://na1.test/id/00D")


def test_the_key_of_the_leaf_is_private(org_files, certificates):
    private = (certificates.key_file, *(Path(p) for p in org_files.path.glob("*.key")))
    assert {oct(path.stat().st_mode & 0o777) for path in private} == {"0o600"}
