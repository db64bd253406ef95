"""`optout fleet`: one command line in many orgs at once, and one report of them all."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fleet_house import child_of, fleet_of

from practice_org.app import handle
from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.tables import update_row

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-P", "-c", "from deployer.cli import main; main()", "fleet"]
SMALL = ["--object", "Lead", "--permission-set", "none"]
UNKNOWN_USER = "nobody@practice.example.com"
PATIENCE_S = 120
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def open_fleet(seeded, org_files, certificates, tmp_path, monkeypatch):
    """Start orgs of these names, which the settings of the current folder name."""
    monkeypatch.chdir(tmp_path)

    def opened(*names):
        return fleet_of(names, seeded, org_files, certificates)

    return opened


@pytest.fixture
def ask(run, tmp_path):
    """Run a fleet's command; its exit code, its document, and its rows by org."""

    def asked(fleet, *words):
        fleet.write(tmp_path)
        code, out, _ = run("fleet", *words, "--json")
        told = json.loads(out)
        return code, told, {row["org"]: row for row in told["orgs"]}

    return asked


def results(rows):
    return {org: row["result"] for org, row in rows.items()}


def test_each_org_has_a_plan_of_its_own_which_is_deployed_there(open_fleet, ask, tmp_path):
    with open_fleet("emea-a", "emea-b", "us") as fleet:
        plans = "plans/{org}.json"
        code, _, rows = ask(fleet, "plan", "--orgs", "emea-*", *SMALL, "--out", plans)
        assert (code, results(rows)) == (0, {"emea-a": "done", "emea-b": "done"})
        assert "add" in rows["emea-a"]["why"]
        assert {file.stem for file in (tmp_path / "plans").iterdir()} == set(rows)
        code, _, rows = ask(fleet, "deploy", "--orgs", "emea-*", "--plan", plans, "--yes")
        assert (code, results(rows)) == (0, {"emea-a": "done", "emea-b": "done"})
        assert all(row["document"]["status"] == "Succeeded" for row in rows.values())
        code, _, rows = ask(fleet, "plan", "--orgs", "*", *SMALL, "--exit-code")
    assert code == 10
    assert results(rows) == {"emea-a": "done", "emea-b": "done", "us": "changes pending"}


def test_production_is_refused_without_its_word_and_the_others_are_deployed(open_fleet, ask):
    with open_fleet("prod", "uat") as fleet:
        org = fleet["prod"].org
        org.set_setting("sandbox", "0")
        update_row(org, "Organization", org.setting("org_id"), {"IsSandbox": False})
        code, _, rows = ask(fleet, "deploy", "--orgs", "*", "--yes", *SMALL)
    assert (code, results(rows)) == (1, {"prod": "refused", "uat": "done"})
    assert "production org" in rows["prod"]["why"]
    assert "--production" in rows["prod"]["next"]


def test_without_yes_every_org_refuses_and_nothing_was_sent(open_fleet, ask):
    with open_fleet("a", "b") as fleet:
        code, _, rows = ask(fleet, "deploy", "--orgs", "*", *SMALL)
    assert (code, results(rows)) == (2, {"a": "refused", "b": "refused"})
    assert all("--yes" in row["next"] for row in rows.values())


def test_a_night_is_counted_for_each_side(open_fleet, ask):
    with open_fleet("a", "b") as fleet:
        fleet["b"].log_in_as(UNKNOWN_USER)
        code, _, rows = ask(fleet, "nightly", "--orgs", "*", "--dry-run")
    assert (code, results(rows)) == (1, {"a": "done", "b": "said no"})
    assert rows["a"]["why"] == "salesforce 0 written of 0, people 0 written of 0"


def test_a_ledger_that_two_orgs_would_share_serves_one_and_is_refused_to_the_other(open_fleet, ask):
    with open_fleet("a", "b") as fleet:
        fleet.besides = '[sync]\nledger = "one.sqlite"\n'
        code, _, rows = ask(fleet, "nightly", "--orgs", "*", "--dry-run")
    assert (code, sorted(results(rows).values())) == (1, ["done", "said no"])
    (refused,) = (row for row in rows.values() if row["result"] == "said no")
    assert "ledger" in refused["why"]


def test_readiness_is_told_by_its_counts(open_fleet, ask):
    with open_fleet("a") as fleet:
        code, _, rows = ask(fleet, "readiness", "--orgs", "a")
    assert (code, rows["a"]["result"]) == (1, "not ready")
    assert "3 fail" in rows["a"]["why"]


def test_a_child_that_is_killed_is_a_row_and_stops_no_other(open_fleet, ask, private_home):
    with open_fleet("a", "b", "c") as fleet:
        fleet["b"].kill_whoever_asks(private_home)
        code, _, rows = ask(fleet, "plan", "--orgs", "*", *SMALL, "--parallel", "3")
    assert (code, results(rows)) == (1, {"a": "done", "b": "died", "c": "done"})
    assert "SIGKILL" in rows["b"]["why"]
    assert rows["b"]["next"] == "optout plan --object=Lead --permission-set=none --org=b"


def test_a_child_gets_the_words_that_were_typed_and_a_log_of_its_own(open_fleet, ask, private_home):
    seen = []
    with open_fleet("a") as fleet:

        def note(request):
            words = Path(f"/proc/{child_of('a', private_home)}/cmdline").read_text().split("\0")
            seen.append(words[4:-1])
            return handle(fleet["a"].org, request)

        fleet["a"].answer = note
        _, told, _ = ask(fleet, "plan", "--orgs", "a", *SMALL, "--exclude=-x")
    log = Path(told["logs"]) / "a.log"
    assert seen[0] == [f"--log-file={log}", "plan", "--object=Lead", "--exclude=-x",
                       "--permission-set=none", "--org=a", "--json"]  # fmt: skip
    assert log.stat().st_mode & 0o777 == 0o600
    assert all(json.loads(line)["run"] for line in log.read_text().splitlines())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--orgs", "emae"], "no org matches 'emae'; configured: a, b"),
        (["--orgs", "a", "--out", "plan.json"], "no {org}"),
        (["--orgs", "a", "--object", "Account"], "Account"),
        (["--orgs", "a", "--parallel", "0"], "parallel"),
        ([], "--orgs"),
    ],
)
def test_what_is_typed_wrong_is_refused_before_any_org_is_asked(
    open_fleet, run, tmp_path, words, said
):
    with open_fleet("a", "b") as fleet:
        fleet["a"].answer = fleet["b"].answer = None
        fleet.write(tmp_path)
        code, out, err = run("fleet", "plan", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_every_format_has_a_row_for_each_org(open_fleet, run, tmp_path):
    with open_fleet("a", "b") as fleet:
        fleet["b"].log_in_as(UNKNOWN_USER)
        fleet.write(tmp_path)
        words = ["--junit", "j.xml", "--markdown", "m.md", "--html", "h.html"]
        code, out, err = run("fleet", "plan", "--orgs", "*", *SMALL, *words)
    assert code == 1
    assert out.startswith("1 of 2 orgs left to see to: 1 said no.\nWhat to do next:\n  1. ")
    assert sorted(line.split(" (")[0] for line in err.splitlines()) == ["  a: done", "  b: said no"]
    cases = {c.get("name"): [each.tag for each in c] for c in ET.parse("j.xml").iter("testcase")}
    assert cases == {"plan a": ["system-out"], "plan b": ["failure"]}
    for page in ("m.md", "h.html"):
        text = (tmp_path / page).read_text()
        assert "has not been allowed to use this app" in text
        assert "layouts: " in text


@pytest.fixture
def heeded():
    """These tests may have been begun to ignore what stops a fleet, and what they begin with it."""
    before = {each: signal.signal(each, signal.SIG_DFL) for each in STOPS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def begun(words, tmp_path, **files):
    return subprocess.Popen([*COMMAND, *words], cwd=tmp_path, text=True, **files)


def holding(member):
    """Let the org answer nobody until it is told to; the two events: somebody asks, go on."""
    asked, go_on = threading.Event(), threading.Event()

    def hold(request):
        asked.set()
        go_on.wait(PATIENCE_S)
        return handle(member.org, request)

    member.answer = hold
    return asked, go_on


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("how", STOPS)
def test_a_fleet_that_is_stopped_stops_its_children_and_tells_of_each(open_fleet, tmp_path, how):
    with open_fleet("a", "b") as fleet:
        fleet.write(tmp_path)
        asked, go_on = holding(fleet["a"])
        words = ["deploy", "--yes", *SMALL, "--orgs", "*", "--parallel", "1", "--json"]
        process = begun(words, tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert asked.wait(PATIENCE_S)
        process.send_signal(how)
        out, _ = process.communicate(timeout=PATIENCE_S)
        go_on.set()
    assert process.returncode == 130
    rows = {row["org"]: row for row in json.loads(out)["orgs"]}
    assert results(rows) == {"a": "interrupted", "b": "not begun"}
    assert rows["a"]["next"].startswith("optout jobs resume --org a")


def test_a_terminal_shows_who_is_at_work(open_fleet, tmp_path):
    ours, theirs = pty.openpty()
    with open_fleet("a") as fleet:
        fleet.write(tmp_path)
        words = ["plan", "--orgs", "a", *SMALL]
        process = begun(words, tmp_path, stdout=subprocess.DEVNULL, stderr=theirs)
        said = b""
        while b"a: done" not in said:
            said += os.read(ours, 1 << 16)
        process.wait(PATIENCE_S)
    assert b"at work: a (0 of 1 ended)" in said
    os.close(theirs)
    os.close(ours)


def test_the_names_of_orgs_are_completed(open_fleet, tmp_path):
    with open_fleet("emea-a", "emea-b", "us") as fleet:
        fleet.write(tmp_path)
    done = subprocess.run(
        [Path(sys.executable).with_name("optout")], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"_OPTOUT_COMPLETE": "bash_complete", "COMP_CWORD": "4",
                          "COMP_WORDS": "optout fleet plan --orgs em"},
        check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["plain,emea-a", "plain,emea-b"]


def test_the_logs_of_the_newest_fleets_are_kept(open_fleet, ask, private_home):
    with open_fleet("a") as fleet:
        fleet["a"].log_in_as(UNKNOWN_USER)
        runs = private_home / "optout" / "fleet"
        for number in range(30):
            (runs / f"20200101T0000{number:02}Z-x").mkdir(parents=True)
        _, told, _ = ask(fleet, "plan", "--orgs", "a")
    kept = sorted(folder.name for folder in runs.iterdir())
    assert len(kept) == 20
    assert kept[-1] == Path(told["logs"]).name
    assert kept[0] == "20200101T000011Z-x"


@pytest.mark.timeout(600)
def test_of_fifty_orgs_the_three_that_fail_are_named_with_the_reason(open_fleet, ask, private_home):
    names = [f"org{number:02}" for number in range(50)]
    with open_fleet(*names) as fleet:
        fleet["org07"].log_in_as(UNKNOWN_USER)
        switch_on(fleet["org21"].org, "deploy.run", "UNKNOWN_EXCEPTION", When())
        fleet["org42"].kill_whoever_asks(private_home)
        code, told, rows = ask(fleet, "deploy", "--orgs", "org*", "--yes", *SMALL, "--parallel=8")
    bad = {org: row["why"] for org, row in rows.items() if row["result"] != "done"}
    assert (code, list(rows), told["counts"]["done"]) == (1, names, 47)
    assert list(bad) == ["org07", "org21", "org42"]
    assert "not been allowed to use this app" in bad["org07"]
    assert "the org answered Failed" in bad["org21"]
    assert "killed by SIGKILL" in bad["org42"]
