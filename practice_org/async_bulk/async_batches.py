"""The batches of a job: what came in, what became of it, and the files that can be fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace

from practice_org.async_bulk.async_jobs import Job
from practice_org.ids import to_18
from practice_org.org import Org
from practice_org.wire import OrgError

MOST_BYTES = 10_000_000  # Source: "Bulk API Limits"
DAILY_BATCHES = 15_000
UNFINISHED = frozenset({"Queued", "InProgress"})


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch; times are seconds since 1970, `message` says why it failed."""

    id: str
    job: str
    state: str
    message: str
    created_at: float
    modified_at: float
    processed: int = 0
    failed: int = 0


def add_batch(org: Org, job: Job, request: bytes) -> Batch:
    """Queue a batch of this job.

    Errors: OrgError InvalidJobState for a job that is not open (its sentence is unverified),
    ClientInputError for more than ten million bytes, ExceededQuota for too many batches in 24 hours
    (setting daily_bulk_batches).
    """
    if job.state != "Open":
        raise OrgError("InvalidJobState", f"Batch cannot be added to a {job.state} job")
    if len(request) > MOST_BYTES:
        sentence = f"Failed to read request. Exceeded max size limit of {MOST_BYTES}"
        raise OrgError("ClientInputError", sentence)
    now = org.now().timestamp()
    _require_quota(org, now)
    batch = write_batch(org, Batch(org.new_id("751"), job.id, "Queued", "", now, now))
    org.db.execute("INSERT INTO async_file VALUES (?, 0, '', ?)", (batch.id, request))
    return batch


def _require_quota(org: Org, now: float) -> None:
    """Bulk API 2.0 takes of the same batches in Salesforce; here it does not."""
    since = "SELECT COUNT(*) FROM async_batch WHERE created_at > ?"
    used = org.db.execute(since, (now - 86_400,)).fetchone()[0]
    if used >= int(org.setting("daily_bulk_batches", str(DAILY_BATCHES))):
        raise OrgError("ExceededQuota", "ApiBatchItems Limit exceeded.")


def batches_of(org: Org, job: Job) -> list[Batch]:
    """All batches of the job, in the order they came."""
    rows = org.db.execute("SELECT * FROM async_batch WHERE job = ? ORDER BY id", (job.id,))
    return [Batch(*row) for row in rows]


def find_batch(org: Org, job: Job, batch_id: str) -> Batch:
    """The job's batch of this id. Errors: OrgError InvalidBatch; its sentence is unverified."""
    wanted = to_18(batch_id)
    for batch in batches_of(org, job):
        if batch.id == wanted:
            return batch
    raise OrgError("InvalidBatch", f"Invalid batch id: {batch_id}")


def write_batch(org: Org, batch: Batch) -> Batch:
    """Keep the batch."""
    org.db.execute(
        "INSERT OR REPLACE INTO async_batch VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(batch)
    )
    return batch


def end_batch(
    org: Org, batch: Batch, state: str, message: str = "", counts: tuple[int, int] = (0, 0)
) -> Batch:
    """Write how the batch ended; `counts` are the rows looked at and the rows that failed."""
    now = org.now().timestamp()
    processed, failed = counts
    ended = replace(
        batch, state=state, message=message, modified_at=now, processed=processed, failed=failed
    )
    return write_batch(org, ended)


def read_request(org: Org, batch: Batch) -> bytes:
    """What the client sent."""
    row = org.db.execute(
        "SELECT body FROM async_file WHERE batch = ? AND number = 0", (batch.id,)
    ).fetchone()
    return bytes(row[0])


def write_results(org: Org, batch: Batch, files: Iterable[bytes]) -> None:
    """Keep the result files; their ids have 15 characters, as Salesforce's have."""
    for number, body in enumerate(files, 1):
        file_id = org.new_id("752")[:15]
        org.db.execute(
            "INSERT INTO async_file VALUES (?, ?, ?, ?)", (batch.id, number, file_id, body)
        )


def result_ids(org: Org, batch: Batch) -> list[str]:
    """The ids of a finished batch's result files. Errors: OrgError InvalidBatch before its end."""
    if batch.state != "Completed":
        # Salesforce's words for a batch that failed or was not processed are unverified.
        raise OrgError("InvalidBatch", "Batch not completed")
    rows = org.db.execute(
        "SELECT id FROM async_file WHERE batch = ? AND number > 0 ORDER BY number", (batch.id,)
    )
    return [str(row[0]) for row in rows]


def read_result(org: Org, batch: Batch, file_id: str) -> bytes:
    """One result file. Errors: OrgError InvalidBatch; its sentence is unverified."""
    row = org.db.execute(
        "SELECT body FROM async_file WHERE batch = ? AND id = ?", (batch.id, file_id[:15])
    ).fetchone()
    if row is None:
        raise OrgError("InvalidBatch", f"Invalid result id: {file_id}")
    return bytes(row[0])
