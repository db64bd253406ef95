"""jobs/ingest: open, upload, close, look, fetch what became of each row, abort, delete."""

from __future__ import annotations

from itertools import islice

from practice_org.bulk.ingest_jobs import (
    close_upload,
    find_ingest_job,
    start_ingest_job,
    upload,
)
from practice_org.bulk.job_lists import list_jobs
from practice_org.bulk.jobs import Job, Kind, abort_job, delete_job, to_document
from practice_org.bulk.outcomes import Outcome, results_of
from practice_org.data.bodies import json_object
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, json_response

# The header and the first batches; the rest of a large job's results is made while it is sent.
_PIECES_AT_ONCE = 4
_OUTCOMES = {
    "successfulresults": Outcome.SUCCESS,
    "failedresults": Outcome.FAILED,
    "unprocessedrecords": Outcome.UNPROCESSED,
}


def create(call: Call) -> Response:
    """POST jobs/ingest."""
    asked = json_object(call.request)
    job = start_ingest_job(call.org, (call.user_id, float(call.parts["v"])), asked)
    return json_response(to_document(job))


def list_all(call: Call) -> Response:
    """GET jobs/ingest: the caller's ingest jobs."""
    return list_jobs(call, Kind.INGEST, find_ingest_job)


def put(call: Call) -> Response:
    """PUT jobs/ingest/<id>/batches: 201 without a body."""
    upload(call.org, _job(call), call.request.body)
    return Response(201)


def look(call: Call) -> Response:
    """GET jobs/ingest/<id>."""
    return json_response(to_document(_job(call)))


def change(call: Call) -> Response:
    """PATCH jobs/ingest/<id>: UploadComplete or Aborted."""
    state = json_object(call.request).get("state")
    changes = {"UploadComplete": close_upload, "Aborted": abort_job}
    if state not in changes:
        raise OrgError("INVALIDJOBSTATE", f"an ingest job cannot be set to {state}")
    return json_response(to_document(changes[str(state)](call.org, _job(call))))


def delete(call: Call) -> Response:
    """DELETE jobs/ingest/<id>."""
    delete_job(call.org, _job(call))
    return Response(204)


def results(call: Call) -> Response:
    """GET successfulResults, failedResults or unprocessedrecords, in whatever case.

    Clients differ: unprocessedRecords and unprocessedrecords are both in use.
    """
    job, which = _job(call), call.parts["results"].lower()
    if which not in _OUTCOMES:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    if not job.done:
        raise OrgError("INVALIDJOBSTATE", f"the job is {job.state}; there are no results")
    pieces = results_of(call.org, job, _OUTCOMES[which])
    first = b"".join(islice(pieces, _PIECES_AT_ONCE))
    return Response(
        200, first, {"Content-Type": "text/csv;charset=UTF-8"}, more=filter(None, pieces)
    )


def _job(call: Call) -> Job:
    return find_ingest_job(call.org, call.parts["job"])


_BASE = r"/services/data/{v}/jobs/ingest"
_ONE = rf"{_BASE}/(?P<job>[0-9A-Za-z]{{15,18}})"
_RESULTS = r"(?P<results>[A-Za-z]+)"
ROUTES = (
    route("POST", _BASE, create),
    route("GET", _BASE, list_all),
    route("PUT", rf"{_ONE}/batches", put),
    route("GET", _ONE, look),
    route("PATCH", _ONE, change),
    route("DELETE", _ONE, delete),
    route("GET", rf"{_ONE}/{_RESULTS}", results),
)
