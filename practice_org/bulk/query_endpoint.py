"""jobs/query: create, look, list pages of results, abort, delete."""

from __future__ import annotations

from practice_org.bulk.csv_text import DELIMITERS, LINE_ENDINGS, to_line
from practice_org.bulk.jobs import Job, abort_job, delete_job, to_document
from practice_org.bulk.query_jobs import (
    DEFAULT_PAGE,
    columns_of,
    find_query_job,
    rows_of,
    start_query_job,
)
from practice_org.data.bodies import json_object
from practice_org.route import Call, route
from practice_org.soql.run import Start, find_page, keep_page
from practice_org.wire import OrgError, Response, json_response

_NO_MORE = "null"


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
    job = _job(call)
    if job.state != "JobComplete":
        raise OrgError("INVALIDJOBSTATE", f"the job is {job.state}; there are no results")
    start, size = _asked_page(call)
    delimiter = DELIMITERS[job.facts["columnDelimiter"]]
    ending = LINE_ENDINGS[job.facts["lineEnding"]]
    lines, last_id = [to_line(columns_of(call.org, job), delimiter, ending)], start.last_id
    for values, record_id in rows_of(call.org, job, start, size):
        lines.append(to_line(values, delimiter, ending))
        last_id = record_id
    count = len(lines) - 1
    headers = {
        "Content-Type": "text/csv;charset=UTF-8",
        "Sforce-Locator": _next_locator(call, job, Start(start.position + count, last_id)),
        "Sforce-NumberOfRecords": str(count),
    }
    return Response(200, "".join(lines).encode(), headers)


def _job(call: Call) -> Job:
    return find_query_job(call.org, call.parts["job"])


def _asked_page(call: Call) -> tuple[Start, int]:
    """Where the page begins and how many rows it may have."""
    locator = call.request.query.get("locator", "")
    largest = int(call.org.setting("bulk_page_rows", str(DEFAULT_PAGE)))
    wanted = call.request.query.get("maxRecords", "")
    size = min(int(wanted), largest) if wanted.isdigit() and int(wanted) else largest
    if not locator or locator == _NO_MORE:
        return Start(), size
    page = find_page(call.org, locator, call.user_id)
    if page is None or page.get("job") != call.parts["job"][:15]:
        raise OrgError("INVALID_LOCATOR", f"Invalid locator: {locator}")
    return Start(page["position"], page["last_id"]), size


def _next_locator(call: Call, job: Job, start: Start) -> str:
    if start.position >= int(job.facts["numberRecordsProcessed"]):
        return _NO_MORE
    page = {"job": job.id[:15], "position": start.position, "last_id": start.last_id}
    return keep_page(call.org, call.user_id, page)


_BASE = r"/services/data/{v}/jobs/query"
_ONE = rf"{_BASE}/(?P<job>[0-9A-Za-z]{{15,18}})"
ROUTES = (
    route("POST", _BASE, create),
    route("GET", _ONE, look),
    route("PATCH", _ONE, change),
    route("DELETE", _ONE, delete),
    route("GET", rf"{_ONE}/results", results),
)
