"""The caller's jobs of one kind, page by page.

Source: Bulk API 2.0 Developer Guide, "Get Information About All Jobs", "Get Information About All
Query Jobs". Which jobs of other users an administrator sees, the length of a page and the order
are unverified; here they are the caller's own, 1,000 a page (setting bulk_list_jobs), oldest first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from practice_org.bulk.jobs import Job, Kind, job_ids, to_document
from practice_org.org import Org
from practice_org.route import Call
from practice_org.soql.run import find_page, keep_page
from practice_org.wire import OrgError, Response, json_response

JOBS_A_PAGE = 1000
_PATHS = {Kind.INGEST: "ingest", Kind.QUERY: "query"}


def list_jobs(call: Call, kind: Kind, find: Callable[[Org, str], Job]) -> Response:
    """GET jobs/ingest or jobs/query, filtered by jobType and isPkChunkingEnabled.

    No job here was split by primary key at a client's wish, so that filter finds none.
    Errors: OrgError INVALID_QUERY_LOCATOR.
    """
    asked, size = call.request.query, int(call.org.setting("bulk_list_jobs", str(JOBS_A_PAGE)))
    after = _after(call, asked.get("queryLocator", ""))
    wanted = asked.get("jobType", kind.value) == kind.value
    chunked = asked.get("isPkChunkingEnabled", "").lower() == "true"
    ids = job_ids(call.org, kind, after, size + 1) if wanted and not chunked else []
    answer: dict[str, Any] = {
        "done": len(ids) <= size,
        "nextRecordsUrl": None,
        "records": [to_document(find(call.org, job_id)) for job_id in ids[:size]],
    }
    if not answer["done"]:
        locator = keep_page(call.org, call.user_id, {"jobs_after": ids[size - 1]})
        path = f"/services/data/v{call.parts['v']}/jobs/{_PATHS[kind]}"
        answer["nextRecordsUrl"] = f"{path}?queryLocator={locator}"
    return json_response(answer)


def _after(call: Call, locator: str) -> str:
    if not locator:
        return ""
    page = find_page(call.org, locator, call.user_id)
    if page is None or "jobs_after" not in page:
        raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return str(page["jobs_after"])
