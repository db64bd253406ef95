"""A client that hard-codes Salesforce's hosts, sent here by its proxy setting."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
import requests
from simple_salesforce import SalesforceLogin  # noqa: TID251 - the second client, unchanged

LOGIN = "https://login.salesforce.com"


@pytest.fixture
def proxied(practice, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", practice.facts["ca_file"])
    monkeypatch.setenv("HTTPS_PROXY", practice.http)
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize("host", ["login.salesforce.com", "acme.my.salesforce.com"])
def test_salesforces_own_hosts_are_this_org(proxied, host):
    answer = proxied.get(f"https://{host}/services/data", timeout=60)
    assert answer.json()[-1]["url"].startswith("/services/data/v")


def test_a_host_the_certificate_does_not_name_is_not_believed(proxied):
    with pytest.raises(requests.exceptions.SSLError):
        proxied.get("https://example.com/services/data", timeout=60)


def test_a_login_without_a_domain_stays_at_the_host_it_asked(proxied, practice):
    token, instance = SalesforceLogin(
        session=proxied,
        username=practice.facts["username"],
        password=practice.facts["password"],
        security_token="",
    )
    assert instance == "login.salesforce.com"
    headers = {"Authorization": f"Bearer {token}"}
    answer = proxied.get(f"{LOGIN}/services/oauth2/userinfo", headers=headers, timeout=60)
    assert answer.json()["preferred_username"] == practice.facts["username"]


def test_a_tunnel_asked_for_in_pieces_is_opened(practice):
    where = urlsplit(practice.http)
    with socket.create_connection((where.hostname, where.port), timeout=60) as door:
        door.sendall(b"CONNECT login.salesforce.com:443 HT")
        door.sendall(b"TP/1.1\r\nHost: login.salesforce.com:443\r\n\r\n")
        assert door.recv(100).startswith(b"HTTP/1.1 200 ")
