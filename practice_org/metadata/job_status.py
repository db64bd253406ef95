"""A deployment as clients see it: the DeployResult of SOAP and of REST."""

from __future__ import annotations

from typing import Any

from practice_org.metadata.authors import user_name
from practice_org.metadata.canonical import escaped
from practice_org.metadata.jobs import CANCELED, RUNNING, Job, timestamp
from practice_org.org import Org

_TESTS = {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0}


def deploy_result(org: Org, job: Job, *, details: bool) -> dict[str, Any]:
    """The DeployResult, keys as in the WSDL, in its order.

    While the job is under way the details hold failures only, as the guide says.
    """
    result: dict[str, Any] = {
        **job.options.as_json(),
        **_people(org, job),
        "createdDate": timestamp(job.created_at),
        "done": job.done,
        "id": job.id,
        "lastModifiedDate": timestamp(job.modified_at),
        **_numbers(org, job),
        "runTestsEnabled": bool(job.options.tests)
        or job.options.test_level not in {"", "NoTestRun"},
        "status": job.status,
        "success": job.status == "Succeeded",
    }
    if job.started_at is not None:
        result["startDate"] = timestamp(job.started_at)
    if job.completed_at is not None:
        result["completedDate"] = timestamp(job.completed_at)
    for key in ("errorMessage", "errorStatusCode"):
        if job.result.get(key):
            result[key] = job.result[key]
    if details:
        result["details"] = _details(job)
    return {key: result[key] for key in sorted(result) if key not in {"testLevel", "runTests"}}


def as_xml(name: str, value: Any) -> str:
    """A JSON value as unprefixed XML under this name; a list repeats the element."""
    if isinstance(value, list):
        return "".join(as_xml(name, entry) for entry in value)
    if isinstance(value, dict):
        inner = "".join(as_xml(key, entry) for key, entry in value.items())
        return f"<{name}>{inner}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else escaped(str(value))
    return f"<{name}>{text}</{name}>"


def _people(org: Org, job: Job) -> dict[str, Any]:
    named = {"createdBy": job.user_id, "createdByName": user_name(org, job.user_id)}
    if job.status == CANCELED or job.canceled_by:
        named["canceledBy"] = job.canceled_by
        named["canceledByName"] = user_name(org, job.canceled_by)
    return named


def _numbers(org: Org, job: Job) -> dict[str, Any]:
    keys = (
        "numberComponentErrors",
        "numberComponentsDeployed",
        "numberTestErrors",
        "numberTestsCompleted",
        "numberTestsTotal",
    )
    numbers = {key: job.result.get(key, 0) for key in keys}
    numbers["numberComponentsTotal"] = job.result.get("numberComponentsTotal", job.total)
    if job.status == RUNNING and job.started_at is not None:
        wanted = float(org.setting("deploy_seconds", "0.2")) or 1.0
        share = min((org.now().timestamp() - job.started_at) / wanted, 1.0)
        numbers["numberComponentsDeployed"] = int(job.total * max(share, 0.0))
    return numbers


def _details(job: Job) -> dict[str, Any]:
    if not job.done:
        return {"componentFailures": [], "runTestResult": dict(_TESTS)}
    ran = {**_TESTS, "numTestsRun": job.result.get("numberTestsCompleted", 0)}
    return {
        "componentFailures": job.result.get("componentFailures", []),
        "componentSuccesses": job.result.get("componentSuccesses", []),
        "runTestResult": ran,
    }
