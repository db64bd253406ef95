"""composite, composite/batch and their Tooling twin: requests inside a request.

Source: Salesforce, REST API guide, "Composite" and "Composite Batch": a composite counts as one
call, each subrequest of a batch as one more.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from practice_org.data.bodies import json_object
from practice_org.limits import count_call
from practice_org.route import Call, route
from practice_org.wire import OrgError, Request, Response, json_response, rest_error

_MOST = 25
_REFERENCE = re.compile(r"@\{([^}]+)\}")
_HALTED = {
    "errorCode": "PROCESSING_HALTED",
    "message": (
        "The transaction was rolled back since another operation in the same transaction failed."
    ),
}


class _Undone(Exception):
    """Takes the transaction back; nobody outside this module sees it."""


def answer_composite(call: Call) -> Response:
    """POST composite: subrequests in order, each able to use what earlier ones answered."""
    body = json_object(call.request)
    asked = _subrequests(body, "compositeRequest")
    answers: list[dict[str, Any]] = []
    try:
        with call.org.transaction():
            for part in asked:
                answers.append(_answer_part(call, part, answers))
                _require_good(answers[-1], body)
    except _Undone:
        failed = answers[-1]["referenceId"]
        answers = [
            _halted(part) if part.get("referenceId") != failed else answers[-1] for part in asked
        ]
    return json_response({"compositeResponse": answers})


def _require_good(answer: dict[str, Any], body: dict[str, Any]) -> None:
    if body.get("allOrNone") is True and answer["httpStatusCode"] >= 400:
        raise _Undone


def answer_batch(call: Call) -> Response:
    """POST composite/batch: independent subrequests; haltOnError skips what follows a failure."""
    body = json_object(call.request)
    results: list[dict[str, Any]] = []
    for part in _subrequests(body, "batchRequests"):
        failed = any(result["statusCode"] >= 400 for result in results)
        if failed and body.get("haltOnError") is True:
            skipped = {**_HALTED, "errorCode": "BATCH_PROCESSING_HALTED"}
            results.append({"statusCode": 412, "result": [skipped]})
            continue
        answer = _answer_batch_part(call, part)
        results.append({"statusCode": answer.status, "result": _json(answer)})
    failed = any(result["statusCode"] >= 400 for result in results)
    return json_response({"hasErrors": failed, "results": results})


def _answer_batch_part(call: Call, part: dict[str, Any]) -> Response:
    url = str(part.get("url", ""))
    url = url if url.startswith("/") else f"/services/data/{url}"
    try:
        # That the batch itself counts as well is unverified.
        count_call(call.org)
    except OrgError as refused:
        return rest_error(refused)
    return _dispatch(call, str(part.get("method", "GET")), url, part.get("richInput"))


def _subrequests(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = body.get(key)
    if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
        raise OrgError("JSON_PARSER_ERROR", f"{key} must be a list of objects")
    if len(found) > _MOST:
        raise OrgError(
            "LIMIT_EXCEEDED", f"This composite request has more than {_MOST} subrequests"
        )
    return found


def _answer_part(call: Call, part: dict[str, Any], answers: list[dict[str, Any]]) -> dict[str, Any]:
    known = {answer["referenceId"]: answer["body"] for answer in answers}
    try:
        filled = _filled(part, known)
    except OrgError as unknown:
        answer = rest_error(unknown)
    else:
        method, url = str(filled.get("method", "GET")), str(filled.get("url", ""))
        answer = _dispatch(call, method, url, filled.get("body"))
    headers = {k: v for k, v in answer.headers.items() if k == "Location"}
    return {
        "body": _json(answer),
        "httpHeaders": headers,
        "httpStatusCode": answer.status,
        "referenceId": part.get("referenceId"),
    }


def _halted(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "body": [_HALTED],
        "httpHeaders": {},
        "httpStatusCode": 400,
        "referenceId": part.get("referenceId"),
    }


def _filled(value: Any, known: dict[str, Any]) -> Any:
    """The value with @{reference.path[0].field} replaced by what that subrequest answered."""
    if isinstance(value, dict):
        return {name: _filled(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, known) for inner in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda found: str(_lookup(found[1], known)), value)
    return value


def _lookup(path: str, known: dict[str, Any]) -> Any:
    steps = re.findall(r"[^.\[\]]+", path)
    here: Any = known
    try:
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
    except (KeyError, IndexError, TypeError, ValueError):
        raise OrgError(
            "PROCESSING_HALTED", f"Invalid reference specified. No value for {path} found"
        ) from None
    return here


def _dispatch(call: Call, method: str, url: str, body: Any) -> Response:
    """Run a subrequest as the same caller, as if it had come by itself."""
    from practice_org.app import answer_part  # the app finds this module, so not at the top

    parts = urlsplit(url)
    inner: Request = replace(
        call.request,
        method=method,
        path=unquote(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        body=b"" if body is None else json.dumps(body).encode(),
    )
    answer = answer_part(call.org, inner)
    call.org.user_id = call.user_id
    return answer


def _json(answer: Response) -> Any:
    return json.loads(answer.body) if answer.body else None


ROUTES = (
    route("POST", "/services/data/{v}/(?:tooling/)?composite", answer_composite),
    route("POST", "/services/data/{v}/(?:tooling/)?composite/batch", answer_batch),
)
