"""A client in wide use, unchanged, against the org's https door."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from simple_salesforce import (  # noqa: TID251 - the second client; the org must please it unchanged
    Salesforce,
    SalesforceAuthenticationFailed,
    SalesforceLogin,
)

QUERY = "SELECT Id, Name FROM Contact ORDER BY Name LIMIT 3"


@pytest.fixture
def trusted(practice, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", practice.facts["ca_file"])
    return practice


def host(practice):
    return urlsplit(practice.https).netloc


def names(client):
    return [row["Name"] for row in client.query(QUERY)["records"]]


def test_it_queries_with_a_session_id(trusted):
    token = trusted.facts["access_token"]
    client = Salesforce(session_id=token, instance_url=trusted.https, version="63.0")
    assert len(names(client)) == 3


def test_it_logs_in_by_jwt(trusted):
    client = Salesforce(
        username=trusted.facts["username"],
        consumer_key=trusted.facts["client_id"],
        privatekey_file=trusted.facts["jwt_key_file"],
        domain=f"{host(trusted)}/services/oauth2/token?x=",
        version="63.0",
    )
    assert len(names(client)) == 3


def test_it_logs_in_by_client_credentials(trusted):
    token, instance = SalesforceLogin(
        consumer_key=trusted.facts["client_id"],
        consumer_secret=trusted.facts["client_secret"],
        domain=f"{host(trusted)}/services/oauth2/token?x=",
    )
    assert instance == host(trusted)
    assert len(names(Salesforce(session_id=token, instance=instance, version="63.0"))) == 3


def test_it_logs_in_over_soap(trusted):
    client = Salesforce(
        username=trusted.facts["username"],
        password=trusted.facts["password"],
        security_token="",
        domain=f"{host(trusted)}/services/Soap/u/63.0?x=",
        version="63.0",
    )
    assert len(names(client)) == 3


def test_it_understands_a_refused_login(trusted):
    with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
        SalesforceLogin(
            username=trusted.facts["username"],
            password="wrong",
            security_token="",
            domain=f"{host(trusted)}/services/Soap/u/63.0?x=",
        )


def test_it_reads_limits_and_a_describe(trusted):
    token = trusted.facts["access_token"]
    client = Salesforce(session_id=token, instance_url=trusted.https, version="63.0")
    assert client.limits()["DailyApiRequests"]["Remaining"] > 0
    fields = {field["name"] for field in client.Lead.describe()["fields"]}
    assert "HasOptedOutOfEmail" in fields
