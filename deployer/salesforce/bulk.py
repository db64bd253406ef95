"""Bulk API 2.0: many records in and out, in steps whose ids the caller keeps between them.

A query: create_query_job, wait_for_job, save_query_results. An ingest: create_ingest_job, upload,
close_job, wait_for_job, read_outcomes. No step aborts a job, and none holds its rows in memory.
Source: Bulk API 2.0 and Bulk API Developer Guide, "Create a Query Job", "Create an Ingest Job",
"Upload Job Data", "Upload Complete".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deployer.errors import OrgSaidNo, TryLater
from deployer.salesforce.answers import mapping, text
from deployer.salesforce.bulk_csv import MOST_BYTES, read_rows, write_uploads
from deployer.salesforce.bulk_jobs import (
    BulkJob,
    JobGone,
    JobKind,
    fetch_job,
    job_path,
    list_open_jobs,
    wait_for_job,
)
from deployer.salesforce.bulk_outcomes import Outcomes, read_outcomes
from deployer.salesforce.bulk_pages import save_query_results
from deployer.salesforce.client import Writer
from deployer.salesforce.faults import lost_reply

__all__ = [
    "MOST_BYTES",
    "BulkJob",
    "JobGone",
    "JobKind",
    "Outcomes",
    "close_job",
    "create_ingest_job",
    "create_query_job",
    "fetch_job",
    "list_open_jobs",
    "read_outcomes",
    "read_rows",
    "save_query_results",
    "upload",
    "wait_for_job",
    "write_uploads",
]

_CSV = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}


def create_query_job(writer: Writer, soql: str, *, deleted: bool) -> str:
    """Queue a query; the job's id. `deleted` asks for what is in the bin or merged away too.

    A query that cannot be run fails the job, not this call. Errors: OutcomeUnknown, and then
    another one may be created: a query that nobody fetches does no harm.
    """
    operation = "queryAll" if deleted else "query"
    return _create(writer, JobKind.QUERY, {"operation": operation, "query": soql, **_CSV})


def create_ingest_job(writer: Writer, sobject: str, operation: str) -> str:
    """Open a job for one upload; its id. `operation` is Salesforce's word, such as update.

    Errors: OutcomeUnknown, and then an empty job may have been left open, which writes nothing;
    `list_open_jobs` shows it.
    """
    return _create(writer, JobKind.INGEST, {"object": sobject, "operation": operation, **_CSV})


def upload(writer: Writer, job_id: str, path: Path) -> None:
    """Send a CSV file (header, LF, at most 100 MB) as the job's rows, straight from the disk.

    A job takes one upload. Errors: OutcomeUnknown: close the job all the same, for what it did
    not get will be in none of its outcomes. ValueError for a file the org would refuse; OSError.
    """
    _require_csv(path)
    writer.send_file(
        f"{job_path(JobKind.INGEST, job_id)}/batches",
        path,
        {"Content-Type": "text/csv; charset=UTF-8"},
        purpose="upload rows",
    )


def close_job(writer: Writer, job_id: str) -> None:
    """Tell the org to begin; a job that is closed already, or has ended, is left as it is.

    Errors: JobGone; when the job is still open, OutcomeUnknown or the org's refusal.
    """
    path = job_path(JobKind.INGEST, job_id)
    try:
        writer.send_json("PATCH", path, {"state": "UploadComplete"}, purpose="close job")
    except (OrgSaidNo, TryLater):
        if fetch_job(writer, JobKind.INGEST, job_id).state == "Open":
            raise


def _create(writer: Writer, kind: JobKind, body: dict[str, Any]) -> str:
    answer = writer.send_json(
        "POST", f"jobs/{kind.value}", body, purpose=f"create {kind.value} job"
    )
    if answer is None:  # a proxy has swallowed the answer
        raise lost_reply(writer.org.instance_url)
    return text(mapping(answer, "the job"), "id")


def _require_csv(path: Path) -> None:
    size = path.stat().st_size
    if not 0 < size <= MOST_BYTES:
        raise ValueError(f"an upload has 1 to {MOST_BYTES} bytes, not {size}: {path}")
    with path.open("rb") as file:
        header = file.readline(1 << 16)
    if not header.endswith(b"\n") or header.endswith(b"\r\n"):
        raise ValueError(f"an upload's lines end with LF, its first one is the header: {path}")
