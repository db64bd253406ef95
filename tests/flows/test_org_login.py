"""Logging in to a practice org in every way, and being turned down in the usual ways."""

from pathlib import Path

import pytest
from logging_in import browser, free_port, home, login, optout, org, secret_file, web_login

__all__ = ["browser", "home", "optout", "org"]  # fixtures


def jwt_words(org, **changed):
    facts = {**org, **changed}
    return ("--client-id", facts["client_id"], "--username", facts["username"],
            "--key-file", facts["jwt_key_file"])  # fmt: skip


def words_for(kind, org, tmp_path):
    if kind == "jwt":
        return jwt_words(org)
    if kind == "client-credentials":
        kept = secret_file(tmp_path, org["client_secret"])
        return ("--client-id", org["client_id"], "--client-secret-file", kept)
    if kind == "token":
        return ("--token-file", secret_file(tmp_path, org["access_token"]))
    kept = secret_file(tmp_path, org["password"])
    return ("--username", org["username"], "--password-file", kept)


@pytest.mark.parametrize("kind", ["jwt", "client-credentials", "token", "soap"])
def test_a_login_is_proved_kept_listed_shown_and_forgotten(kind, org, optout, tmp_path):
    code, document, err = login(optout, org, kind, *words_for(kind, org, tmp_path))
    assert (code, document["org_id"], document["org"]) == (0, org["org_id"], "mine"), err
    assert list(optout("org", "list", "--json")[1]["orgs"]) == ["mine"]
    shown = optout("org", "show", "--json")[1]
    assert (shown["org_id"], shown["is_sandbox"]) == (org["org_id"], True)
    if kind != "token":  # revoking the administrator's token would end the other tests
        assert optout("org", "logout", "mine", "--json")[1]["forgotten"] is True
        assert optout("org", "list", "--json")[1]["orgs"] == {}


def test_a_kept_org_knows_its_id_and_no_secret_is_in_its_file(org, optout, tmp_path, home):
    login(optout, org, "token", *words_for("token", org, tmp_path))
    text = (home / "orgs.toml").read_text()
    assert org["org_id"] in text
    assert org["access_token"] not in text
    assert (home / "orgs.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.timeout(30)
def test_a_web_login_comes_back_through_the_browser(org, optout, tmp_path, home, browser):
    code, document, err = web_login(optout, org, tmp_path)
    assert (code, document["org_id"]) == (0, org["org_id"]), err
    assert len(browser.opened) == 1
    kept = home / "keys" / "mine.deployer.refresh_token"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert optout("org", "logout", "mine", "--json")[1]["revoked"] == ["deployer"]
    assert not kept.exists()


@pytest.mark.timeout(30)
@pytest.mark.usefixtures("browser")
def test_a_refresh_token_serves_as_an_sfdx_url_until_it_is_revoked(org, optout, tmp_path, home):
    web_login(optout, org, tmp_path)
    token = (home / "keys" / "mine.deployer.refresh_token").read_text()
    host = org["https_url"].removeprefix("https://")
    url = f"force://{org['client_id']}:{org['client_secret']}:{token}@{host}"
    words = ("--url-file", secret_file(tmp_path, url), "--ca-file", org["ca_file"], "--json")
    assert optout("org", "login", "sfdx-url", "other", *words)[0] == 0
    optout("org", "logout", "other")
    code, document, _ = optout("org", "show", "mine", "--json")
    assert (code, document["error"]["code"]) == (1, "invalid_grant")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"username": "nobody"}, ""),
        ({"client_id": "nothing"}, "client id"),
    ],
)
def test_a_refused_login_is_one_sentence_and_nothing_is_kept(changed, said, org, optout, home):
    code, document, err = login(optout, org, "jwt", *jwt_words(org, **changed))
    assert code == 1
    assert said in document["error"]["message"]
    assert document["error"]["next"]
    assert "Traceback" not in err
    assert not (home / "orgs.toml").exists()


def test_a_key_that_others_can_read_is_refused(org, optout, tmp_path):
    key = secret_file(tmp_path, Path(org["jwt_key_file"]).read_text(), mode=0o644)
    code, document, _ = login(optout, org, "jwt", *jwt_words(org, jwt_key_file=key))
    assert (code, document["error"]["next"]) == (2, f"chmod 600 {key}")


@pytest.mark.parametrize("key", ["not a key", ""])
def test_a_key_that_cannot_sign_is_named(key, org, optout, tmp_path):
    kept = secret_file(tmp_path, key)
    code, document, _ = login(optout, org, "jwt", *jwt_words(org, jwt_key_file=kept))
    assert (code, "private key" in document["error"]["message"]) == (2, True)


def settings_file(tmp_path, org, org_id, more=""):
    (tmp_path / "optout.toml").write_text(
        f'[orgs.mine]\norg_id = "{org_id}"\ninstance_url = "{org["https_url"]}"\n'
        f'ca_file = "{org["ca_file"]}"\n{more}[orgs.mine.deployer]\nlogin = "jwt"\n'
        f'client_id = "{org["client_id"]}"\nusername = "{org["username"]}"\n'
        f'key_file = "{org["jwt_key_file"]}"\n'
    )


def test_another_org_than_configured_is_refused_naming_both(org, optout, tmp_path):
    settings_file(tmp_path, org, "00D000000000062EAA")
    code, document, _ = optout("org", "show", "--json")
    assert code == 1
    assert org["org_id"] in document["error"]["message"]
    assert "00D000000000062EAA" in document["error"]["message"]


@pytest.mark.parametrize(
    "words",
    [("org", "show"), ("plan",), ("readiness",), ("deploy", "--yes"), ("sync", "adopt", "--yes")],
)
def test_a_sandbox_where_the_settings_say_production_is_refused_by_every_command(
    words, org, optout, tmp_path
):
    settings_file(tmp_path, org, org["org_id"], "production = true\n")
    code, document, _ = optout(*words, "--json")
    assert code == 1
    assert "is a sandbox, but the settings say production = true" in document["error"]["message"]


def test_a_sandbox_where_the_settings_say_so_is_taken(org, optout, tmp_path):
    settings_file(tmp_path, org, org["org_id"], "production = false\n")
    assert optout("org", "show", "mine", "--json")[0] == 0


def test_an_org_of_the_settings_file_is_not_forgotten(org, optout, tmp_path):
    settings_file(tmp_path, org, org["org_id"])
    code, document, _ = optout("org", "logout", "mine", "--json")
    assert (code, document["forgotten"], document["revoked"]) == (0, False, [])


def own_token_org(optout, org, tmp_path, url=None):
    """Configure an org with a token that is its own; its secret file."""
    kept = secret_file(tmp_path, "00D000000000001!AQdead")
    (tmp_path / "optout.toml").write_text(
        f'[orgs.mine]\ninstance_url = "{url or org["https_url"]}"\nca_file = "{org["ca_file"]}"\n'
        f'[orgs.mine.deployer]\nlogin = "token"\ntoken_file = "{kept}"\n'
    )
    return kept


def test_a_login_that_the_settings_file_hides_is_left_alone(org, optout, tmp_path, home):
    login(optout, org, "jwt", *jwt_words(org))
    settings_file(tmp_path, org, org["org_id"])
    code, text, _ = optout("org", "logout", "mine")
    assert (code, "hides a login of that name" in text) == (0, True)
    assert "[orgs.mine]" in (home / "orgs.toml").read_text()


@pytest.mark.parametrize(
    ("name", "said"), [("practice", "practice org"), ("never", "nothing to log out of")]
)
def test_nobody_logs_out_of_what_was_never_logged_in_to(name, said, optout):
    code, document, _ = optout("org", "logout", name, "--json")
    assert (code, said in document["error"]["message"]) == (2, True)
    assert "optout org list" in document["error"]["next"]


def test_a_login_whose_key_is_gone_can_still_be_forgotten(org, optout, tmp_path):
    key = secret_file(tmp_path, Path(org["jwt_key_file"]).read_text())
    login(optout, org, "jwt", *jwt_words(org, jwt_key_file=key))
    key.unlink()
    code, document, _ = optout("org", "logout", "mine", "--json")
    assert (code, document["forgotten"], document["left"]) == (0, True, [])


def test_a_token_that_was_not_revoked_is_not_forgotten_unless_asked_for(org, optout, tmp_path):
    own_token_org(optout, org, tmp_path, f"https://localhost:{free_port()}")
    code, document, _ = optout("org", "logout", "mine", "--json")
    assert (code, "--forget" in document["error"]["next"]) == (75, True)
    code, text, _ = optout("org", "logout", "mine", "--forget")
    assert (code, "not revoked, revoke it in Setup" in text) == (0, True)


def test_a_token_that_is_dead_already_is_logged_out_of(org, optout, tmp_path):
    own_token_org(optout, org, tmp_path)
    code, document, _ = optout("org", "logout", "mine", "--json")
    assert (code, document["revoked"]) == (0, ["deployer"])


def test_a_token_of_the_environment_is_used_and_never_kept(org, optout, home, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", org["access_token"])
    assert login(optout, org, "token", "--token-env", "MY_TOKEN")[0] == 0
    assert optout("org", "show", "mine", "--json")[1]["org_id"] == org["org_id"]
    assert org["access_token"] not in (home / "orgs.toml").read_text()
    monkeypatch.delenv("MY_TOKEN")
    code, document, _ = optout("org", "show", "mine", "--json")
    assert (code, "set MY_TOKEN" in document["error"]["next"]) == (2, True)


def test_a_token_that_is_no_longer_good_says_what_to_do(org, optout, tmp_path):
    dead = secret_file(tmp_path, f"{org['org_id'][:15]}!AQdead")
    code, document, _ = login(optout, org, "token", "--token-file", dead)
    assert code == 1
    assert "cannot be renewed" in document["error"]["message"]


def test_an_unknown_org_names_the_known_ones(optout):
    code, document, _ = optout("org", "show", "nope", "--json")
    assert (code, document["error"]["where"]) == (2, "--org")


@pytest.mark.parametrize("words", [("--key", "x"), ("--client-secret", "x")])
def test_a_secret_cannot_be_given_on_the_command_line(words, optout):
    assert optout("org", "login", "jwt", "mine", *words)[0] == 2


def test_an_org_cannot_be_called_practice(org, optout):
    code, document, _ = optout("org", "login", "jwt", "practice", *jwt_words(org), "--json")
    assert (code, "own name" in document["error"]["message"]) == (2, True)


@pytest.mark.parametrize(
    ("url", "instead"),
    [
        ("https://acme.lightning.force.com/lightning/page/home", "acme.my.salesforce.com"),
        ("https://acme--uat.sandbox.lightning.force.com", "acme--uat.sandbox.my.salesforce.com"),
        ("https://acme.my.salesforce-setup.com/", "acme.my.salesforce.com"),
        ("acme.my.salesforce.com", "https://MYDOMAIN.my.salesforce.com"),
    ],
)
def test_an_address_out_of_the_browser_is_refused_with_the_one_to_type(url, instead, org, optout):
    words = ("--instance-url", url, *jwt_words(org), "--json")
    code, document, _ = optout("org", "login", "jwt", "mine", *words)
    assert code in {1, 2}
    assert instead in document["error"]["next"]
