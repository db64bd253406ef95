"""The REST side of a deployment: /services/data/{version}/metadata/deployRequest."""

from __future__ import annotations

import re
from typing import Any

from practice_org.metadata.authors import require_metadata_rights
from practice_org.metadata.job_status import deploy_result
from practice_org.metadata.jobs import (
    Job,
    cancel_deploy,
    find_job,
    start_deploy,
    start_quick_deploy,
)
from practice_org.metadata.options import read_options
from practice_org.route import Call, route
from practice_org.wire import OrgError, Response, json_response, parse_json

_PATH = r"/services/data/{v}/metadata/deployRequest"
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'[;\s]name="?([^";\r\n]+)"?', re.IGNORECASE)


def start(call: Call) -> Response:
    """POST: a multipart of options and zip starts a deployment, JSON a quick one. 201."""
    require_metadata_rights(call.org, call.user_id)
    kind = call.request.headers.get("content-type", "")
    version = float(call.parts["v"])
    if not kind.lower().startswith("multipart/"):
        validated = _object(call.request.body).get("validatedDeployRequestId")
        if not validated:
            raise OrgError("MISSING_ARGUMENT", "validatedDeployRequestId is required")
        job = start_quick_deploy(call.org, call.user_id, str(validated), version)
        return json_response(_shown(call, job, details=False), 201)
    parts = _parts(call.request.body, kind)
    # The guide and CumulusCI call the options' part json, jsforce and sf entity_content.
    given = _object(parts.get("json") or parts.get("entity_content") or b"")
    if "file" not in parts:
        raise OrgError("MISSING_ARGUMENT", "the multipart body has no part named file")
    options = read_options(given.get("deployOptions") or {})
    job = start_deploy(call.org, call.user_id, parts["file"], options, version)
    return json_response(_shown(call, job, details=False), 201)


def show(call: Call) -> Response:
    """GET: how the deployment stands; ?includeDetails=true adds the rows."""
    require_metadata_rights(call.org, call.user_id)
    details = call.request.query.get("includeDetails", "").lower() == "true"
    return json_response(_shown(call, _job(call), details=details))


def change(call: Call) -> Response:
    """PATCH with status Canceling: cancel. 202."""
    require_metadata_rights(call.org, call.user_id)
    wanted = _object(call.request.body).get("deployResult") or {}
    if not isinstance(wanted, dict) or wanted.get("status") != "Canceling":
        raise OrgError("INVALID_FIELD", 'the only change possible is status "Canceling"')
    job = cancel_deploy(call.org, call.user_id, _job(call).id)
    return json_response(_shown(call, job, details=False), 202)


def _job(call: Call) -> Job:
    job = find_job(call.org, call.parts["id"])
    if job is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return job


def _shown(call: Call, job: Job, *, details: bool) -> dict[str, Any]:
    path = f"/services/data/v{call.parts['v']}/metadata/deployRequest/{job.id}"
    return {
        "id": job.id,
        "validatedDeployRequestId": job.validated_id or None,
        "url": f"{call.request.origin}{path}",
        "deployResult": deploy_result(call.org, job, details=details),
        "deployOptions": job.options.as_json(),
    }


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = parse_json(body or b"{}")
    except ValueError as broken:
        raise OrgError("JSON_PARSER_ERROR", f"the request is no JSON: {broken}") from broken
    if not isinstance(given, dict):
        raise OrgError("JSON_PARSER_ERROR", "the request must be a JSON object")
    return given


def _parts(body: bytes, content_type: str) -> dict[str, bytes]:
    """The parts of a multipart body by name."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise OrgError("INVALID_MULTIPART_REQUEST", "the Content-Type names no boundary")
    parts: dict[str, bytes] = {}
    for chunk in body.split(b"--" + found[1].encode())[1:-1]:
        head, _, content = chunk.partition(b"\r\n\r\n")
        named = _NAME.search(head)
        if named is not None:
            parts[named[1].decode("utf-8", "replace")] = content.removesuffix(b"\r\n")
    return parts


ROUTES = (
    route("POST", _PATH, start),
    route("GET", _PATH + r"/(?P<id>\w+)", show),
    route("PATCH", _PATH + r"/(?P<id>\w+)", change),
)
