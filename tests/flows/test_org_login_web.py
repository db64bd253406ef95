"""What a login in a browser leaves behind: a token in the keyring or a private file, or nothing."""

import pytest
from keyring_in_memory import memory_keyring
from logging_in import browser, free_port, home, login, optout, web_login

from practice_org.app import handle
from practice_org.login.scopes import Policy, set_policy
from practice_org.wire import Response

__all__ = ["browser", "home", "optout"]  # fixtures
pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("browser")]


@pytest.fixture
def org(practice):
    """What is known of the practice org, in which each refresh token works once."""
    practice.org.set_setting("refresh_rotation", "1")
    practice.org.db.execute("DELETE FROM refresh_token")
    return practice.facts


def live_tokens(practice):
    return [row["token"] for row in practice.org.db.execute("SELECT token FROM refresh_token")]


@pytest.fixture
def ring():
    with memory_keyring() as found:
        yield found


def test_the_keyring_keeps_the_token_where_there_is_one(org, optout, tmp_path, home, ring):
    assert web_login(optout, org, tmp_path)[0] == 0
    entries = [entry for _, entry in ring.kept]
    assert len(entries) == 1
    assert entries[0].startswith("mine.deployer.refresh_token@")
    assert not (home / "keys").exists()
    assert optout("org", "show", "mine", "--json")[0] == 0
    assert optout("org", "logout", "mine", "--json")[1]["revoked"] == ["deployer"]
    assert ring.kept == {}


def test_a_keyring_that_is_locked_gives_way_to_a_private_file(org, optout, tmp_path, home, ring):
    ring.locked = True
    assert web_login(optout, org, tmp_path)[0] == 0
    kept = home / "keys" / "mine.deployer.refresh_token"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert optout("org", "show", "mine", "--json")[0] == 0


def test_a_file_is_used_when_asked_for_although_there_is_a_keyring(
    org, optout, tmp_path, home, ring
):
    assert web_login(optout, org, tmp_path, "--keep", "file")[0] == 0
    assert (home / "keys" / "mine.deployer.refresh_token").exists()
    assert ring.kept == {}


def test_a_keyring_that_is_asked_for_and_absent_is_told_before_the_browser_opens(
    org, optout, tmp_path, browser
):
    code, document, _ = web_login(optout, org, tmp_path, "--keep", "keyring")
    assert (code, "--keep file" in document["error"]["next"]) == (2, True)
    assert browser.opened == []


def test_a_wrong_name_is_told_before_the_browser_opens(org, optout, tmp_path, browser):
    words = ("--client-id", org["client_id"], "--json")
    code, _, _ = optout("org", "login", "web", "no good", *words)
    assert (code, browser.opened) == (2, [])


def test_a_login_to_another_org_leaves_the_one_that_was_there_as_it_was(
    practice, org, optout, tmp_path, home
):
    web_login(optout, org, tmp_path)
    file = home / "orgs.toml"
    before = file.read_text()
    file.write_text(before.replace(org["org_id"], "00D000000000062EAA"))
    kept = (home / "keys" / "mine.deployer.refresh_token").read_text()
    code, document, _ = web_login(optout, org, tmp_path)
    assert (code, "00D000000000062EAA" in document["error"]["message"]) == (1, True)
    assert (home / "keys" / "mine.deployer.refresh_token").read_text() == kept
    assert len(live_tokens(practice)) == 1
    file.write_text(before)
    assert optout("org", "show", "mine", "--json")[0] == 0


def test_a_second_login_revokes_the_token_it_replaces(practice, org, optout, tmp_path):
    web_login(optout, org, tmp_path)
    optout("org", "show", "mine", "--json")
    first = live_tokens(practice)
    assert web_login(optout, org, tmp_path)[0] == 0
    second = live_tokens(practice)
    assert (len(first), len(second), first != second) == (1, 1, True)
    assert optout("org", "show", "mine", "--json")[0] == 0


def test_a_second_login_goes_on_where_the_first_ones_token_cannot_be_read(
    org, optout, tmp_path, home
):
    web_login(optout, org, tmp_path)
    (home / "keys" / "mine.deployer.refresh_token").unlink()
    assert web_login(optout, org, tmp_path)[0] == 0


def test_a_keyring_that_is_gone_does_not_keep_an_org_from_being_forgotten(
    org, optout, tmp_path, ring
):
    web_login(optout, org, tmp_path)
    ring.locked = True
    code, document, _ = optout("org", "logout", "mine", "--json")
    assert (code, "--forget" in document["error"]["next"]) == (2, True)
    code, text, _ = optout("org", "logout", "mine", "--forget")
    assert (code, "keyring del optout mine.deployer.refresh_token@" in text) == (0, True)
    assert optout("org", "list", "--json")[1]["orgs"] == {}


@pytest.fixture
def block(home, ring):
    """Make a shelf take nothing; gives the words that ask for it."""

    def block_it(shelf):
        if shelf == "keyring":
            ring.locked = True
        else:
            home.mkdir(mode=0o700)
            (home / "keys").write_text("in the way")
        return ("--keep", shelf)

    return block_it


@pytest.mark.usefixtures("org")
@pytest.mark.parametrize("shelf", ["keyring", "file"])
def test_a_token_that_cannot_be_kept_is_revoked_and_the_reason_told(
    practice, optout, tmp_path, block, shelf
):
    code, document, _ = web_login(optout, practice.facts, tmp_path, *block(shelf))
    error = document["error"]
    assert (code, live_tokens(practice)) == (1, [])
    assert "could not be kept" in error["message"]
    assert "was revoked" in error["message"]
    assert "run the same command again" in error["next"]
    assert optout("org", "list", "--json")[1]["orgs"] == {}


def test_a_login_that_cannot_be_written_down_leaves_the_one_that_was_there_as_it_was(
    practice, org, optout, tmp_path, home
):
    web_login(optout, org, tmp_path)
    before = live_tokens(practice)
    lock = home / "orgs.lock"
    lock.unlink()
    lock.mkdir()
    code, document, _ = web_login(optout, org, tmp_path)
    assert (code, "was revoked" in document["error"]["message"]) == (1, True)
    assert live_tokens(practice) == before
    assert optout("org", "show", "mine", "--json")[0] == 0


def test_a_token_that_can_neither_be_kept_nor_revoked_says_where_to_end_it(
    practice, optout, tmp_path, block, switchboard
):
    def no_revoking(request):
        lost = request.path.endswith("/revoke")
        return Response(500) if lost else handle(practice.org, request)

    switchboard.answer = no_revoking
    code, document, _ = web_login(optout, practice.facts, tmp_path, *block("file"))
    assert (code, "still good" in document["error"]["message"]) == (1, True)
    assert "Connected Apps OAuth Usage" in document["error"]["next"]


MISSING = {
    "refresh_token": ("Perform requests at any time", ("api", "id")),
    "api": ("Manage user data via APIs", ("refresh_token", "id", "web")),
}


@pytest.mark.parametrize("lacks", MISSING)
def test_a_scope_that_the_app_lacks_is_named_and_nothing_is_kept(
    org, practice, optout, tmp_path, lacks
):
    next_, has = MISSING[lacks]
    set_policy(practice.org, org["client_id"], Policy(has))
    code, document, _ = web_login(optout, org, tmp_path)
    error = document["error"]
    assert (code, f"the scope {lacks}" in error["message"]) == (1, True), error
    assert next_ in error["next"]
    assert live_tokens(practice) == []
    assert optout("org", "list", "--json")[1]["orgs"] == {}


def test_an_app_whose_scopes_are_those_of_the_guide_is_enough(practice, org, optout, tmp_path):
    set_policy(practice.org, org["client_id"], Policy(("api", "id", "refresh_token")))
    assert web_login(optout, org, tmp_path)[0] == 0
    assert optout("org", "show", "mine", "--json")[0] == 0


def test_an_app_that_wants_its_secret_for_each_refresh_says_so_without_one(
    practice, org, optout, tmp_path
):
    set_policy(practice.org, org["client_id"], Policy(refresh_secret=True))
    words = ("--client-id", org["client_id"], "--port", free_port())
    assert login(optout, org, "web", *words)[0] == 0
    code, document, _ = optout("org", "show", "mine", "--json")
    assert (code, "--client-secret-file" in document["error"]["next"]) == (1, True)
    assert web_login(optout, org, tmp_path)[0] == 0
    assert optout("org", "show", "mine", "--json")[0] == 0
