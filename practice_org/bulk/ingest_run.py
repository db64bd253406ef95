"""An ingest job at work: batch after batch, by the org's clock, each row for itself.

Source: Bulk API 2.0 Developer Guide, "How Requests Are Processed", "Bulk API 2.0 Job States".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

from practice_org.bulk.csv_text import DELIMITERS, lines_in
from practice_org.bulk.jobs import Job, is_due, move_job
from practice_org.bulk.outcomes import Tally, keep_outcomes
from practice_org.bulk.row_writers import (
    Work,
    canonical_columns,
    open_work,
    refused_row,
    write_row,
)
from practice_org.bulk.uploads import Batch, header_of, is_waiting, mark_done, waiting_batches
from practice_org.data.permits import read_ahead
from practice_org.faults.firing import fault_at
from practice_org.faults.store import Fault
from practice_org.objects import OBJECTS
from practice_org.org import Org
from practice_org.wire import OrgError

RUNNING = frozenset({"UploadComplete", "InProgress"})
# No request is held up for longer; the next look at the job goes on from there.
_WORK_S = "5"
_ENDS = {"FAILED": "Failed", "TooManyLockFailure": "Failed", "ABORTED": "Aborted"}


def work_for(org: Org, user_id: str, facts: Mapping[str, Any]) -> Work:
    """What the rows of this job are written with. Errors: OrgError as open_work has it."""
    key = facts.get("externalIdFieldName", "")
    return open_work(org, user_id, OBJECTS[facts["object"]], facts["operation"], key)


def advance(org: Org, job: Job) -> Job:
    """The job, moved on to where the org's clock says it is.

    The first batch is due bulk_seconds after the upload was closed, each later one
    bulk_batch_seconds after the one before.
    """
    if job.state not in RUNNING:
        return job
    if not is_due(org, job.facts["closed_at"]):
        return replace(job, state="InProgress")
    fault = fault_at(org, "bulk.job", job.id)
    if fault and fault.is_one_of("STUCK"):
        return replace(job, state="InProgress")
    return _run(org, job, fault)


def _run(org: Org, job: Job, fault: Fault | None) -> Job:
    pause = org.now() + timedelta(seconds=float(org.setting("bulk_work_seconds", _WORK_S)))
    ending = _ENDS.get(fault.name) if fault else None
    most = int(fault.number) if fault and ending else inf
    try:
        _require_header(org, job)
        for batch in waiting_batches(org, job, _due(org, job)):
            job = _write_batch(_as_job(org, job), job, batch, most)
            if org.now() > pause:
                break
    except OrgError as refused:
        return move_job(org, job, "Failed", errorMessage=refused.message)
    if fault and ending:
        said = {"errorMessage": fault.code.sentence} if ending == "Failed" else {}
        return move_job(org, job, ending, **said)
    return move_job(org, job, "InProgress" if is_waiting(org, job) else "JobComplete")


def _as_job(org: Org, job: Job) -> Org:
    """The org as a batch sees it: its author is the job's owner, its audit names the job.

    A batch is written at one moment, as rows of one transaction are.
    """
    moment = org.now()
    return replace(org, now=lambda: moment, user_id=job.user_id, request_id=job.id)


def _due(org: Org, job: Job) -> float:
    """The number of the last batch that is due."""
    each = float(org.setting("bulk_batch_seconds", "0"))
    if not each:
        return inf
    first = float(job.facts["closed_at"]) + float(org.setting("bulk_seconds", "0"))
    return 1 + (org.now().timestamp() - first) // each


def _require_header(org: Org, job: Job) -> None:
    """Errors: OrgError with the sentence that the job then carries."""
    header, ending = header_of(org, job), job.facts["lineEnding"]
    _require_readable(header)
    if header.text.endswith("\n") and header.text.endswith("\r\n") != (ending == "CRLF"):
        raise OrgError(
            "INVALIDBATCH",
            "InvalidBatch : LineEnding is invalid on user data. "
            f"Current LineEnding setting is {ending}",
        )
    _columns(work_for(org, job.user_id, job.facts), header, job)


def _require_readable(batch: Batch) -> None:
    if batch.problem:
        # Salesforce's own words for what is no CSV are unverified.
        raise OrgError("INVALIDBATCH", f"InvalidBatch : {batch.problem}")


def _columns(work: Work, header: Batch, job: Job) -> list[str]:
    lines = lines_in(header.text, DELIMITERS[job.facts["columnDelimiter"]])
    return canonical_columns(work, next(lines, []))


def _write_batch(org: Org, job: Job, batch: Batch, most: float) -> Job:
    """Write a batch's rows, but no more than `most` of the whole job. Its job, counts moved on."""
    _require_readable(batch)
    work, tally = work_for(org, job.user_id, job.facts), Tally(job)
    columns = _columns(work, header_of(org, job), job)
    left = most - job.facts["numberRecordsProcessed"]
    with org.transaction():
        lines = list(lines_in(batch.text, DELIMITERS[job.facts["columnDelimiter"]]))
        _foresee(work, columns, lines)
        for line in lines:
            if tally.tried >= left:
                tally.leave(line)
            else:
                _write_line(work, tally, line, dict(zip(columns, line, strict=False)))
        keep_outcomes(org, job, batch, tally)
        mark_done(org, job, batch)
        return _counted(org, job, tally)


def _foresee(work: Work, columns: list[str], lines: list[list[str]]) -> None:
    if "Id" in columns:
        at = columns.index("Id")
        read_ahead(work.permit, (line[at] for line in lines if len(line) > at))


def _write_line(work: Work, tally: Tally, line: list[str], values: Mapping[str, str]) -> None:
    record_id = values.get("Id", "")
    fault = fault_at(work.permit.org, "bulk.row", record_id)
    if fault is None:
        tally.add(line, write_row(work, values))
    elif fault.is_one_of("UNPROCESSED"):
        tally.leave(line)
    else:
        tally.add(line, refused_row(record_id, fault.error(record_id)))


def _counted(org: Org, job: Job, tally: Tally) -> Job:
    return move_job(
        org, job, "InProgress",
        numberRecordsProcessed=job.facts["numberRecordsProcessed"] + tally.tried,
        numberRecordsFailed=job.facts["numberRecordsFailed"] + tally.failed,
    )  # fmt: skip
