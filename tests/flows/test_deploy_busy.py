"""A deploy to an org that is busy, slow, or on which somebody cancels."""

from __future__ import annotations

import pytest
from walk import Walk, admin_id, is_poll, is_submit

from deployer.errors import OrgSaidNo, StillRunning, TryLater
from deployer.rollout.desk import Options
from deployer.rollout.journal import Step
from deployer.rollout.resume import settle_entry
from practice_org.metadata.jobs import cancel_deploy


def test_a_job_that_does_not_start_is_cancelled_and_planned_anew(walk: Walk, intercept):
    def make_busy(request, go_on):
        if is_submit(request):
            tries.append(request)
            walk.org.set_setting("queue_seconds", "1000" if len(tries) == 1 else "0")
        return go_on(request)

    tries: list[object] = []
    intercept(make_busy)
    assert walk.deploy().exit == 0
    assert [job.status for job in walk.jobs()] == [
        "Succeeded", "Canceled", "Succeeded", "Succeeded",
    ]  # fmt: skip


@pytest.mark.parametrize("seconds", ["0", "600"])
def test_a_job_that_starts_as_it_is_cancelled_is_seen_to_its_end(walk: Walk, intercept, seconds):
    def start_it_first(request, go_on):
        if is_submit(request):
            walk.org.set_setting("queue_seconds", "1000")
        if request.method == "PATCH":
            walk.org.set_setting("queue_seconds", "0")
            walk.org.set_setting("finalize_seconds", seconds)
            walk.org.db.execute("UPDATE deploy_job SET version = '65.0'")
        return go_on(request)

    intercept(start_it_first)
    assert walk.deploy().exit == 0
    assert [job.status for job in walk.jobs()] == ["Succeeded", "Succeeded"]


def test_an_org_that_stays_busy_ends_as_try_later_with_nothing_left_behind(walk: Walk, intercept):
    def make_busy(request, go_on):
        if is_submit(request):
            walk.org.set_setting("queue_seconds", "100000")
        return go_on(request)

    before = walk.layouts()
    intercept(make_busy)
    with pytest.raises(TryLater):
        walk.deploy(wait_s=60)
    assert walk.changed_since(before) == set()
    assert walk.jobs()[-1].status == "Canceled"


def test_a_deadline_that_passes_while_the_org_works_is_still_running(walk: Walk, intercept):
    def make_slow(request, go_on):
        if is_submit(request):
            walk.org.set_setting("deploy_seconds", "5000")
        return go_on(request)

    intercept(make_slow)
    with pytest.raises(StillRunning) as waited:
        walk.deploy(wait_s=300)
    job = walk.jobs()[-1]
    assert job.id in f"{waited.value.where}{waited.value.hint}"
    entry = walk.desk.journal.find(job.id)
    assert entry.step is Step.SUBMITTED
    walk.desk.clock.sleep(6000)
    settle_entry(entry, walk.desk, Options(walk.desk.clock.monotonic_s() + 60))
    assert walk.desk.journal.find(job.id).step is Step.DONE


def test_a_job_cancelled_by_somebody_else_is_a_failure_that_changed_nothing(walk: Walk, intercept):
    def cancel_it(request, go_on):
        answer = go_on(request)
        job = walk.jobs()[-1] if walk.jobs() else None
        if is_poll(request) and job and not job.options.check_only and not job.done:
            cancel_deploy(walk.org, admin_id(walk.org), job.id)
        return answer

    before = walk.layouts()
    intercept(cancel_it)
    with pytest.raises(OrgSaidNo, match="Canceled"):
        walk.deploy()
    assert walk.changed_since(before) == set()


def test_an_org_on_which_others_keep_saving_ends_as_try_later(walk: Walk, intercept):
    def save_all_the_time(request, go_on):
        if is_poll(request):
            walk.desk.clock.sleep(20)
            body = walk.layouts()["Contact-Contact Layout"]
            last = body[body.rindex(b"<label>") : body.index(b"</label>", body.rindex(b"<label>"))]
            walk.edit("Contact-Contact Layout", last, last + b" x")
        return go_on(request)

    before = walk.holding()
    intercept(save_all_the_time)
    with pytest.raises(TryLater, match="not quiet"):
        walk.deploy(wait_s=300)
    assert walk.holding() == before
