"""JobInfo, BatchInfo and refusals as XML or JSON.

Shapes: Bulk API Developer Guide and CumulusCI's recordings of the service. Content types carry no
charset there: clients compare them whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from practice_org.async_bulk.async_batches import Batch
from practice_org.async_bulk.async_jobs import Job
from practice_org.async_bulk.xml_documents import to_text
from practice_org.org import to_timestamp
from practice_org.wire import OrgError, Request, Response

XMLNS = 'xmlns="http://www.force.com/2009/06/asyncapi/dataload"'
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'
MEDIA_TYPES = {"CSV": "text/csv", "JSON": "application/json", "XML": "application/xml"}
_MOMENTS = ("createdDate", "systemModstamp")
_CODES = {
    "INVALID_SESSION_ID": "InvalidSessionId",
    "UNSUPPORTED_API_VERSION": "InvalidVersion",
    "API_DISABLED_FOR_ORG": "FeatureNotEnabled",
    "FEATURENOTENABLED": "FeatureNotEnabled",
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "INVALIDJOB": "InvalidJob",
    "JSON_PARSER_ERROR": "ClientInputError",
    "NOT_FOUND": "InvalidUrl",
    "METHOD_NOT_ALLOWED": "InvalidOperation",
}
_SENTENCES = {"INVALID_SESSION_ID": "Invalid session id"}


def form_of(request: Request) -> str:
    """JSON when the request says that it is JSON, else XML: how job resources answer."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return "JSON" if kind == "application/json" else "XML"


def refusal(request: Request, refused: OrgError) -> Response:
    """One error in the request's form; the status is 400, an ended session's too.

    Measured: clients log in anew at status 400 with InvalidSessionId. Which code Salesforce gives
    for a disabled API and for a spent limit is unverified.
    """
    code = _CODES.get(refused.code, refused.code)
    message = _SENTENCES.get(refused.code, refused.message)
    document = {"exceptionCode": code, "exceptionMessage": message}
    return answer("error", document, form_of(request), 400)


def answer(root: str, document: Mapping[str, Any], form: str, status: int = 200) -> Response:
    """The document in this form; None is left out of XML."""
    body = _to_json(document) if form == "JSON" else f"{PROLOG}{_to_xml(root, document)}"
    return Response(status, body.encode(), {"Content-Type": MEDIA_TYPES[form]})


def answer_list(batches: Sequence[Batch], form: str) -> Response:
    """BatchInfoList, {"batchInfo": [...]} in JSON."""
    documents = [batch_document(batch) for batch in batches]
    if form == "JSON":
        body = f'{{"batchInfo":[{",".join(_to_json(each) for each in documents)}]}}'
    else:
        inner = "".join(f"\n {_to_xml('batchInfo', each, '')}" for each in documents)
        body = f"{PROLOG}<batchInfoList\n   {XMLNS}>{inner}\n</batchInfoList>"
    return Response(200, body.encode(), {"Content-Type": MEDIA_TYPES[form]})


def answer_ids(ids: Sequence[str], form: str) -> Response:
    """The list of a query's result files."""
    if form == "JSON":
        body = json.dumps(ids)
    else:
        inner = "".join(f"<result>{each}</result>" for each in ids)
        body = f"{PROLOG}<result-list {XMLNS}>{inner}</result-list>"
    return Response(200, body.encode(), {"Content-Type": MEDIA_TYPES[form]})


def job_document(job: Job, batches: Sequence[Batch]) -> dict[str, Any]:
    """JobInfo; what NotProcessed batches count among is unverified: in the total only."""
    states = [batch.state for batch in batches]
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user_id,
        "createdDate": job.created_at,
        "systemModstamp": job.modified_at,
        "state": job.state,
        "externalIdFieldName": job.external_id_field or None,
        "concurrencyMode": job.concurrency,
        "contentType": job.content_type,
        **{
            f"numberBatches{state}": states.count(state)
            for state in ("Queued", "InProgress", "Completed", "Failed")
        },
        "numberBatchesTotal": len(batches),
        "numberRecordsProcessed": sum(batch.processed for batch in batches),
        "numberRetries": 0,
        "apiVersion": float(job.version),
        "numberRecordsFailed": sum(batch.failed for batch in batches),
        **_times(),
    }


def batch_document(batch: Batch) -> dict[str, Any]:
    """BatchInfo."""
    return {
        "id": batch.id,
        "jobId": batch.job,
        "state": batch.state,
        "stateMessage": batch.message or None,
        "createdDate": batch.created_at,
        "systemModstamp": batch.modified_at,
        "numberRecordsProcessed": batch.processed,
        "numberRecordsFailed": batch.failed,
        **_times(),
    }


def _times() -> dict[str, int]:
    return {"totalProcessingTime": 0, "apiActiveProcessingTime": 0, "apexProcessingTime": 0}


def _to_json(document: Mapping[str, Any]) -> str:
    told = {name: _moment(value) if name in _MOMENTS else value for name, value in document.items()}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _to_xml(root: str, document: Mapping[str, Any], namespace: str = f"\n   {XMLNS}") -> str:
    lines = "".join(
        f"\n <{name}>{_text(name, value)}</{name}>"
        for name, value in document.items()
        if value is not None
    )
    return f"<{root}{namespace}>{lines}\n</{root}>"


def _text(name: str, value: object) -> str:
    told = _moment(value).replace("+0000", "Z") if name in _MOMENTS else str(value)
    return to_text(told)


def _moment(seconds: Any) -> str:
    return to_timestamp(datetime.fromtimestamp(seconds, UTC))
