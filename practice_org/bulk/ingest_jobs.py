"""Ingest jobs: CSV in, each row written as its own record is over REST, outcomes row by row.

Source: Bulk API 2.0 Developer Guide, "Upload Data", "Get Job Successful Record Results".
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from practice_org.bulk.csv_text import DELIMITERS, LINE_ENDINGS
from practice_org.bulk.jobs import Job, Kind, chosen, is_due, move_job, open_job, read_job
from practice_org.bulk.row_writers import (
    OPERATIONS,
    Work,
    canonical_columns,
    open_work,
    write_row,
)
from practice_org.objects import OBJECTS, find_object
from practice_org.org import Org
from practice_org.wire import OrgError

MOST_BYTES = 150_000_000  # Source: "Bulk API 2.0 Limits", after base64
_OUTCOMES = {"successfulresults": "success", "failedresults": "failed"}


def start_ingest_job(org: Org, caller: tuple[str, float], asked: dict[str, Any]) -> Job:
    """Open a job for this caller (user id, API version).

    Errors: OrgError for an object, operation, delimiter or line ending that there is not.
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
    if facts["operation"] == "upsert":
        facts["externalIdFieldName"] = str(asked.get("externalIdFieldName", ""))
    _work(org, caller[0], facts)
    return open_job(org, Kind.INGEST, caller, "Open", facts)


def _work(org: Org, user_id: str, facts: Mapping[str, Any]) -> Work:
    key = facts.get("externalIdFieldName", "")
    return open_work(org, user_id, OBJECTS[facts["object"]], facts["operation"], key)


def upload(org: Org, job: Job, data: bytes) -> None:
    """Take the one upload a job may have.

    Errors: OrgError when the job is not open or the upload is too large.
    """
    if job.state != "Open":
        raise OrgError("INVALIDJOBSTATE", f"Job {job.id} is {job.state}; it takes no more data")
    if len(data) > MOST_BYTES:
        raise OrgError("API_ERROR", "the upload is larger than 150 MB", status=413)
    if org.db.execute("SELECT 1 FROM bulk_upload WHERE job = ?", (job.id,)).fetchone():
        raise OrgError("INVALIDBATCH", "Found multiple contents for job")
    org.db.execute("INSERT INTO bulk_upload VALUES (?, ?)", (job.id, data))


def close_upload(org: Org, job: Job) -> Job:
    """UploadComplete: the org may begin. Errors: OrgError when the job is not open."""
    if job.state != "Open":
        raise OrgError("INVALIDJOBSTATE", f"Closing already {job.state} Job not allowed")
    return move_job(org, job, "UploadComplete")


def find_ingest_job(org: Org, job_id: str) -> Job:
    """The job of this id, moved on to where the org's clock says it is.

    Errors: OrgError NOT_FOUND (404).
    """
    job = read_job(org, Kind.INGEST, job_id)
    if job.state != "UploadComplete":
        return job
    return _run(org, job) if is_due(org, job.modified_at) else replace(job, state="InProgress")


def outcomes(org: Org, job: Job, which: str) -> Iterator[list[str]]:
    """The lines of successfulResults or failedResults, the header first."""
    second = "sf__Created" if which == "successfulresults" else "sf__Error"
    yield ["sf__Id", second, *job.facts.get("columns", [])]
    rows = org.db.execute(
        "SELECT record_id, said, line FROM bulk_row WHERE job = ? AND outcome = ? ORDER BY number",
        (job.id, _OUTCOMES[which]),
    )
    for row in rows:
        yield [row["record_id"], row["said"], *json.loads(row["line"])]


def unprocessed(org: Org, job: Job) -> Iterator[list[str]]:
    """What was uploaded and never looked at; the header alone when that is nothing."""
    lines = _lines(org, job)
    header = next(lines, [])
    yield header
    seen = org.db.execute("SELECT COUNT(*) FROM bulk_row WHERE job = ?", (job.id,)).fetchone()[0]
    for number, line in enumerate(lines):
        if number >= seen:
            yield line


def _run(org: Org, job: Job) -> Job:
    """Write every row, each for itself; a file that cannot be read fails the job whole."""
    try:
        with org.transaction():
            return _write_rows(org, job)
    except OrgError as refused:
        return move_job(org, job, "Failed", errorMessage=refused.message)


def _write_rows(org: Org, job: Job) -> Job:
    lines = _lines(org, job)
    _refuse_other_ending(org, job)
    header = next(lines, [])
    work = _work(org, job.user_id, job.facts)
    columns = canonical_columns(work, header)
    counts = {"success": 0, "failed": 0}
    for number, line in enumerate(lines):
        written = write_row(work, dict(zip(columns, line, strict=False)))
        outcome = "failed" if written.error else "success"
        said = written.error or str(written.created).lower()
        counts[outcome] += 1
        org.db.execute(
            "INSERT INTO bulk_row VALUES (?, ?, ?, ?, ?, ?)",
            (job.id, number, outcome, written.record_id, said, json.dumps(line)),
        )
    return move_job(
        org, job, "JobComplete", columns=header,
        numberRecordsProcessed=sum(counts.values()), numberRecordsFailed=counts["failed"],
    )  # fmt: skip


def _lines(org: Org, job: Job) -> Iterator[list[str]]:
    """The uploaded lines, the header first.

    Errors: OrgError for what is no CSV; Salesforce's own words are unverified.
    """
    text = io.TextIOWrapper(
        io.BytesIO(_uploaded(org, job)), encoding="utf-8-sig", errors="replace", newline=""
    )
    try:
        yield from csv.reader(text, delimiter=DELIMITERS[job.facts["columnDelimiter"]])
    except csv.Error as broken:
        raise OrgError("INVALIDBATCH", f"InvalidBatch : {broken}") from broken


def _uploaded(org: Org, job: Job) -> bytes:
    row = org.db.execute("SELECT data FROM bulk_upload WHERE job = ?", (job.id,)).fetchone()
    return bytes(row[0]) if row else b""


def _refuse_other_ending(org: Org, job: Job) -> None:
    data, ending = _uploaded(org, job), job.facts["lineEnding"]
    if b"\n" in data and (b"\r\n" in data) != (ending == "CRLF"):
        raise OrgError(
            "INVALIDBATCH",
            "InvalidBatch : LineEnding is invalid on user data. "
            f"Current LineEnding setting is {ending}",
        )
