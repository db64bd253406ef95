"""query, queryAll and their next pages, of the data and of the Tooling API.

Source: Salesforce, REST API guide, "Query".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from practice_org.data.asking import api_of, context_of
from practice_org.objects import Api
from practice_org.route import Call, route
from practice_org.soql.context import Deleted
from practice_org.soql.run import (
    Answer,
    Start,
    column_metadata,
    find_page,
    keep_page,
    prepare,
    records,
)
from practice_org.wire import OrgError, Response, json_response

_SMALLEST, _LARGEST = 200, 2000
# Tooling pages some objects smaller: sfdx-hardis PR #1805, rows of DeployRequest.
_SMALL_PAGES = {"DeployRequest": 100}
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)")


@dataclass(frozen=True, slots=True)
class _Page:
    soql: str
    deleted: Deleted
    size: int
    start: Start


def answer_query(call: Call) -> Response:
    """GET query?q= or queryAll?q=: the first page, or with columns=true what the columns are."""
    soql = call.request.query.get("q", "")
    deleted = Deleted(call.parts["verb"])
    prepared = prepare(context_of(call, deleted), soql)
    if call.request.query.get("columns") == "true":
        compiled = prepared.compiled
        return json_response(
            {
                "columnMetadata": column_metadata(compiled),
                "entityName": compiled.sobject.name,
                "groupBy": bool(compiled.query.group),
                "idSelected": any(o.names == ("Id",) for o in compiled.outputs),
                "keyPrefix": compiled.sobject.prefix,
            }
        )
    size = _SMALL_PAGES.get(prepared.compiled.sobject.name, _batch_size(call))
    return _answer_page(call, prepared, _Page(soql, deleted, size, Start()))


def answer_next_page(call: Call) -> Response:
    """GET query/<locator>: the page after. Errors: OrgError INVALID_QUERY_LOCATOR."""
    stored = find_page(call.org, call.parts["locator"], call.user_id)
    if stored is None or stored["api"] != api_of(call).value:
        raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
    deleted = Deleted(stored["deleted"])
    start = Start(stored["position"], stored["last_id"])
    page = _Page(stored["soql"], deleted, stored["size"], start)
    prepared = prepare(context_of(call, deleted), page.soql, stored["total"])
    return _answer_page(call, prepared, page)


def _answer_page(call: Call, answer: Answer, page: _Page) -> Response:
    rows = []
    last_id = page.start.last_id
    for record, record_id in records(answer, page.start, page.size):
        rows.append(record)
        last_id = record_id
    position = page.start.position + len(rows)
    body: dict[str, Any] = {"totalSize": answer.total, "done": True, "records": rows}
    if api_of(call) is Api.TOOLING:
        name = answer.compiled.sobject.name
        body |= {"size": len(rows), "queryLocator": None, "entityTypeName": name}
    if rows and position < answer.total:
        code = keep_page(
            call.org,
            call.user_id,
            {
                "soql": page.soql,
                "deleted": page.deleted.value,
                "api": api_of(call).value,
                "size": page.size,
                "position": position,
                "last_id": last_id,
                "total": answer.total,
            },
        )
        body |= {"done": False, "nextRecordsUrl": _next_url(call, page.deleted, code)}
    return json_response(body)


def _next_url(call: Call, deleted: Deleted, code: str) -> str:
    middle = "tooling/" if api_of(call) is Api.TOOLING else ""
    return f"/services/data/v{call.parts['v']}/{middle}{deleted.value}/{code}"


def _batch_size(call: Call) -> int:
    found = _BATCH_SIZE.search(call.request.headers.get("sforce-query-options", ""))
    return min(max(int(found[1]), _SMALLEST), _LARGEST) if found else _LARGEST


_BASE = r"/services/data/{v}/(?P<tooling>tooling/)?(?P<verb>query|queryAll)"
ROUTES = (
    route("GET", _BASE, answer_query),
    route("GET", rf"{_BASE}/(?P<locator>[A-Za-z0-9]+)", answer_next_page),
)
