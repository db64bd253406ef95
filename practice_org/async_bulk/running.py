"""Batches on their way: queued, in progress and done by the org's clock."""

from __future__ import annotations

from dataclasses import replace

from practice_org.async_bulk.async_batches import (
    UNFINISHED,
    Batch,
    add_batch,
    batches_of,
    end_batch,
    read_request,
    write_results,
)
from practice_org.async_bulk.async_jobs import QUERIES, Job
from practice_org.async_bulk.pk_chunks import chunks_of
from practice_org.async_bulk.query_files import query_files
from practice_org.async_bulk.row_files import rows_in
from practice_org.async_bulk.row_outcomes import to_results
from practice_org.bulk.row_writers import open_work, write_row
from practice_org.objects import OBJECTS
from practice_org.org import Org
from practice_org.wire import OrgError

MOST_ROWS = 10_000  # Source: "Bulk API Limits"


def advance(org: Org, job: Job) -> list[Batch]:
    """The job's batches, each moved on to where the org's clock says it is (bulk_seconds)."""
    return [_advanced(org, job, batch) for batch in batches_of(org, job)]


def abandon(org: Org, job: Job) -> None:
    """What is still queued when its job is aborted is not processed."""
    for batch in batches_of(org, job):
        if batch.state in UNFINISHED:
            end_batch(org, batch, "NotProcessed")


def take_batch(org: Org, job: Job, request: bytes) -> Batch:
    """Queue a batch; with PK chunking it becomes one for each chunk and is not processed itself.

    Errors: OrgError of add_batch. A query that cannot be chunked fails its batch.
    """
    batch = add_batch(org, job, request)
    if not job.chunk_size:
        return batch
    try:
        chunks = chunks_of(org, _soql(request), job.chunk_size)
    except OrgError as refused:
        return end_batch(org, batch, "Failed", _failure(refused))
    for soql in chunks:
        add_batch(org, job, soql.encode())
    return end_batch(org, batch, "NotProcessed")


def _advanced(org: Org, job: Job, batch: Batch) -> Batch:
    if batch.state not in UNFINISHED:
        return batch
    takes = float(org.setting("bulk_seconds", "0"))
    waited = org.now().timestamp() - batch.created_at
    if waited < takes:
        return replace(batch, state="Queued" if waited < takes / 2 else "InProgress")
    return _run(org, job, batch)


def _run(org: Org, job: Job, batch: Batch) -> Batch:
    """Do what the batch says; one that cannot be read or asked fails whole."""
    try:
        with org.transaction():
            how = _query if job.operation in QUERIES else _write_rows
            return end_batch(org, batch, "Completed", counts=how(_as_job(org, job), job, batch))
    except OrgError as refused:
        return end_batch(org, batch, "Failed", _failure(refused))


def _as_job(org: Org, job: Job) -> Org:
    """The org in which changes are the job's, at one moment, whichever request looked at it."""
    moment = org.now()
    return replace(org, now=lambda: moment, user_id=job.user_id, request_id=job.id)


def _failure(refused: OrgError) -> str:
    """The stateMessage, "InvalidBatch : ..."; the words around a query's own are unverified."""
    if refused.message.startswith("InvalidBatch : "):
        return refused.message
    return f"InvalidBatch : Failed to process query: {refused.code}: {refused.message}"


def _query(org: Org, job: Job, batch: Batch) -> tuple[int, int]:
    count, files = query_files(org, job, _soql(read_request(org, batch)))
    write_results(org, batch, files)
    return count, 0


def _soql(request: bytes) -> str:
    return request.decode("utf-8-sig", errors="replace").strip()


def _write_rows(org: Org, job: Job, batch: Batch) -> tuple[int, int]:
    sobject = OBJECTS[job.sobject]
    work = open_work(org, job.user_id, sobject, job.operation, job.external_id_field)
    rows = list(rows_in(work, job.content_type, read_request(org, batch)))
    if len(rows) > MOST_ROWS:
        # The sentence is that of Salesforce's own Java client, which counts the header.
        raise OrgError(
            "InvalidBatch",
            f"InvalidBatch : Exceeded number of records : {len(rows) + 1}. "
            f"Number of records should be less than or equal to {MOST_ROWS + 1}",
        )
    written = [write_row(work, row) for row in rows]
    write_results(org, batch, [to_results(written, job.content_type)])
    return len(written), sum(1 for row in written if row.error)
