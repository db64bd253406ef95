"""A Bulk API 2.0 job, of either kind: what was asked, how far it is, kept in the org."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from practice_org.ids import to_18
from practice_org.org import Org, to_timestamp
from practice_org.wire import OrgError

# Facts that the org keeps for itself.
_OWN = frozenset({"query", "closed_at"})
KEPT_S = 7 * 86_400
_OWN_AND_KEPT = (
    "kind = ? AND user_id = ? "
    "AND (modified_at > ? OR state NOT IN ('JobComplete', 'Failed', 'Aborted'))"
)
DONE = frozenset({"JobComplete", "Failed", "Aborted"})
_TABLES = """
CREATE TABLE IF NOT EXISTS bulk_job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT NOT NULL, version REAL NOT NULL,
    created_at REAL NOT NULL, modified_at REAL NOT NULL, state TEXT NOT NULL, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS bulk_batch (
    job TEXT NOT NULL, number INTEGER NOT NULL, rows INTEGER NOT NULL, problem TEXT NOT NULL,
    done INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (job, number));
CREATE TABLE IF NOT EXISTS bulk_result (
    job TEXT NOT NULL, batch INTEGER NOT NULL, outcome TEXT NOT NULL, lines TEXT NOT NULL,
    PRIMARY KEY (job, batch, outcome));
"""


class Kind(Enum):
    """The two kinds of jobs, as the job itself names them."""

    QUERY = "V2Query"
    INGEST = "V2Ingest"


@dataclass(frozen=True, slots=True)
class Job:
    """One job; times are seconds since 1970, `facts` is what the client asked for and got."""

    id: str
    kind: Kind
    user_id: str
    version: float
    created_at: float
    modified_at: float
    state: str
    facts: dict[str, Any]

    @property
    def done(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in DONE


def create_bulk_tables(org: Org) -> None:
    """Make the tables that are not there yet."""
    org.db.executescript(_TABLES)


def open_job(
    org: Org, kind: Kind, caller: tuple[str, float], state: str, facts: dict[str, Any]
) -> Job:
    """Keep a new job for this caller (user id, API version)."""
    now = org.now().timestamp()
    user_id, version = caller
    return write_job(org, Job(org.new_id("750"), kind, user_id, version, now, now, state, facts))


def read_job(org: Org, kind: Kind, job_id: str) -> Job:
    """The caller's own job as it was last written.

    Another user's job is not there for the caller: its results hold what its owner may see. That
    Salesforce answers NOT_FOUND, and what Manage Data Integrations opens, is unverified.
    Seven days after a job is over it is gone. Source: Salesforce, "Bulk API Limits".
    Errors: OrgError NOT_FOUND (404).
    """
    row = org.db.execute(
        f"SELECT * FROM bulk_job WHERE {_OWN_AND_KEPT} AND id = ?",
        (*_own_and_kept(org, kind), to_18(job_id)),
    ).fetchone()
    if row is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return Job(
        id=row["id"],
        kind=kind,
        user_id=row["user_id"],
        version=row["version"],
        created_at=row["created_at"],
        modified_at=row["modified_at"],
        state=row["state"],
        facts=json.loads(row["facts"]),
    )


def job_ids(org: Org, kind: Kind, after: str, most: int) -> list[str]:
    """The ids of the caller's own jobs beyond this one, in order."""
    found = org.db.execute(
        f"SELECT id FROM bulk_job WHERE {_OWN_AND_KEPT} AND id > ? ORDER BY id LIMIT ?",
        (*_own_and_kept(org, kind), after, most),
    )
    return [str(row[0]) for row in found]


def _own_and_kept(org: Org, kind: Kind) -> tuple[object, ...]:
    return kind.value, org.user_id, org.now().timestamp() - KEPT_S


def write_job(org: Org, job: Job) -> Job:
    """Keep the job."""
    org.db.execute(
        "INSERT OR REPLACE INTO bulk_job VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (job.id, job.kind.value, job.user_id, job.version, job.created_at, job.modified_at,
         job.state, json.dumps(job.facts)),
    )  # fmt: skip
    return job


def move_job(org: Org, job: Job, state: str, **facts: object) -> Job:
    """Write that the job reached this state."""
    moved = replace(
        job, state=state, modified_at=org.now().timestamp(), facts={**job.facts, **facts}
    )
    return write_job(org, moved)


def is_due(org: Org, since: float) -> bool:
    """Whether the time that a job takes has passed (setting bulk_seconds)."""
    return org.now().timestamp() >= since + float(org.setting("bulk_seconds", "0"))


def abort_job(org: Org, job: Job) -> Job:
    """Stop a job. Errors: OrgError when it is over already."""
    if job.done:
        raise OrgError("INVALIDJOBSTATE", f"Aborting already {job.state} Job not allowed")
    return move_job(org, job, "Aborted")


def delete_job(org: Org, job: Job) -> None:
    """Forget a job and all it holds. Errors: OrgError while it runs."""
    if not job.done:
        raise OrgError("INVALIDJOBSTATE", f"Deleting a job in state {job.state} is not allowed")
    for table, key in (("bulk_job", "id"), ("bulk_batch", "job"), ("bulk_result", "job")):
        org.db.execute(f"DELETE FROM {table} WHERE {key} = ?", (job.id,))


def chosen(asked: dict[str, Any], key: str, known: object, default: str = "") -> str:
    """One of the words that there are. Errors: OrgError INVALIDJOB."""
    word = str(asked.get(key) or default)
    if word not in known:  # type: ignore[operator]
        raise OrgError("INVALIDJOB", f"Unsupported {key}: {word}")
    return word


def to_document(job: Job) -> dict[str, Any]:
    """The job as Salesforce describes it."""
    facts = {key: value for key, value in job.facts.items() if key not in _OWN}
    # That every query job says isPkChunkingSupported is unverified.
    took = job.modified_at - job.facts.get("closed_at", job.modified_at) if job.done else 0.0
    return {
        "id": job.id,
        **facts,
        "state": job.state,
        "createdById": job.user_id,
        "createdDate": _moment(job.created_at),
        "systemModstamp": _moment(job.modified_at),
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": job.version,
        "jobType": job.kind.value,
        "retries": 0,
        "totalProcessingTime": round(took * 1000),
        **(_ingest_facts(job) if job.kind is Kind.INGEST else {"isPkChunkingSupported": True}),
    }


def _ingest_facts(job: Job) -> dict[str, Any]:
    return {
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
        "contentUrl": f"services/data/v{job.version}/jobs/ingest/{job.id}/batches",
    }


def _moment(seconds: float) -> str:
    return to_timestamp(datetime.fromtimestamp(seconds, UTC))
