"""Ingest jobs: opened, filled, closed, and looked at.

Source: Bulk API 2.0 Developer Guide, "Create a Job", "Upload Job Data", "Get Job Info".
"""

from __future__ import annotations

from typing import Any

from practice_org.bulk.csv_text import DELIMITERS, LINE_ENDINGS
from practice_org.bulk.ingest_run import advance, work_for
from practice_org.bulk.jobs import Job, Kind, chosen, move_job, open_job, read_job
from practice_org.bulk.row_writers import OPERATIONS
from practice_org.bulk.uploads import keep_upload
from practice_org.objects import find_object
from practice_org.org import Org
from practice_org.wire import OrgError


def start_ingest_job(org: Org, caller: tuple[str, float], asked: dict[str, Any]) -> Job:
    """Open a job for this caller (user id, API version).

    Errors: OrgError for an object, operation, delimiter or line ending that there is not, and for
    an operation that the caller may not do.
    """
    sobject = find_object(str(asked.get("object", "")))
    if sobject is None:
        raise OrgError("INVALIDENTITY", f"The object {asked.get('object')} is not supported")
    facts = {
        "object": sobject.name,
        "operation": chosen(asked, "operation", OPERATIONS),
        "columnDelimiter": chosen(asked, "columnDelimiter", DELIMITERS, "COMMA"),
        "lineEnding": chosen(asked, "lineEnding", LINE_ENDINGS, "LF"),
        "numberRecordsProcessed": 0,
        "numberRecordsFailed": 0,
    }
    for name in ("externalIdFieldName", "assignmentRuleId"):
        if asked.get(name):
            facts[name] = str(asked[name])
    work_for(org, caller[0], facts)
    return open_job(org, Kind.INGEST, caller, "Open", facts)


def upload(org: Org, job: Job, data: bytes) -> None:
    """Take the one upload a job may have.

    Errors: OrgError when the job is not open, has its upload, or this one is too large.
    """
    if job.state != "Open":
        raise OrgError("INVALIDJOBSTATE", f"Job {job.id} is {job.state}; it takes no more data")
    keep_upload(org, job, data)


def close_upload(org: Org, job: Job) -> Job:
    """UploadComplete: the org may begin. Errors: OrgError when the job is not open."""
    if job.state != "Open":
        raise OrgError("INVALIDJOBSTATE", f"Closing already {job.state} Job not allowed")
    return move_job(org, job, "UploadComplete", closed_at=org.now().timestamp())


def find_ingest_job(org: Org, job_id: str) -> Job:
    """The job of this id, moved on to where the org's clock says it is.

    Errors: OrgError NOT_FOUND (404).
    """
    return advance(org, read_job(org, Kind.INGEST, job_id))
