"""Refresh tokens that work once: nothing that fails, or runs beside, locks the only login out."""

import json
import threading
from datetime import timedelta

import pytest

from deployer.commands.options import open_connection
from deployer.errors import LoginRefused, OptoutError
from practice_org import tables
from practice_org.app import handle
from practice_org.login.apps import issue_refresh_token, revoke_refresh_token
from practice_org.login.sessions import end_sessions_of
from practice_org.wire import Response


@pytest.fixture
def org(practice):
    """The practice org's insides; each refresh token works once."""
    practice.org.set_setting("refresh_rotation", "1")
    return practice.org


@pytest.fixture
def user(org):
    return tables.find_rows(org, "User", Username="deployer@practice.example.com")[0]["Id"]


@pytest.fixture
def token(org, user, practice, tmp_path, monkeypatch):
    """The refresh token of an org called mine, which is configured."""
    client_id = org.setting("client_id:deployer")
    issued = issue_refresh_token(org, client_id, user)
    kept = tmp_path / "token"
    kept.write_text(issued)
    kept.chmod(0o600)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "optout.toml").write_text(
        f'[orgs.mine]\ninstance_url = "{practice.https}"\nca_file = "{practice.facts["ca_file"]}"\n'
        f'[orgs.mine.deployer]\nlogin = "web"\nclient_id = "{client_id}"\n'
        f'refresh_token_file = "{kept}"\n'
    )
    return issued


def look():
    """Log in, and ask something."""
    with open_connection("mine", as_json=True) as connection:
        return connection.query("SELECT Id FROM Organization")


def kept_file(private_home):
    (kept,) = (private_home / "optout" / "rotated").glob("mine.deployer.*.json")
    return kept


@pytest.mark.usefixtures("token")
def test_each_command_goes_on_with_the_token_that_the_last_one_got():
    assert [len(look()) for _ in range(3)] == [1, 1, 1]


@pytest.mark.usefixtures("token")
def test_commands_that_begin_at_once_all_get_in():
    start, told = threading.Barrier(4), []

    def command():
        start.wait(30)
        try:
            told.append(len(look()))
        except OptoutError as refused:
            told.append(refused.message)

    threads = [threading.Thread(target=command) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told == [1, 1, 1, 1]


@pytest.mark.usefixtures("token")
def test_a_command_that_dies_right_after_its_login_has_kept_the_new_token(
    switchboard, org, private_home
):
    def only_logins(request):
        return handle(org, request) if request.path.endswith("/token") else Response(400)

    switchboard.answer = only_logins
    with pytest.raises(OptoutError):
        look()
    kept = kept_file(private_home)
    assert kept.stat().st_mode & 0o777 == 0o600
    switchboard.answer = lambda request: handle(org, request)
    assert look()


def newest(private_home):
    return json.loads(kept_file(private_home).read_text())["refresh_token"]


@pytest.mark.usefixtures("token")
def test_a_token_that_is_revoked_in_the_middle_of_a_run_ends_it_with_what_to_type(
    org, user, private_home
):
    with open_connection("mine", as_json=True) as connection:
        revoke_refresh_token(org, newest(private_home))
        end_sessions_of(org, user)
        with pytest.raises(LoginRefused, match="expired or was revoked") as problem:
            connection.query("SELECT Id FROM Organization")
    assert "optout org login web" in problem.value.hint


@pytest.mark.usefixtures("token")
def test_a_session_that_ends_in_the_middle_of_a_run_is_renewed_with_the_new_token(practice):
    with open_connection("mine", as_json=True) as connection:
        practice.clock.move(hours=3)
        assert connection.query("SELECT Id FROM Organization")
    assert look()


def test_a_token_that_somebody_else_used_again_is_no_longer_good(token, tmp_path, private_home):
    look()
    thief = tmp_path / "token"
    kept = kept_file(private_home)
    hidden = kept.read_bytes()
    kept.unlink()  # another machine, with the first token
    with pytest.raises(LoginRefused):
        look()
    assert thief.read_text() == token
    kept.write_bytes(hidden)
    with pytest.raises(LoginRefused, match="revoked") as problem:
        look()
    assert "two programs" in problem.value.hint


@pytest.mark.usefixtures("token")
def test_a_token_that_nobody_used_for_too_long_has_expired(org, practice):
    org.set_setting("refresh_idle_days", "30")
    practice.clock.move(hours=29 * 24)
    look()
    practice.clock.at += timedelta(days=31)
    with pytest.raises(LoginRefused, match="expired"):
        look()


def sfdx_url(practice, tmp_path, token):
    """A file with the force:// URL of this refresh token, as the Salesforce CLI tells it."""
    app = practice.org.setting("client_id:deployer"), practice.org.setting("client_secret:deployer")
    kept = tmp_path / f"{token[-9:]}.url"
    kept.write_text(f"force://{':'.join(app)}:{token}@{practice.https.removeprefix('https://')}")
    kept.chmod(0o600)
    return str(kept)


def log_in_to(run, practice, url):
    ca_file = practice.facts["ca_file"]
    return run("org", "login", "sfdx-url", "mine", "--url-file", url, "--ca-file", ca_file)


def another_token(org, user):
    return issue_refresh_token(org, org.setting("client_id:deployer"), user)


OTHER_ORG = "00D000000000062EAA"


@pytest.fixture
def used(token, practice, tmp_path, run, private_home):
    """An org called mine whose sfdx URL was used, so that its newest token is a kept one."""
    (tmp_path / "optout.toml").unlink()
    assert log_in_to(run, practice, sfdx_url(practice, tmp_path, token))[0] == 0
    return private_home / "optout" / "orgs.toml"


def test_a_trial_login_to_another_org_leaves_the_kept_token_of_the_configured_one(
    used, practice, user, tmp_path, run
):
    org = practice.org
    text = used.read_text()
    used.write_text(text.replace(org.setting("org_id"), OTHER_ORG))
    url = sfdx_url(practice, tmp_path, another_token(org, user))
    code, _, err = log_in_to(run, practice, url)
    assert (code, OTHER_ORG in err) == (1, True)
    used.write_text(text)
    assert look()


def test_a_login_by_another_url_of_the_same_org_goes_on_with_what_that_one_gave(
    used, practice, user, tmp_path, run
):
    url = sfdx_url(practice, tmp_path, another_token(practice.org, user))
    assert used.exists()
    for _ in range(2):  # the second finds the token that the first was given
        assert log_in_to(run, practice, url)[0] == 0
    assert look()


def test_a_login_beside_an_org_of_the_settings_file_leaves_that_ones_kept_token(
    token, practice, user, tmp_path, run
):
    assert look()
    assert token
    url = sfdx_url(practice, tmp_path, another_token(practice.org, user))
    assert log_in_to(run, practice, url)[0] == 0
    assert look()
