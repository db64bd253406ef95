"""Bulk jobs that get stuck, come late, are forgotten, or lose half of what they tell."""

from __future__ import annotations

import json

import pytest
from bulk_v1_door import AsyncClient
from fault_org import JOB, fault_org


def ready_job(here):
    """An update of the three contacts, uploaded and closed; its path."""
    path = f"jobs/ingest/{json.loads(here.data('POST', 'jobs/ingest', JOB).body)['id']}"
    here.data(
        "PUT", f"{path}/batches", "\n".join(["Id,Phone", *(f"{i},7" for i in here.ids)]).encode()
    )
    here.data("PATCH", path, {"state": "UploadComplete"})
    return path


def state(here, path):
    return json.loads(here.data("GET", path).body)["state"]


def results(here, path):
    """The first piece of the results, and the others."""
    answer = here.data("GET", f"{path}/successfulResults")
    return answer.body, b"".join(answer.more)


def test_a_job_is_complete_late():
    here = fault_org()
    here.on("bulk.job", "STUCK", times=2)
    path = ready_job(here)
    assert [state(here, path) for _ in range(4)] == ["InProgress"] * 2 + ["JobComplete"] * 2
    assert here.phone() == "7"


def test_one_job_is_stuck_and_the_next_is_not():
    here = fault_org()
    stuck = ready_job(here)
    here.on("bulk.job", "STUCK", only=stuck.rpartition("/")[2])
    assert [state(here, path) for path in (stuck, ready_job(here))] == ["InProgress", "JobComplete"]


@pytest.mark.parametrize("place", ["bulk.poll", "bulk.results"])
def test_a_forgotten_job_is_not_found(place):
    here = fault_org()
    path = ready_job(here)
    here.on(place, "NOT_FOUND", times=1)
    asked = path if place == "bulk.poll" else f"{path}/successfulResults"
    assert here.data("GET", asked).status == 404
    assert state(here, path) == "JobComplete"


@pytest.mark.parametrize("code", ["TRUNCATED", "EMPTY_BODY"])
def test_results_stop_where_the_fault_says_however_long_they_are(code):
    here = fault_org()
    here.org.set_setting("bulk_batch_rows", "1")
    here.ids += [json.loads(here.call("create").body)["id"] for _ in range(4)]
    path = ready_job(here)
    state(here, path)
    first, rest = results(here, path)
    here.on("bulk.results", code)
    kept = len(first + rest) // 2 if code == "TRUNCATED" else 0
    assert rest
    assert b"".join(results(here, path)) == (first + rest)[:kept]


@pytest.mark.parametrize("place", ["record.update", "writes", "any"])
def test_the_first_bulk_api_tells_of_a_refused_row_too(place):
    here = fault_org()
    here.on(place, "UNABLE_TO_LOCK_ROW", every=2)
    rows = "\n".join(["Id,Phone", *(f"{i},7" for i in here.ids)]).encode()
    _, told = AsyncClient(here.org, here.org.user_id).load("update", rows)
    assert [b"UNABLE_TO_LOCK_ROW" in line for line in told.splitlines()[1:]] == [False, True, False]


def test_a_read_only_window_is_met_in_the_first_bulk_api():
    here = fault_org()
    here.on("writes", "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE")
    assert b"DURING_MAINTENANCE</exceptionCode>" in here.call("async").body


def test_a_lost_reply_to_create_leaves_an_open_job_behind():
    here = fault_org()
    here.on("bulk.create", "DROP_AFTER")
    here.call("bulk.create")
    found = here.org.db.execute("SELECT state FROM bulk_job").fetchall()
    assert [row[0] for row in found] == ["Open"]
