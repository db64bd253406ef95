"""Where the pages of a query job's results begin, and the locators that lead there.

Source: Bulk API 2.0 Developer Guide, "Get Results for a Query Job", "Get Parallel Results for a
Query Job" (API 58.0 and later).
"""

from __future__ import annotations

from typing import Any

from practice_org.bulk.jobs import Job
from practice_org.bulk.query_jobs import DEFAULT_PAGE, answer_of
from practice_org.route import Call
from practice_org.soql.run import Answer, Start, find_page, keep_page
from practice_org.wire import OrgError

NO_MORE = "null"
PAGES_AT_ONCE = 5


def asked_page(call: Call) -> tuple[Start, int]:
    """Where the page asked for begins and how many rows it may have.

    Errors: OrgError INVALID_LOCATOR.
    """
    locator = call.request.query.get("locator", "")
    largest = int(call.org.setting("bulk_page_rows", str(DEFAULT_PAGE)))
    wanted = call.request.query.get("maxRecords", "")
    size = min(int(wanted), largest) if wanted.isdigit() and int(wanted) else largest
    if not locator or locator == NO_MORE:
        return Start(), size
    page = find_page(call.org, locator, call.user_id)
    if page is None or page.get("job") != call.parts["job"][:15]:
        raise OrgError("INVALID_LOCATOR", f"Invalid locator: {locator}")
    return Start(page["position"], page["last_id"]), size


def next_locator(call: Call, job: Job, start: Start) -> str:
    """The locator of the page that begins here; "null" when all rows lie before it."""
    if start.position >= int(job.facts["numberRecordsProcessed"]):
        return NO_MORE
    page = {"job": job.id[:15], "position": start.position, "last_id": start.last_id}
    return keep_page(call.org, call.user_id, page)


def result_pages(call: Call, job: Job) -> dict[str, Any]:
    """Addresses of up to five pages, which may be fetched in any order, and of the next five."""
    start, size = asked_page(call)
    total, base = int(job.facts["numberRecordsProcessed"]), call.request.path.rpartition("/")[0]
    answer = answer_of(call.org, job, total)
    pages: list[dict[str, str]] = []
    while start.position < total and len(pages) < PAGES_AT_ONCE:
        # The first page of all has a locator too: every address here looks alike.
        locator = next_locator(call, job, start)
        pages.append({"resultUrl": f"{base}/results?locator={locator}&maxRecords={size}"})
        start = Start(start.position + size, _last_id(answer, start, size))
    locator = next_locator(call, job, start)
    if locator == NO_MORE:
        return {"resultPages": pages, "nextRecordsUrl": None, "done": True}
    more = f"{base}/resultPages?locator={locator}&maxRecords={size}"
    return {"resultPages": pages, "nextRecordsUrl": more, "done": False}


def _last_id(answer: Answer, start: Start, size: int) -> str:
    """The id of a page's last row; none is needed where pages count rows instead."""
    if not answer.by_id:
        return ""
    compiled = answer.compiled
    found = answer.context.org.db.execute(
        f"SELECT {compiled.key} {compiled.body} AND {compiled.key} > :last_id "
        f"ORDER BY {compiled.key} LIMIT 1 OFFSET :skipped",
        {**compiled.parameters, "last_id": start.last_id, "skipped": size - 1},
    ).fetchone()
    return str(found[0]) if found else ""
