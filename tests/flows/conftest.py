"""What every walk needs: an org, a desk to deploy from, and a way to type."""

from __future__ import annotations

import json

import pytest
import stamina
from identity_jobs import Job
from identity_org import FIELD, deploy_set, newcomer, write_login
from metadata_org import Lab
from postgresql_house import cluster, database  # noqa: F401 - fixtures of these tests
from serve_process import start  # noqa: F401 - the same
from walk import StepClock, a_walk

from deployer.cli import main
from deployer.clock import SystemClock
from deployer.commands.options import open_connection
from practice_org.app import handle


@pytest.fixture(autouse=True)
def no_backoff():
    """Reads are repeated at once, so that no test waits."""
    stamina.set_testing(True, attempts=4)
    yield
    stamina.set_testing(False)


@pytest.fixture
def walk(practice, private_home):
    """A deploy to walk through by hand; the clock moves only when somebody sleeps on it."""
    practice.org.set_setting("deploy_seconds", "3")
    with open_connection(
        "practice", "write", as_json=True, clock=StepClock(practice.clock)
    ) as conn:
        yield a_walk(practice, conn, private_home / "optout")


@pytest.fixture
def intercept(practice, switchboard):
    """Put a function between optout and the org: (request, go_on) -> response."""

    def put(between):
        switchboard.answer = lambda request: between(request, lambda r: handle(practice.org, r))

    return put


@pytest.fixture
def org_now(practice):
    """The practice org at the machine's own time; its jobs end at once."""
    practice.clock.at = SystemClock().now()
    practice.org.set_setting("deploy_seconds", "0")
    return practice


@pytest.fixture
def run(capsys):
    """Run one command line; (exit code, stdout, stderr)."""

    def run_it(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run_it


@pytest.fixture
def sync(run):
    """Run one sync command on the practice org; (exit code, the --json document)."""

    def run_it(*words: str):
        code, out, _ = run("sync", *words, "--org", "practice", "--json")
        return code, json.loads(out)

    return run_it


@pytest.fixture
def admin(org_now):
    """An administrator of the practice org, at its own doors."""
    org = org_now.org
    return Lab(org, org_now.clock, org.setting("admin_token"), org.setting("admin_user_id"))


@pytest.fixture
def log_in(admin, org_now, org_files, tmp_path, monkeypatch):
    """Somebody new with this identity's set, and a profile that gives nothing."""
    monkeypatch.chdir(tmp_path)

    def log_in_as(identity, field=FIELD):
        assert deploy_set(admin, identity, field) == []
        who = newcomer(admin, identity)
        write_login(tmp_path, org_now, org_files, identity, who)
        return who

    return log_in_as


@pytest.fixture
def job(run, org_now, tmp_path):
    """Commands typed by whoever logged in last, and the org behind them."""

    def ask(*words):
        code, out, _ = run(*words, "--org", "mine", "--json")
        return code, json.loads(out)

    return Job(ask, org_now.org, org_now.clock, tmp_path)
