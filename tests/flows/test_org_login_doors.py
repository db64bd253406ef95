"""Sandbox or production: which address knows an org, and what its signed logins are meant for.

Salesforce's own hosts lead to the practice org, through its tunnel.
"""

import pytest
from logging_in import home, optout

__all__ = ["home", "optout"]  # fixtures
SANDBOX = "https://acme--uat.sandbox.my.salesforce.com"
PRODUCTION = "https://acme.my.salesforce.com"
LOGIN, TEST = "https://login.salesforce.com", "https://test.salesforce.com"


@pytest.fixture
def org(practice, monkeypatch):
    """What is known of the org that all of Salesforce's hosts lead to."""
    monkeypatch.setenv("HTTPS_PROXY", practice.http)
    monkeypatch.delenv("NO_PROXY", raising=False)
    practice.org.set_setting("login_doors", "1")
    be(practice, SANDBOX)
    return practice.facts


def be(practice, my_domain):
    practice.org.set_setting("my_domain", my_domain)
    practice.org.set_setting("sandbox", "1" if my_domain == SANDBOX else "0")


@pytest.fixture
def log_in(org, optout, practice):
    """`org login jwt` with these words, to the org of this My Domain."""
    who = org["identities"]["deployer"]
    words = ("--client-id", who["client_id"], "--username", who["username"],
             "--key-file", who["jwt_key_file"], "--ca-file", org["ca_file"], "--json")  # fmt: skip

    def run(my_domain, *more):
        be(practice, my_domain)
        return optout("org", "login", "jwt", "mine", *words, *more)

    return run


@pytest.mark.parametrize(
    ("my_domain", "given"),
    [
        (SANDBOX, ("--login-url", TEST)),
        (SANDBOX, ("--instance-url", SANDBOX)),
        (PRODUCTION, ()),
        (PRODUCTION, ("--login-url", LOGIN)),
        (PRODUCTION, ("--instance-url", PRODUCTION)),
    ],
)
def test_an_org_is_found_at_its_own_address_and_at_the_door_of_its_kind(
    my_domain, given, log_in, optout, org
):
    code, document, _ = log_in(my_domain, *given)
    assert (code, document["org_id"]) == (0, org["org_id"])
    shown = optout("org", "show", "mine", "--json")[1]
    assert shown["instance_url"] == my_domain


@pytest.mark.parametrize(
    ("my_domain", "given", "advice"),
    [
        (SANDBOX, (), f"--login-url {TEST}"),
        (SANDBOX, ("--login-url", LOGIN), f"--login-url {TEST}"),
        (PRODUCTION, ("--login-url", TEST), f"--login-url {LOGIN}"),
    ],
)
def test_the_wrong_door_names_the_right_one(my_domain, given, advice, log_in, home):
    code, document, _ = log_in(my_domain, *given)
    assert (code, advice in document["error"]["next"]) == (1, True)
    assert not (home / "orgs.toml").exists()


def test_client_credentials_ask_for_the_orgs_own_address(org, optout, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(org["client_secret"])
    secret.chmod(0o600)
    words = ("--client-id", org["client_id"], "--client-secret-file", secret, "--ca-file",
             org["ca_file"], "--json")  # fmt: skip
    common = ("org", "login", "client-credentials", "mine", *words, "--instance-url")
    code, document, _ = optout(*common, TEST)
    assert (code, "MYDOMAIN.my.salesforce.com" in document["error"]["next"]) == (1, True)
    assert optout(*common, SANDBOX)[0] == 0
