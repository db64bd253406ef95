"""optout jobs cancel, in every state a deploy can be in.

A job of ours is sent with API 63.0 and so is never finalized apart (API 65 and later); one that
another client sent may be.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from walk import is_submit

from deployer.rollout.journal import Journal, Step
from practice_org.app import handle
from practice_org.metadata.components import list_components
from practice_org.metadata.jobs import Job, deploy_jobs, find_job
from practice_org.org import Org

pytestmark = pytest.mark.slow

ORG = ("--org", "practice")
FOREVER = "100000"


@dataclass(frozen=True)
class Asked:
    """What `jobs cancel` came to."""

    code: int
    document: dict
    job: Job


@pytest.fixture
def leave(org_now, run, switchboard):
    """Send a deploy and leave it behind, the org from the submit on having these settings."""

    def send(**settings: str) -> str:
        def slow_down(request):
            for name, value in settings.items() if is_submit(request) else ():
                org_now.org.set_setting(name, value)
            return answer(request)

        answer, switchboard.answer = switchboard.answer, slow_down
        assert run("deploy", *ORG, "--yes", "--async", "--json")[0] == 69
        switchboard.answer = answer
        return deploy_jobs(org_now.org)[-1].id

    return send


@pytest.fixture
def cancel(org_now, run):
    """Cancel a job of this id or name."""

    def ask(name: str, job: str = "") -> Asked:
        code, out, err = run("jobs", "cancel", name, *ORG, "--json")
        assert "Traceback" not in out + err
        return Asked(code, json.loads(out), find_job(org_now.org, job or name))

    return ask


def bodies(org: Org) -> list[bytes]:
    return [component.body for component in list_components(org, "Layout")]


UNDER_WAY = {"Pending": {"queue_seconds": FOREVER}, "InProgress": {"deploy_seconds": FOREVER}}


@pytest.mark.parametrize("state", UNDER_WAY)
def test_a_deploy_that_is_under_way_is_cancelled_and_changed_nothing(
    org_now, leave, cancel, state, private_home
):
    before = bodies(org_now.org)
    job = leave(**UNDER_WAY[state])
    asked = cancel(job)
    assert (asked.code, asked.document["status"], asked.job.status) == (0, "Canceled", "Canceled")
    assert bodies(org_now.org) == before
    journal = Journal(private_home / "optout", org_now.facts["org_id"])
    assert journal.find(job).step is Step.ABANDONED


def test_a_deploy_is_cancelled_by_the_key_it_has_on_this_machine(
    org_now, leave, cancel, private_home
):
    job = leave(queue_seconds=FOREVER)
    journal = Journal(private_home / "optout", org_now.facts["org_id"])
    assert cancel(journal.find(job).key, job).job.status == "Canceled"


def test_a_check_only_deploy_is_cancelled_too(org_now, run, cancel):
    org_now.org.set_setting("queue_seconds", FOREVER)
    assert run("deploy", *ORG, "--yes", "--check-only", "--wait", "0")[0] == 69
    (job,) = deploy_jobs(org_now.org)
    asked = cancel(job.id)
    assert (asked.code, asked.document["check_only"], asked.job.status) == (0, True, "Canceled")


def test_a_second_cancel_is_as_good_as_the_first(leave, cancel):
    job = leave(queue_seconds=FOREVER)
    assert [cancel(job).code for _ in range(2)] == [0, 0]


def test_a_deploy_that_succeeded_stays_and_the_command_says_so(leave, cancel):
    asked = cancel(leave())
    assert (asked.code, asked.document["status"]) == (1, "Succeeded")


def test_a_deploy_that_failed_is_told_with_what_the_org_refused(org_now, leave, cancel):
    job = leave(queue_seconds=FOREVER)
    org_now.org.db.execute("DELETE FROM declared")
    org_now.org.set_setting("queue_seconds", "0")
    asked = cancel(job)
    assert (asked.code, asked.document["status"]) == (1, "Failed")
    assert asked.document["failures"]


def test_a_deploy_that_ends_just_before_the_cancel_arrives_is_said_to_be_over(
    org_now, leave, run, switchboard
):
    job = leave(deploy_seconds=FOREVER)

    def end_it_first(request):
        if request.method == "PATCH":
            org_now.org.set_setting("deploy_seconds", "0")
        return handle(org_now.org, request)

    switchboard.answer = end_it_first
    code, _, err = run("jobs", "cancel", job, *ORG)
    assert code == 1
    assert "too late" in err
    assert "next: " in err


def test_another_clients_deploy_that_is_being_finalized_cannot_be_cancelled(org_now, leave, run):
    job = leave(finalize_seconds=FOREVER)
    org_now.org.db.execute("UPDATE deploy_job SET version = '65.0' WHERE id = ?", (job,))
    code, _, err = run("jobs", "cancel", job, *ORG)
    assert code == 1
    assert "too late" in err
    assert find_job(org_now.org, job).status == "FinalizingDeploy"


def test_a_cancelled_deploy_can_be_done_again(org_now, leave, cancel, run):
    cancel(leave(queue_seconds=FOREVER))
    org_now.org.set_setting("queue_seconds", "0")
    assert run("deploy", *ORG, "--yes")[0] == 0
    assert run("plan", *ORG, "--exit-code")[0] == 0
