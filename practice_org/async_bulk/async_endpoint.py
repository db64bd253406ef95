"""/services/async: jobs, their batches, what was sent and what came of it.

Job resources answer in the request's content type, batch resources in the job's: JSON for a JSON
job, else XML. The session comes in X-SFDC-Session and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from practice_org.async_bulk.answers import (
    MEDIA_TYPES,
    answer,
    answer_ids,
    answer_list,
    batch_document,
    form_of,
    job_document,
    refusal,
)
from practice_org.async_bulk.async_batches import (
    find_batch,
    read_request,
    read_result,
    result_ids,
)
from practice_org.async_bulk.async_jobs import (
    QUERIES,
    Job,
    create_async_tables,
    find_job,
    move_job,
    open_job,
)
from practice_org.async_bulk.running import abandon, advance, take_batch
from practice_org.async_bulk.xml_documents import read_document
from practice_org.data.bodies import json_object
from practice_org.login.callers import require_api
from practice_org.login.scopes import require_scope
from practice_org.login.sessions import session_user
from practice_org.route import Call, Endpoint, Route, route
from practice_org.wire import OrgError, Request, Response


def create(call: Call) -> Response:
    """POST job: 201."""
    asked = _asked(call.request)
    asked["chunking"] = call.request.headers.get("sforce-enable-pkchunking", "")
    job = open_job(call.org, (call.user_id, call.parts["v"]), asked)
    return _job_answer(call, job, 201)


def look(call: Call) -> Response:
    """GET job/<id>."""
    return _job_answer(call, _job(call))


def change(call: Call) -> Response:
    """POST job/<id>: Closed or Aborted."""
    job = move_job(call.org, _job(call), _asked(call.request).get("state", ""))
    if job.state == "Aborted":
        abandon(call.org, job)
    return _job_answer(call, job)


def add(call: Call) -> Response:
    """POST job/<id>/batch: 201; rows, or the bare SOQL of a query."""
    job = _job(call)
    batch = take_batch(call.org, job, call.request.body)
    made = answer("batchInfo", batch_document(batch), _form(job), 201)
    where = f"/services/async/{call.parts['v']}/job/{job.id}/batch/{batch.id}"
    return replace(made, headers={**made.headers, "Location": where})


def look_at_batches(call: Call) -> Response:
    """GET job/<id>/batch."""
    job = _job(call)
    return answer_list(advance(call.org, job), _form(job))


def look_at_batch(call: Call) -> Response:
    """GET job/<id>/batch/<id>."""
    job = _job(call)
    wanted = find_batch(call.org, job, call.parts["batch"])
    (batch,) = [each for each in advance(call.org, job) if each.id == wanted.id]
    return answer("batchInfo", batch_document(batch), _form(job))


def fetch_request(call: Call) -> Response:
    """GET job/<id>/batch/<id>/request: what was sent, as it was sent."""
    job = _job(call)
    batch = find_batch(call.org, job, call.parts["batch"])
    return _file(job, read_request(call.org, batch))


def fetch_results(call: Call) -> Response:
    """GET job/<id>/batch/<id>/result: the rows' outcomes, or the list of a query's files."""
    job = _job(call)
    advance(call.org, job)
    batch = find_batch(call.org, job, call.parts["batch"])
    ids = result_ids(call.org, batch)
    if job.operation in QUERIES:
        return answer_ids(ids, _form(job))
    return _file(job, read_result(call.org, batch, ids[0]))


def fetch_result(call: Call) -> Response:
    """GET job/<id>/batch/<id>/result/<id>: one file of a query's rows."""
    job = _job(call)
    batch = find_batch(call.org, job, call.parts["batch"])
    return _file(job, read_result(call.org, batch, call.parts["result"]))


def _asked(request: Request) -> dict[str, str]:
    """The elements of JobInfo that were sent, in either form."""
    if form_of(request) == "JSON":
        sent = json_object(request)
        return {name: str(value) for name, value in sent.items() if value is not None}
    return {part.name: part.text() for part in read_document(request.body).children()}


def _job(call: Call) -> Job:
    return find_job(call.org, call.user_id, call.parts["job"])


def _job_answer(call: Call, job: Job, status: int = 200) -> Response:
    document = job_document(job, advance(call.org, job))
    return answer("jobInfo", document, form_of(call.request), status)


def _form(job: Job) -> str:
    return "JSON" if job.content_type == "JSON" else "XML"


def _file(job: Job, body: bytes) -> Response:
    return Response(200, body, {"Content-Type": MEDIA_TYPES[job.content_type]})


def _admitted(act: Callable[[Call], Response]) -> Endpoint:
    """Let the session's user act; whatever is refused is told in this API's own shape."""

    def endpoint(call: Call) -> Response:
        try:
            with call.org.transaction():
                create_async_tables(call.org)
                token = call.request.headers.get("x-sfdc-session", "")
                user_id = call.org.user_id = session_user(call.org, token)
                require_scope(call.org, token, "API")
                require_api(call.org, user_id)
                return act(replace(call, user_id=user_id))
        except OrgError as refused:
            return refusal(call.request, refused)

    return endpoint


def _route(method: str, pattern: str, act: Callable[[Call], Response]) -> Route:
    return route(method, pattern, _admitted(act), session=False)


_JOBS = r"/services/async/(?P<v>\d+\.0)/job"
_JOB = rf"{_JOBS}/(?P<job>\w{{15,18}})"
_BATCH = rf"{_JOB}/batch/(?P<batch>\w{{15,18}})"
ROUTES = (
    _route("POST", _JOBS, create),
    _route("GET", _JOB, look),
    _route("POST", _JOB, change),
    _route("POST", rf"{_JOB}/batch", add),
    _route("GET", rf"{_JOB}/batch", look_at_batches),
    _route("GET", _BATCH, look_at_batch),
    _route("GET", rf"{_BATCH}/request", fetch_request),
    _route("GET", rf"{_BATCH}/result", fetch_results),
    _route("GET", rf"{_BATCH}/result/(?P<result>\w{{15,18}})", fetch_result),
)
