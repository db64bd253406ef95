"""Deployments wait, run, stop and come back: the clock and the database say where they are."""

from __future__ import annotations

import pytest
from metadata_org import CONTACT, Clock, layout_xml, one_layout, open_lab, package_xml

from practice_org.app import open_practice_org
from practice_org.metadata.components import declare, find_component, list_components
from practice_org.metadata.jobs import deploy_jobs

PACKAGE = one_layout(layout_xml("Email"))
TESTED = {"checkOnly": True, "testLevel": "RunLocalTests"}


def cancel(lab, job):
    return lab.soap("cancelDeploy", f"<id>{job}</id>")


def quick(lab, job):
    return lab.soap("deployRecentValidation", f"<validationId>{job}</validationId>")


def test_a_job_waits_runs_and_ends():
    lab = open_lab()
    lab.set(queue_seconds="10", deploy_seconds="10")
    job = lab.start(PACKAGE)
    assert lab.status(job)["status"] == "Pending"
    lab.clock.move(15)
    running = lab.status(job)
    assert (running["status"], running["done"]) == ("InProgress", False)
    assert running["details"].keys() == {"componentFailures", "runTestResult"}
    lab.clock.move(5)
    done = lab.status(job)
    assert (done["status"], done["done"], done["success"]) == ("Succeeded", True, True)


def test_times_and_people_are_told():
    lab = open_lab()
    result = lab.deploy(PACKAGE)
    assert result["createdDate"] == result["startDate"] == "2026-11-24T09:00:00.000Z"
    assert result["completedDate"] == "2026-11-24T09:00:00.200Z"
    assert (result["createdBy"], result["createdByName"]) == (lab.user_id, "Ada Admin")


def test_what_a_job_saved_is_not_newer_than_its_end_however_late_anybody_looks():
    lab = open_lab()
    job = lab.start(PACKAGE)
    lab.clock.move(3_600)
    done = lab.status(job)
    saved = find_component(lab.org, "Layout", CONTACT)
    assert saved.modified_at.replace("+0000", "Z") <= done["completedDate"]


def test_one_job_at_a_time_the_others_wait():
    lab = open_lab()
    lab.set(deploy_seconds="10")
    jobs = [lab.start(PACKAGE) for _ in range(3)]
    seen = []
    for _ in range(4):
        seen.append([lab.status(job)["status"] for job in jobs])
        lab.clock.move(10)
    assert seen == [
        ["InProgress", "Pending", "Pending"],
        ["Succeeded", "InProgress", "Pending"],
        ["Succeeded", "Succeeded", "InProgress"],
        ["Succeeded"] * 3,
    ]


def test_jobs_that_nobody_asked_about_ran_one_after_the_other():
    lab = open_lab()
    lab.set(deploy_seconds="10")
    jobs = [lab.start(PACKAGE) for _ in range(2)]
    lab.clock.move(60)
    ends = [lab.status(job)["completedDate"] for job in jobs]
    assert ends == ["2026-11-24T09:00:10.000Z", "2026-11-24T09:00:20.000Z"]


def test_components_count_up_while_a_job_runs():
    lab = open_lab()
    lab.set(deploy_seconds="10")
    names = [f"Contact-{n}" for n in range(10)]
    bodies = {f"layouts/{name}.layout": layout_xml() for name in names}
    job = lab.start({"package.xml": package_xml({"Layout": names}), **bodies})
    lab.status(job)
    lab.clock.move(5)
    result = lab.status(job)
    assert (result["numberComponentsTotal"], result["numberComponentsDeployed"]) == (10, 5)


def test_a_waiting_job_is_cancelled_at_once():
    lab = open_lab()
    lab.set(deploy_seconds="10")
    first, second = lab.start(PACKAGE), lab.start(PACKAGE)
    assert cancel(lab, second).text("result", "done") == "true"
    result = lab.status(second)
    assert (result["status"], result["canceledByName"]) == ("Canceled", "Ada Admin")
    assert lab.status(first)["status"] == "InProgress"


def test_a_running_job_is_cancelled_at_its_next_step():
    lab = open_lab()
    lab.set(deploy_seconds="10")
    job = lab.start(PACKAGE)
    lab.status(job)
    assert cancel(lab, job).text("result", "done") == "false"
    lab.clock.move(20)
    assert lab.status(job)["status"] == "Canceled"
    assert list_components(lab.org, "Layout") == []


def test_rest_cancels_with_a_patch():
    lab = open_lab()
    lab.set(deploy_seconds="10")
    job = lab.start(PACKAGE)
    lab.status(job)
    body = b'{"deployResult":{"status":"Canceling"}}'
    answer = lab.rest("PATCH", f"/{job}", body)
    assert answer["deployResult"]["status"] == "Canceling"


def test_what_is_being_finalised_cannot_be_cancelled():
    lab = open_lab()
    lab.version = "65.0"
    lab.set(finalize_seconds="10")
    job = lab.start(PACKAGE)
    lab.clock.move(1)
    assert lab.status(job)["status"] == "FinalizingDeploy"
    assert "too late" in cancel(lab, job).text("faultstring")
    lab.clock.move(10)
    assert lab.status(job)["status"] == "Succeeded"


@pytest.mark.parametrize("job", ["0Af000000000009AAA", ""])
def test_a_job_that_is_not_there_cannot_be_seen_or_cancelled(job):
    lab = open_lab()
    for answer in (cancel(lab, job), lab.soap("checkDeployStatus", f"<id>{job}</id>")):
        assert answer.text("faultcode") == "sf:INVALID_CROSS_REFERENCE_KEY"


def test_a_job_that_ended_cannot_be_cancelled():
    lab = open_lab()
    job = lab.deploy(PACKAGE)["id"]
    assert cancel(lab, job).text("faultcode") == "sf:INVALID_ID_FIELD"


def test_a_restarted_org_goes_on(tmp_path):
    lab = open_lab(tmp_path / "org.sqlite")
    lab.set(deploy_seconds="10")
    jobs = [lab.start(PACKAGE), lab.start(one_layout(layout_xml("Phone")))]
    lab.status(jobs[0])
    lab.org.db.close()
    lab.org = open_practice_org(tmp_path / "org.sqlite", Clock(lab.clock.at))
    lab.org.now = lab.clock
    lab.clock.move(30)
    assert [lab.status(job)["status"] for job in jobs] == ["Succeeded", "Succeeded"]
    assert b"Phone" in find_component(lab.org, "Layout", CONTACT).body


def test_the_rows_behind_tooling_are_all_there():
    lab = open_lab()
    jobs = [lab.deploy(PACKAGE)["id"] for _ in range(2)]
    assert [job.id for job in deploy_jobs(lab.org)] == jobs


def test_a_validation_with_tests_deploys_quickly():
    lab = open_lab()
    validated = lab.deploy(PACKAGE, **TESTED)
    assert validated["numberTestsCompleted"] == 12
    job = quick(lab, validated["id"]).text("result")
    lab.clock.move(1)
    assert (lab.status(job)["status"], lab.status(job)["checkOnly"]) == ("Succeeded", False)
    assert find_component(lab.org, "Layout", CONTACT) is not None


def test_a_quick_deployment_over_rest_names_what_was_validated():
    lab = open_lab()
    validated = lab.deploy(PACKAGE, **TESTED)["id"]
    body = f'{{"validatedDeployRequestId":"{validated}"}}'.encode()
    assert lab.rest("POST", "", body)["validatedDeployRequestId"] == validated


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ({"checkOnly": True}, 0),
        ({"checkOnly": True, "testLevel": "NoTestRun"}, 0),
        ({"testLevel": "RunLocalTests"}, 0),
        (TESTED, 11),
    ],
)
def test_a_quick_deployment_needs_a_fresh_validation_with_tests(options, days):
    lab = open_lab()
    job = lab.deploy(PACKAGE, **options)["id"]
    lab.org.db.execute("UPDATE session SET lifetime_s = 1e9, ends_at = '2030-01-01T00:00:00+00:00'")
    lab.clock.move(days * 86_400)
    assert quick(lab, job).text("faultcode") == "sf:INVALID_ID_FIELD"


def test_named_tests_run_when_they_are_there():
    lab = open_lab()
    declare(lab.org, "ApexClass", "ShoeTest")
    options = {"testLevel": "RunSpecifiedTests", "runTests": "ShoeTest"}
    result = lab.deploy(PACKAGE, **options)
    assert (result["numberTestsCompleted"], result["runTestsEnabled"]) == (1, True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"rollbackOnError": False},
            "INVALID_OPERATION: rollbackOnError option must be true on a production org",
        ),
        (
            {"testLevel": "RunSpecifiedTests"},
            "INVALID_OPERATION: runTests must be specified with RunSpecifiedTests",
        ),
        (
            {"testLevel": "RunLocalTests", "runTests": "A"},
            "INVALID_OPERATION: runTests can be specified only with RunSpecifiedTests",
        ),
        (
            {"testLevel": "Thorough"},
            "INVALID_TYPE: 'Thorough' is not a valid value for the enum 'TestLevel'",
        ),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_starts(options, sentence):
    lab = open_lab(sandbox=False)
    assert lab.start(PACKAGE, **options) == sentence
    assert deploy_jobs(lab.org) == []


def test_production_takes_a_package_without_apex_and_without_tests():
    lab = open_lab(sandbox=False)
    assert lab.deploy(PACKAGE, testLevel="NoTestRun")["success"]
