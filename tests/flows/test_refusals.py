"""Bad input on the command line: one sentence, where, what to type next, the right exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from practice_org.app import handle
from practice_org.wire import Response

ORG = ("--org", "practice")
REFUSED = {
    "a field that is not there": (["plan", *ORG, "--custom-field", "Nope__c"], 1, "Nope__c"),
    "a name that is no API name": (["plan", *ORG, "--custom-field", "no pe"], 2, "no pe"),
    "no Marketo field in the org": (["plan", *ORG, "--field", "marketo-sales-opt-out"], 1,
        "--create-field"),
    "a glob without a match": (["plan", *ORG, "--layout", "Zzz*"], 2, "Zzz*"),
    "an exclusion without a match": (["plan", *ORG, "--exclude", "Zzz*"], 2, "Zzz*"),
    "a place that is none": (["plan", *ORG, "--place", "somewhere"], 2, "after:FIELD"),
    "an unknown org": (["plan", "--org", "nowhere"], 2, "nowhere"),
    "no org at all": (["plan"], 2, "--org"),
    "an unknown verb": (["dpeloy"], 2, "dpeloy"),
    "an unknown option": (["plan", *ORG, "--plce", "x"], 2, "--plce"),
    "deploying without a terminal and without --yes": (["deploy", *ORG], 2, "--yes"),
    "restoring without --yes": (["restore", *ORG], 2, "--yes"),
    "removing without --yes": (["remove", *ORG], 2, "--yes"),
    "restoring what never was": (["restore", "0Af0", *ORG, "--yes"], 2, "0Af0"),
    "restoring before any deploy": (["restore", *ORG, "--yes"], 2, "nothing was deployed"),
    "a job that is not there": (["jobs", "show", "0Af000000000000AAA", *ORG], 1, "0Af0000000"),
    "a job id that is none": (["jobs", "resume", "../x", *ORG], 2, "../x"),
    "tests without their level": (["deploy", *ORG, "--yes", "--tests", "A"], 2, "--test-level"),
    "a level without its tests": (
        ["deploy", *ORG, "--yes", "--test-level", "RunSpecifiedTests"], 2, "--tests"),
    "a set that is not there": (
        ["plan", *ORG, "--permission-set", "Nope"], 1, "no permission set Nope"),
    "assigning to nobody": (["plan", *ORG, "--assign", "profile:Nope"], 2, "--assign"),
    "two fields at once": (
        ["plan", *ORG, "--custom-field", "A__c", "--create-field", "B__c"], 2, "--create-field"),
    "rendering from nowhere": (["render", "--out", "x"], 2, "--from"),
    "a plan file that is not there": (["deploy", *ORG, "--plan", "nope.json"], 2, "nope.json"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "code", "named"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_gets_a_sentence_and_a_code(org_now, run, words, code, named):
    exit_code, out, err = run(*words)
    assert exit_code == code
    assert named in err
    assert "next: " in err
    assert "Traceback" not in out + err


@pytest.mark.parametrize(("words", "code"), [(w, c) for w, c, _ in REFUSED.values()])
def test_with_json_the_same_is_one_document(org_now, run, words, code):
    exit_code, out, _ = run(*words, "--json")
    document = json.loads(out)
    assert (exit_code, document["exit"], document["ok"]) == (code, code, False)
    assert document["error"]["message"]
    assert document["error"]["next"]


def test_the_plan_of_another_org_is_refused(org_now, run, tmp_path: Path):
    plan = tmp_path / "plan.json"
    assert run("plan", *ORG, "--out", str(plan))[0] == 0
    other = json.loads(plan.read_text()) | {"org_id": "00D000000000009AAA"}
    plan.write_text(json.dumps(other))
    code, _, err = run("deploy", *ORG, "--plan", str(plan), "--yes")
    assert code == 1
    assert "00D000000000009AAA" in err


@pytest.mark.parametrize("content", ["", "{}", '{"format": 99}', "not json"])
def test_a_plan_of_another_format_is_refused(org_now, run, tmp_path: Path, content: str):
    plan = tmp_path / "plan.json"
    plan.write_text(content)
    code, _, err = run("deploy", *ORG, "--plan", str(plan), "--yes")
    assert code == 1
    assert "optout plan --out" in err


def test_a_reviewed_plan_is_deployed_when_the_org_has_not_moved(org_now, run, tmp_path: Path):
    plan = tmp_path / "plan.json"
    assert run("plan", *ORG, "--out", str(plan), "--exit-code")[0] == 10
    code, out, _ = run("deploy", *ORG, "--plan", str(plan), "--yes", "--json")
    assert code == 0
    assert json.loads(out)["status"] == "Succeeded"
    assert run("plan", *ORG, "--exit-code")[0] == 0


def test_a_reviewed_plan_is_refused_when_the_org_has_moved(org_now, run, tmp_path: Path):
    plan = tmp_path / "plan.json"
    run("plan", *ORG, "--out", str(plan))
    assert run("deploy", *ORG, "--yes", "--layout", "Lead-Lead Layout")[0] == 0
    code, _, err = run("deploy", *ORG, "--plan", str(plan), "--yes")
    assert code == 1
    assert "Lead-Lead Layout no longer needs a change" in err


def test_production_needs_its_own_word(org_now, run):
    org_now.org.db.execute("UPDATE Organization SET IsSandbox = 0")
    code, _, err = run("deploy", *ORG, "--yes")
    assert code == 2
    assert "--production" in err
    assert run("deploy", *ORG, "--yes", "--production")[0] == 0


def test_a_snapshot_file_restores_without_a_journal(org_now, run, tmp_path: Path):
    kept = tmp_path / "snap.zip"
    assert run("deploy", *ORG, "--yes", "--snapshot-out", str(kept))[0] == 0
    (Path(os.environ["OPTOUT_HOME"]) / "orgs").rename(tmp_path / "elsewhere")
    assert run("restore", "--from", str(kept), *ORG, "--yes")[0] == 0
    assert run("plan", *ORG, "--exit-code")[0] == 10


def test_remove_is_the_inverse_of_deploy(org_now, run):
    run("deploy", *ORG, "--yes")
    code, out, _ = run("remove", "Lead-Lead Layout", *ORG, "--yes", "--json")
    document = json.loads(out)
    assert code == 0
    removed = [x["name"] for x in document["layouts"] if x["outcome"] == "removed"]
    assert removed == ["Lead-Lead Layout"]


def test_async_says_still_running_and_resume_finishes(org_now, run, tmp_path: Path):
    code, out, _ = run("deploy", *ORG, "--yes", "--async", "--json")
    assert code == 69
    job = json.loads(out)["error"]["where"]
    told = tmp_path / "job.xml"
    code, out, _ = run("jobs", "resume", job, *ORG, "--json", "--junit", str(told))
    assert (code, json.loads(out)["status"]) == (0, "Succeeded")
    key = json.loads(out)["jobs"][0]["key"]
    assert [case.get("name") for case in parse(told).iter("testcase")] == [f"job {key}"]
    assert run("plan", *ORG, "--exit-code")[0] == 0


def test_resume_works_from_the_id_alone(org_now, run, tmp_path: Path):
    _, out, _ = run("deploy", *ORG, "--yes", "--async", "--json")
    job = json.loads(out)["error"]["where"]
    (Path(os.environ["OPTOUT_HOME"]) / "orgs").rename(tmp_path / "elsewhere")
    told = tmp_path / "job.xml"
    code, out, _ = run("jobs", "resume", job, *ORG, "--json", "--junit", str(told))
    assert (code, json.loads(out)["status"]) == (0, "Succeeded")
    assert [case.get("name") for case in parse(told).iter("testcase")] == [f"job {job}"]


def test_cancel_of_a_job_that_is_over_says_so(org_now, run):
    _, out, _ = run("deploy", *ORG, "--yes", "--json")
    code, _, _ = run("jobs", "cancel", json.loads(out)["deploy_id"], *ORG)
    assert code == 1


def test_a_running_job_can_be_cancelled(org_now, run):
    org_now.org.set_setting("queue_seconds", "0")
    run("deploy", *ORG, "--yes", "--check-only")
    org_now.org.set_setting("deploy_seconds", "0")
    _, out, _ = run("deploy", *ORG, "--yes", "--async", "--json")
    job = json.loads(out)["error"]["where"]
    org_now.org.db.execute("UPDATE deploy_job SET status = 'Pending' WHERE id = ?", (job,))
    org_now.org.set_setting("queue_seconds", "100000")
    code, out, _ = run("jobs", "cancel", job, *ORG, "--json")
    assert (code, json.loads(out)["status"]) == (0, "Canceled")


HOSTILE_ZIP_ANSWERS = {
    "HTML with 200": Response(200, b"<html>hi</html>", {"Content-Type": "text/html"}),
    "an empty body": Response(200, b"", {"Content-Type": "text/xml"}),
    "a DOCTYPE": Response(
        200, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', {"Content-Type": "text/xml"}
    ),
    "a redirect": Response(302, b"", {"Location": "https://evil.example.com/"}),
}


@pytest.mark.parametrize("answer", HOSTILE_ZIP_ANSWERS.values(), ids=HOSTILE_ZIP_ANSWERS.keys())
def test_a_hostile_answer_to_a_retrieve_is_one_sentence(org_now, run, switchboard, answer):
    def spoil(request):
        if b"checkRetrieveStatus" in request.body:
            return answer
        return handle(org_now.org, request)

    switchboard.answer = spoil
    code, out, err = run("plan", *ORG)
    assert code in {1, 75}
    assert "next: " in err
    assert "Traceback" not in out + err
    assert "optout-bug" not in err
