"""The pipelines of ci/pipelines, their own lines run against the practice org: green and red."""

from __future__ import annotations

import json
import shlex
import sqlite3
from datetime import timedelta

import pytest
from admin_clicks import administrator, click
from pipeline_team import LAYOUT, PLAN, found_team
from pipelines import PRODUCTS
from sample_layouts import a_layout
from walk import is_submit

from deployer.planning.snapshot import from_bytes
from practice_org.metadata.jobs import deploy_jobs
from practice_org.tables import find_row, insert_row, update_row

pytestmark = pytest.mark.slow

FIELD = "HasOptedOutOfEmail"
BAD = {"fail", "unknown"}
MOST_ROUNDS = 3
DIFF = f"<field>{FIELD}</field>"
ONE = ("--layout", "Contact-Contact Layout", "--permission-set", "none")
# One product's lines are run before every commit; the others' are nearly the same.
product = pytest.mark.parametrize("product", PRODUCTS)


@pytest.fixture
def team(tmp_path, org_now, org_files, monkeypatch):
    """A team's repository, in which commands are typed too."""
    team = found_team(tmp_path, org_now, org_files)
    monkeypatch.chdir(team.repo)
    for name, text in team.secrets.items():
        monkeypatch.setenv(name, text)
    return team


@pytest.fixture
def ada(run, team):
    """Somebody of the team at her own desk, who types commands."""

    def types(*words):
        code, out, err = run(*words, "--org", "prod")
        assert code == 0, (words, out, err)

    return types


@pytest.fixture
def reviewed(ada):
    """The plan is committed: what it shows was reviewed."""
    ada("plan", "--out", PLAN)


@pytest.fixture
def asked(intercept):
    """The paths that the org is asked for."""
    paths = []

    def note(request, go_on):
        paths.append(request.path)
        return go_on(request)

    intercept(note)
    return paths


@pytest.fixture
def lasting(intercept, org_now, team):
    """Every real deploy takes ten minutes, and the pipeline waits for none.

    Once its list is given a number, that many logins from now on an hour goes by.
    """
    team.over["OPTOUT_WAIT"] = "0"
    logins_left = []

    def last(request, go_on):
        if is_submit(request):
            org_now.org.set_setting("deploy_seconds", "600")
        answer = go_on(request)
        if request.path.endswith("/oauth2/token") and logins_left:
            logins_left[0] -= 1
            if logins_left == [0]:
                org_now.clock.at += timedelta(hours=1)
        return answer

    intercept(last)
    return logins_left


def deploys(org_now):
    """The real deploys that the org was sent, by what became of them."""
    return [job.status for job in deploy_jobs(org_now.org) if not job.options.check_only]


def checks_only(org_now):
    return [job.status for job in deploy_jobs(org_now.org) if job.options.check_only]


@product
def test_a_pull_request_is_green_when_files_and_org_are_as_reviewed(
    team, reviewed, org_now, product
):
    assert team.run(product, "files").code == 0
    ran = team.run(product, "review")
    assert (ran.code, deploys(org_now), checks_only(org_now)) == (0, [], ["Succeeded"]), ran.log
    assert team.report("plan.json") == (team.repo / PLAN).read_text()
    assert DIFF in team.summary
    assert DIFF in team.summary.partition("### optout deploy")[2]
    assert "Active users after optout.plan.json" in team.summary
    assert "<!doctype html>" in team.report("after.html").lower()
    assert 'failures="0"' in team.report("check.xml")
    assert "<!doctype html>" in team.report("plan.html").lower()


@product
def test_a_layout_file_without_the_field_turns_a_pull_request_red(team, product):
    (team.repo / LAYOUT).write_bytes(a_layout("Email"))
    ran = team.run(product, "files")
    assert (ran.code, LAYOUT in ran.log) == (10, True), ran.log
    assert LAYOUT in team.report("files.sarif")
    assert 'failures="1"' in team.report("files.xml")
    assert DIFF in team.summary


@product
def test_an_org_that_moved_since_the_review_turns_review_and_deploy_red(
    team, reviewed, ada, org_now, product
):
    ada("deploy", "--yes", "--production", *ONE)
    before = deploys(org_now)
    for job in ("review", "deploy"):
        ran = team.run(product, job)
        assert ran.code == 1, ran.log
        assert "Contact-Contact Layout no longer needs a change" in ran.log
        assert "no longer needs a change" in team.summary.replace("\\", "")
    assert deploys(org_now) == before
    assert json.loads(team.report("jobs.json"))["jobs"] == []


def test_a_pull_request_without_a_reviewed_plan_is_red_and_gives_one(team, ada):
    assert team.run("github", "review").code == 2
    (team.repo / PLAN).write_text(team.report("plan.json"))
    assert team.run("github", "review").code == 0


@product
def test_a_review_is_red_when_the_pipeline_looks_at_another_field_than_the_plan(team, ada, product):
    ada("plan", "--create-field", "Opt_Out__c", "--out", PLAN)
    ran = team.run(product, "review")
    assert (ran.code, "the plan is about Opt_Out__c" in ran.log) == (1, True), ran.log


@product
def test_a_merge_deploys_what_was_reviewed_once(team, reviewed, org_now, product):
    ran = team.run(product, "deploy")
    assert (ran.code, deploys(org_now)) == (0, ["Succeeded"]), ran.log
    (job,) = json.loads(team.report("jobs.json"))["jobs"]
    assert (job["step"], job["deploy_id"][:3]) == ("done", "0Af")
    kept = from_bytes((team.repo / "reports" / "snapshot.zip").read_bytes(), "snapshot.zip")
    assert "layouts/Contact-Contact Layout.layout" in kept.before
    assert team.run(product, "deploy").code == 0
    assert deploys(org_now) == ["Succeeded"]


@product
def test_a_deploy_that_is_still_running_is_waited_for_in_the_next_step(
    team, reviewed, lasting, org_now, product
):
    lasting.append(2)
    ran = team.run(product, "deploy")
    assert (ran.code, deploys(org_now)) == (0, ["Succeeded"]), ran.log
    (job,) = json.loads(team.report("jobs.json"))["jobs"]
    assert team.report("job").strip() == job["deploy_id"]
    assert (team.repo / "reports" / "snapshot.zip").exists()


def test_a_deploy_that_outlasts_both_steps_is_red_and_goes_on(team, reviewed, lasting, org_now):
    ran = team.run("github", "deploy")
    assert (ran.code, deploys(org_now)) == (69, ["InProgress"]), ran.log
    assert not lasting
    assert f"optout jobs resume {team.report('job').strip()}" in ran.log


def test_a_check_that_is_still_running_is_red_and_nothing_was_sent(team, reviewed, org_now):
    team.over["OPTOUT_WAIT"] = "0"
    org_now.org.set_setting("deploy_seconds", "600")
    ran = team.run("github", "deploy")
    assert (ran.code, deploys(org_now)) == (69, []), ran.log
    assert not (team.repo / "reports" / "job").exists()


def test_readiness_is_red_until_what_it_prints_is_done(team, run, org_now):
    seen = [team.run(product, "readiness") for product in PRODUCTS]
    assert [ran.code for ran in seen] == [1] * len(PRODUCTS), seen
    assert "C21" in team.summary
    get_ready(run, org_now)
    seen = [team.run(product, "readiness") for product in PRODUCTS]
    assert [ran.code for ran in seen] == [0] * len(PRODUCTS), seen


def get_ready(run, org_now):
    """Do all that readiness prints, and what it then prints, by command or by click."""
    look = ("readiness", "--identity", "deployer", "--org", "prod", "--json")
    for _ in range(MOST_ROUNDS):
        checks = json.loads(run(*look)[1])["checks"]
        todo = dict.fromkeys(row["remedy"] for row in checks if row["outcome"] in BAD)
        for part in (part for remedy in todo for part in remedy.split("; ")):
            if part.startswith("optout "):
                assert run(*shlex.split(part)[1:], "--yes")[0] == 0, part
            else:
                click(administrator(org_now.org), part, FIELD)


@product
def test_drift_is_green_after_the_deploy_and_red_once_somebody_takes_the_field_off(
    team, ada, product
):
    ada("deploy", "--yes", "--production")
    assert team.run(product, "drift").code == 0
    ada("remove", "--yes", "--production", *ONE[:2])
    ran = team.run(product, "drift")
    assert (ran.code, "Contact-Contact Layout" in ran.log) == (10, True), ran.log
    assert DIFF in team.summary


@pytest.fixture
def adopted(team, ada, org_now, monkeypatch):
    """Ann is to be opted out in the org, in a sync that was switched on long ago; her record."""
    ann = insert_row(org_now.org, "Contact", {"LastName": "Ann"})
    monkeypatch.setenv("OPTOUT_HOME", str(team.home))
    people = team.repo / "people.csv"
    people.write_text(
        f"person_id,email,salesforce_id,unsubscribed\nann,ann@example.com,{ann},true\n"
    )
    ada("people", "import", str(people))
    ada("sync", "adopt", "--yes")
    ada("sync", "enable", "--by", "ada")
    (ledger,) = team.home.rglob("ledger.sqlite")
    with sqlite3.connect(ledger) as db:
        db.execute(
            "UPDATE meta SET value = '2026-01-01T00:00:00+00:00' WHERE name = 'nightly_since'"
        )
    update_row(org_now.org, "Contact", ann, {FIELD: False})
    return ann


@product
def test_the_night_that_is_owed_is_run_once_and_red_where_the_ledger_is_not(
    team, adopted, org_now, product
):
    ran = team.run(product, "nightly")
    assert (ran.code, json.loads(team.report("nightly.json"))["outcome"]) == (0, "done"), ran.log
    assert find_row(org_now.org, "Contact", adopted)[FIELD]
    team.run(product, "nightly")
    assert json.loads(team.report("nightly.json"))["outcome"] == "nothing-due"
    team.home = team.home.with_name("another")
    ran = team.run(product, "nightly")
    assert (ran.code, "is off on this machine" in ran.log) == (1, True), ran.log


@product
def test_a_missing_key_is_red_says_which_and_asks_the_org_nothing(
    team, reviewed, adopted, asked, product
):
    team.secrets.clear()
    for job in ("review", "readiness", "deploy", "drift", "nightly"):
        ran = team.run(product, job)
        assert (ran.code, asked) == (2, []), ran.log
        kept = "OPTOUT_RUNNER_KEY" if job == "nightly" else "OPTOUT_KEY"
        assert f"under {kept}" in ran.log
