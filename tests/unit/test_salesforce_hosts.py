"""A token goes to Salesforce's own hosts, to the configured one, and nowhere else."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import OrgSaidNo
from deployer.salesforce.hosts import (
    Loopback,
    Origin,
    check_pinned,
    login_origin,
    origin_of,
    trusted_origin,
)

CASES = Path(__file__).parents[1] / "cases" / "faults" / "hostile_urls.txt"
LINES = CASES.read_text(encoding="utf-8").splitlines()


def unescaped(line):
    return codecs.decode(line, "unicode_escape") if "\\x" in line or "\\u" in line else line


HOSTILE = [unescaped(line) for line in LINES if line and not line.startswith("#")]
ACME = Origin("acme.my.salesforce.com")


def test_there_are_enough_hostile_addresses():
    assert len(set(HOSTILE)) >= 100


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused(url):
    with pytest.raises(OrgSaidNo, match="not sent"):
        trusted_origin(url, None)


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_not_pinned(url):
    with pytest.raises(OrgSaidNo, match="not sent"):
        check_pinned(url, frozenset({ACME, Origin("login.salesforce.com")}))


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.my.salesforce.com",
        "https://ACME.my.salesforce.com:443/services/data?q=a%20b",
        "https://acme--uat.sandbox.my.salesforce.com",
        "https://acme-dev-ed.develop.my.salesforce.com",
        "https://acme.my.salesforce.mil",
        "https://login.salesforce.com",
        "https://test.salesforce.com",
    ],
)
def test_salesforces_own_hosts_are_trusted(url):
    assert trusted_origin(url, None).port == 443


def test_the_configured_host_is_trusted_as_it_is():
    own = Origin("salesforce.acme.example", 8443)
    assert trusted_origin("https://salesforce.acme.example:8443/x", own) == own
    with pytest.raises(OrgSaidNo):
        trusted_origin("https://salesforce.acme.example/x", own)


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:1", "[::1]:1", "a.localhost"])
def test_this_machine_is_trusted_for_practice_only(host):
    assert trusted_origin(f"https://{host}", None, Loopback.PRACTICE)
    with pytest.raises(OrgSaidNo, match="no Salesforce org"):
        trusted_origin(f"https://{host}", origin_of(f"https://{host}"))


@pytest.mark.parametrize("url", ["https://acme.my.salesforce.com", "https://10.0.0.1"])
def test_a_practice_token_does_not_leave_this_machine(url):
    with pytest.raises(OrgSaidNo, match="not sent"):
        trusted_origin(url, None, Loopback.PRACTICE)


@pytest.mark.parametrize(
    ("instance", "login"),
    [
        (None, "login"),
        ("acme.my.salesforce.com", "login"),
        ("acme--uat.sandbox.my.salesforce.com", "test"),
        ("acme--uat.my.salesforce.com", "test"),
        ("acme-1234.scratch.my.salesforce.com", "test"),
        ("test.salesforce.com", "test"),
        ("login.salesforce.com", "login"),
        ("acme-dev-ed.develop.my.salesforce.com", "login"),
    ],
)
def test_sandboxes_log_in_at_test(instance, login):
    origin = Origin(instance) if instance else None
    assert login_origin(origin) == Origin(f"{login}.salesforce.com")


@given(st.text(min_size=1, max_size=40))
def test_no_suffix_makes_another_host_pass(tail):
    try:
        found = check_pinned(f"https://acme.my.salesforce.com{tail}", frozenset({ACME}))
    except OrgSaidNo:
        return
    assert found == ACME
    assert tail[0] in "/?:"


@pytest.mark.parametrize("origin", [ACME, Origin("localhost", 8443), Origin("::1", 1)])
def test_an_origin_reads_back_as_itself(origin):
    assert origin_of(str(origin)) == origin
