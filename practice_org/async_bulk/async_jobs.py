"""A job of the first Bulk API: what was asked and how far it is, kept in the org.

Source: Bulk API Developer Guide, "JobInfo", "Errors".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace

from practice_org.async_bulk.pk_chunks import to_chunk_size
from practice_org.bulk.row_writers import OPERATIONS, open_work
from practice_org.ids import to_18
from practice_org.objects import find_object
from practice_org.org import Org
from practice_org.soql.context import Deleted
from practice_org.wire import OrgError

QUERIES = {kind.value: kind for kind in Deleted}
# simple-salesforce sends numbers.
_CONCURRENCY = {"Parallel": "Parallel", "Serial": "Serial", "0": "Parallel", "1": "Serial"}
LIFE_S = 7 * 86_400  # Source: "Bulk API Limits", batch lifespan
_CONTENT_TYPES = ("XML", "CSV", "JSON")
_TABLES = (
    """CREATE TABLE IF NOT EXISTS async_job (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, version TEXT NOT NULL, state TEXT NOT NULL,
    created_at REAL NOT NULL, modified_at REAL NOT NULL, operation TEXT NOT NULL,
    sobject TEXT NOT NULL, content_type TEXT NOT NULL, concurrency TEXT NOT NULL,
    external_id_field TEXT NOT NULL, chunk_size INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS async_batch (
    id TEXT PRIMARY KEY, job TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,
    created_at REAL NOT NULL, modified_at REAL NOT NULL, processed INTEGER NOT NULL,
    failed INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS async_batch_job ON async_batch (job)",
    """CREATE TABLE IF NOT EXISTS async_file (
    batch TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (batch, number))""",
)


@dataclass(frozen=True, slots=True)
class Job:
    """One job; times are seconds since 1970, `chunk_size` is 0 without PK chunking."""

    id: str
    user_id: str
    version: str
    state: str
    created_at: float
    modified_at: float
    operation: str
    sobject: str
    content_type: str
    concurrency: str
    external_id_field: str
    chunk_size: int


def create_async_tables(org: Org) -> None:
    """Make the tables that are not there yet."""
    for statement in _TABLES:
        org.db.execute(statement)


def open_job(org: Org, caller: tuple[str, str], asked: Mapping[str, str]) -> Job:
    """Keep a new job for this caller (user id, API version), asked for in JobInfo's words.

    The word chunking holds the header Sforce-Enable-PKChunking.
    Errors: OrgError InvalidJob or FeatureNotEnabled for what cannot be done. InvalidJob's sentences
    are unverified.
    """
    now = org.now().timestamp()
    _forget_old(org, now - LIFE_S)
    user_id, version = caller
    sobject = find_object(asked.get("object", ""))
    if sobject is None:
        raise OrgError("InvalidJob", f"Unable to find object: {asked.get('object', '')}")
    operation = _chosen(asked, "operation", (*OPERATIONS, *QUERIES))
    key = asked.get("externalIdFieldName", "")
    if operation in OPERATIONS:
        open_work(org, user_id, sobject, operation, key)
    return _write(
        org,
        Job(
            org.new_id("750"), user_id, version, "Open", now, now, operation, sobject.name,
            _chosen(asked, "contentType", _CONTENT_TYPES, "XML"),
            _CONCURRENCY[_chosen(asked, "concurrencyMode", _CONCURRENCY, "Parallel")],
            key, to_chunk_size(asked.get("chunking", "")) if operation in QUERIES else 0,
        ),
    )  # fmt: skip


def find_job(org: Org, user_id: str, job_id: str) -> Job:
    """The user's job of this id.

    Errors: OrgError InvalidJob; InvalidUser for another user's, as Salesforce documents it (that
    Manage Data Integrations opens no more is unverified, as are the sentences).
    """
    row = org.db.execute("SELECT * FROM async_job WHERE id = ?", (to_18(job_id),)).fetchone()
    if row is None:
        raise OrgError("InvalidJob", f"Invalid job id: {job_id}")
    if row["user_id"] != user_id:
        raise OrgError("InvalidUser", "Job was created by another user")
    return Job(*row)


def move_job(org: Org, job: Job, state: str) -> Job:
    """Close or abort it. Errors: OrgError InvalidJobState; its sentences are unverified."""
    allowed = {"Closed": ("Open",), "Aborted": ("Open", "Closed")}
    if state not in allowed:
        raise OrgError("InvalidJobState", f"Job state {state} is not allowed")
    if job.state not in allowed[state]:
        verb = {"Closed": "Closing", "Aborted": "Aborting"}[state]
        raise OrgError("InvalidJobState", f"{verb} already {job.state} Job not allowed")
    return _write(org, replace(job, state=state, modified_at=org.now().timestamp()))


def _forget_old(org: Org, before: float) -> None:
    """Let go of old jobs and of all they hold."""
    org.db.execute("DELETE FROM async_job WHERE created_at < ?", (before,))
    org.db.execute("DELETE FROM async_batch WHERE job NOT IN (SELECT id FROM async_job)")
    org.db.execute("DELETE FROM async_file WHERE batch NOT IN (SELECT id FROM async_batch)")


def _write(org: Org, job: Job) -> Job:
    org.db.execute(f"INSERT OR REPLACE INTO async_job VALUES ({', '.join('?' * 12)})", astuple(job))
    return job


def _chosen(asked: Mapping[str, str], key: str, known: object, default: str = "") -> str:
    word = asked.get(key) or default
    if word not in known:  # type: ignore[operator]
        raise OrgError("InvalidJob", f"Unsupported {key}: {word}")
    return word
