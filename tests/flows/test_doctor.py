"""doctor and settings say how things stand, one line each, and never a secret."""

import errno
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyring_in_memory import memory_keyring
from logging_in import home

from deployer.cli import main
from deployer.commands.doctor import examine, skew
from deployer.model.findings import Severity
from deployer.salesforce.practice import SERVER_FILE, start_child

pytestmark = pytest.mark.slow

__all__ = ["home"]  # a fixture


@dataclass
class Fixed:
    """This machine's clock, which stands still."""

    at: datetime

    def now(self):
        return self.at

    def monotonic_s(self):
        return 0.0

    def sleep(self, seconds):
        raise AssertionError(f"nothing here waits {seconds} s")


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def optout(home, capsys):
    """Run a command; its exit code, its --json document and stderr."""
    assert not home.exists()

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json"])
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out), err

    return run


def checks(document, severity):
    return [row for row in document["checks"] if row["severity"] == severity]


def test_a_bare_machine_is_well(optout):
    code, document, _ = optout("doctor")
    assert (code, checks(document, "fail")) == (0, [])
    assert {row["check"] for row in document["checks"]} == {
        "python", "library", "state", "keyring", "settings"
    }  # fmt: skip


def test_every_identity_of_the_practice_org_logs_in(optout):
    code, document, _ = optout("doctor", "--org", "practice")
    logins = [row["where"] for row in document["checks"] if row["check"] == "login"]
    assert (code, logins) == (0, ["practice deployer", "practice auditor", "practice runner"])
    assert [r["severity"] for r in document["checks"] if r["check"] == "clock"] == ["pass"] * 3


def test_an_open_state_folder_is_a_failure(optout, home):
    home.mkdir(mode=0o755)
    code, document, _ = optout("doctor")
    assert (code, checks(document, "fail")[0]["fix"]) == (1, f"chmod 700 {home}")


def test_a_private_state_folder_is_probed_and_left_empty(optout, home):
    home.mkdir(mode=0o700)
    assert optout("doctor")[0] == 0
    assert list(home.iterdir()) == []


def test_broken_settings_are_a_failure_and_the_machine_is_still_told(optout, tmp_path):
    (tmp_path / "optout.toml").write_text("nope = 1")
    code, document, _ = optout("doctor")
    assert code == 1
    assert checks(document, "fail")[0]["check"] == "settings"
    assert checks(document, "pass")


def test_a_login_that_fails_and_a_role_that_stands_in_are_told(optout, tmp_path):
    (tmp_path / "optout.toml").write_text(
        '[orgs.a]\ninstance_url = "https://localhost:1"\n[orgs.a.deployer]\n'
        'login = "token"\ntoken_env = "NOT_SET_ANYWHERE"\n[orgs.b]\n'
    )
    code, document, _ = optout("doctor")
    failed = [row["where"] for row in checks(document, "fail")]
    assert code == 1
    assert "a deployer" in failed[0]
    assert [row["where"] for row in checks(document, "info")] == ["a auditor", "a runner"]


def settings_of(practice, tmp_path, **changed):
    """An org called a, whose deployer logs in with a key."""
    who = practice.facts["identities"]["deployer"]
    facts = {"client_id": who["client_id"], "username": who["username"],
             "key_file": who["jwt_key_file"], **changed}  # fmt: skip
    lines = [f'{key} = "{value}"' for key, value in facts.items()]
    (tmp_path / "optout.toml").write_text(
        f'[orgs.a]\ninstance_url = "{practice.https}"\nca_file = "{practice.facts["ca_file"]}"\n'
        '[orgs.a.deployer]\nlogin = "jwt"\n' + "\n".join(lines)
    )


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("minutes", "said"), [(10, "600 s behind"), (-10, "600 s ahead of")])
def test_a_clock_that_is_far_off_is_told_whether_or_not_the_login_is_refused(
    minutes, said, practice, tmp_path
):
    settings_of(practice, tmp_path)
    found = list(examine(None, None, Fixed(practice.clock() - timedelta(minutes=minutes))))
    clock = next(row for row in found if row.rule == "clock")
    assert (clock.severity, said in clock.what) == (Severity.FAIL, True)
    assert "timedatectl" in clock.fix
    login = next(row for row in found if row.rule == "login" and row.severity is not Severity.INFO)
    late = minutes > 0
    assert login.severity is (Severity.FAIL if late else Severity.PASS)
    assert not late or "clock is 600 s behind" in login.what


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("changed", "fix"),
    [
        ({"client_id": "nothing"}, "check client_id"),
        ({"username": "nobody@example.com"}, "pre-authorized"),
        ({"key_file": "/nowhere/key"}, "check the path"),
    ],
)
def test_one_thing_that_is_wrong_is_one_line_with_what_to_do(changed, fix, practice, tmp_path):
    settings_of(practice, tmp_path, **changed)
    failed = [row for row in examine(None, None, Fixed(practice.clock())) if is_failed(row)]
    assert [(row.rule, fix in row.fix) for row in failed] == [("login", True)]


def is_failed(finding):
    return finding.severity is Severity.FAIL


def test_a_state_folder_on_a_full_disk_is_a_failure_and_no_traceback(optout, home, monkeypatch):
    def full(*_args, **_named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    home.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    code, document, _ = optout("doctor")
    assert (code, "No space left" in checks(document, "fail")[0]["what"]) == (1, True)


def test_a_keyring_of_the_machine_is_told(optout):
    with memory_keyring():
        document = optout("doctor")[1]
    said = next(row["what"] for row in document["checks"] if row["check"] == "keyring")
    assert said == "one is there"


@pytest.mark.parametrize(
    ("server", "severity", "said"),
    [
        ("Tue, 24 Nov 2026 12:00:00 GMT", Severity.PASS, "0 s"),
        ("Tue, 24 Nov 2026 11:59:00 GMT", Severity.WARN, "60 s ahead"),
        ("Tue, 24 Nov 2026 12:05:00 GMT", Severity.FAIL, "300 s behind"),
        ("", Severity.UNKNOWN, "no time"),
        ("soon", Severity.UNKNOWN, "no time"),
        ("Tue, 24 Nov 2026 12:00:00 -0000", Severity.UNKNOWN, "no time"),
    ],
)
def test_the_clocks_are_compared(server, severity, said):
    finding = skew(server, NOON, "here")
    assert finding.severity is severity
    assert said in finding.what


def test_settings_show_sources_and_no_secret(optout, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "hunter2")
    monkeypatch.setenv("OPTOUT_WAIT", "9")
    (tmp_path / "optout.toml").write_text(
        '[orgs.a]\ninstance_url = "https://a.my.salesforce.com"\nproduction = true\n'
        '[orgs.a.deployer]\nlogin = "token"\ntoken_env = "MY_TOKEN"\n'
    )
    code, document, err = optout("settings")
    wait = next(row for row in document["settings"] if row["name"] == "wait")
    assert (code, wait["value"], wait["source"]) == (0, "9", "OPTOUT_WAIT")
    assert document["orgs"]["a"]["identities"]["deployer"]["token_env"] == "MY_TOKEN"
    assert "hunter2" not in f"{document} {err}"


def test_settings_of_the_sync_are_shown_where_they_are_set_and_no_password(
    optout, tmp_path, monkeypatch
):
    monkeypatch.setenv("OPTOUT_SYNC_LEDGER_URL", "postgresql+psycopg://ada:hunter2@db/optout")
    monkeypatch.setenv("OPTOUT_PEOPLE_URL", "postgresql://db/optout?password=hunter2")
    (tmp_path / "optout.toml").write_text('[sync]\nat = "21:00"\n')
    _, document, _ = optout("settings")
    shown = {row["name"]: row["value"] for row in document["settings"]}
    assert shown["sync.at"] == "21:00"
    assert shown["sync.ledger_url"] == "postgresql+psycopg://ada:***@db/optout"
    assert shown["people.url"] == "postgresql://db/optout?password=***"
    assert "sync.timezone" not in shown


def test_settings_are_readable_without_json(home, capsys, tmp_path):
    (tmp_path / "optout.toml").write_text('[orgs.a]\ninstance_url = "https://a.my.salesforce.com"')
    with pytest.raises(SystemExit):
        main(["settings"])
    out = capsys.readouterr().out
    assert "instance_url  https://a.my.salesforce.com" in out
    assert str(home) in out


@pytest.mark.parametrize("text", ["{", '{"pid": 0}'])
def test_a_stale_server_file_starts_an_org_of_our_own(optout, home, text):
    (home / "practice-org").mkdir(parents=True, mode=0o700)
    (home / "practice-org" / SERVER_FILE).write_text(text)
    home.chmod(0o700)
    assert optout("org", "show", "practice")[0] == 0


def test_a_running_practice_org_is_used_and_left_running(optout, home):
    with start_child(home / "practice-org") as running:
        document = optout("org", "show", "practice")[1]
        assert document["instance_url"] == running.https_url
        assert optout("org", "show", "practice")[1]["instance_url"] == running.https_url


def test_the_first_line_names_org_kind_and_user(home, capfd):
    assert not home.exists()
    with pytest.raises(SystemExit):
        main(["org", "show", "practice"])
    first = capfd.readouterr().err.splitlines()[0]
    assert first.startswith("org Practice Company (sandbox, 00D")
    assert "user deployer@" in first


def test_a_practice_org_that_cannot_start_says_why(optout, home):
    (home / "practice-org").mkdir(parents=True)
    (home / "practice-org" / "ca.pem").mkdir()
    code, document, _ = optout("org", "show", "practice")
    assert code == 75
    assert "did not start" in document["error"]["message"]


def test_a_file_in_the_way_of_the_practice_org_is_named(optout, home):
    home.mkdir()
    (home / "practice-org").write_text("in the way")
    code, document, _ = optout("org", "show", "practice")
    assert (code, document["error"]["where"]) == (1, str(home / "practice-org"))


def test_two_commands_share_one_practice_org_and_the_last_one_ends_it(home):
    words = [Path(sys.executable).parent / "optout", "org", "show", "practice", "--json"]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(2)]
    outputs = [json.loads(one.communicate(timeout=100)[0]) for one in both]
    assert [out["ok"] for out in outputs] == [True, True]
    assert not (home / "practice-org" / SERVER_FILE).exists()
