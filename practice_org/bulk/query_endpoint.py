"""jobs/query: create, look, list pages of results, abort, delete."""

from __future__ import annotations

from practice_org.bulk.csv_text import DELIMITERS, LINE_ENDINGS, to_line
from practice_org.bulk.job_lists import list_jobs
from practice_org.bulk.jobs import Job, Kind, abort_job, delete_job, to_document
from practice_org.bulk.query_jobs import columns_of, find_query_job, rows_of, start_query_job
from practice_org.bulk.result_pages import asked_page, next_locator, result_pages
from practice_org.data.bodies import json_object
from practice_org.route import Call, route
from practice_org.soql.run import Start
from practice_org.wire import OrgError, Response, json_response

_PAGES_SINCE = 58.0


def create(call: Call) -> Response:
    """POST jobs/query."""
    asked = json_object(call.request)
    job = start_query_job(call.org, (call.user_id, float(call.parts["v"])), asked)
    return json_response(to_document(job))


def look(call: Call) -> Response:
    """GET jobs/query/<id>."""
    return json_response(to_document(_job(call)))


def change(call: Call) -> Response:
    """PATCH jobs/query/<id>: the one state a client may set is Aborted."""
    state = json_object(call.request).get("state")
    if state != "Aborted":
        raise OrgError("INVALIDJOBSTATE", f"a query job cannot be set to {state}")
    return json_response(to_document(abort_job(call.org, _job(call))))


def delete(call: Call) -> Response:
    """DELETE jobs/query/<id>."""
    delete_job(call.org, _job(call))
    return Response(204)


def results(call: Call) -> Response:
    """GET jobs/query/<id>/results: one page of CSV, its header repeated, and where the next begins.

    Sforce-Locator is always there, "null" on the last page: a client without it asks for page one
    for ever.
    """
    job = _complete_job(call)
    start, size = asked_page(call)
    delimiter = DELIMITERS[job.facts["columnDelimiter"]]
    ending = LINE_ENDINGS[job.facts["lineEnding"]]
    lines, last_id = [to_line(columns_of(call.org, job), delimiter, ending)], start.last_id
    for values, record_id in rows_of(call.org, job, start, size):
        lines.append(to_line(values, delimiter, ending))
        last_id = record_id
    count = len(lines) - 1
    headers = {
        "Content-Type": "text/csv;charset=UTF-8",
        "Sforce-Locator": next_locator(call, job, Start(start.position + count, last_id)),
        "Sforce-NumberOfRecords": str(count),
    }
    return Response(200, "".join(lines).encode(), headers)


def pages(call: Call) -> Response:
    """GET jobs/query/<id>/resultPages: addresses of pages to be fetched side by side."""
    if float(call.parts["v"]) < _PAGES_SINCE:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return json_response(result_pages(call, _complete_job(call)))


def list_all(call: Call) -> Response:
    """GET jobs/query: the caller's query jobs."""
    return list_jobs(call, Kind.QUERY, find_query_job)


def _complete_job(call: Call) -> Job:
    job = _job(call)
    if job.version != float(call.parts["v"]):
        # Salesforce documents the 409; the code and the sentence are unverified.
        sentence = f"use API version {job.version}, with which the job was created"
        raise OrgError("INVALIDVERSION", sentence, status=409)
    if job.state != "JobComplete":
        raise OrgError("INVALIDJOBSTATE", f"the job is {job.state}; there are no results")
    return job


def _job(call: Call) -> Job:
    return find_query_job(call.org, call.parts["job"])


_BASE = r"/services/data/{v}/jobs/query"
_ONE = rf"{_BASE}/(?P<job>[0-9A-Za-z]{{15,18}})"
ROUTES = (
    route("POST", _BASE, create),
    route("GET", _BASE, list_all),
    route("GET", _ONE, look),
    route("PATCH", _ONE, change),
    route("DELETE", _ONE, delete),
    route("GET", rf"{_ONE}/results", results),
    route("GET", rf"{_ONE}/resultPages", pages),
)
