"""Query jobs: asked for, run by the org's clock, fetched page by page from the last id on.

A page is read from the tables when it is asked for, so a job of a million rows keeps nothing but
where its pages begin. Source: Bulk API 2.0 Developer Guide, "Query".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from practice_org.bulk.csv_text import DELIMITERS, LINE_ENDINGS
from practice_org.ids import to_18
from practice_org.objects import Api
from practice_org.org import Org, to_timestamp
from practice_org.soql.context import Context, Deleted
from practice_org.soql.run import Answer, Start, prepare, records
from practice_org.tooling.detail import metadata_of
from practice_org.tooling.providers import PROVIDERS
from practice_org.wire import OrgError

DONE = frozenset({"JobComplete", "Failed", "Aborted"})
DEFAULT_PAGE = 50_000
_OPERATIONS = {kind.value: kind for kind in Deleted}
_TABLE = """
CREATE TABLE IF NOT EXISTS bulk_query (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, version REAL NOT NULL, created_at REAL NOT NULL,
    modified_at REAL NOT NULL, state TEXT NOT NULL, facts TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class QueryJob:
    """One query job; times are seconds since 1970, `facts` is what the client asked for and got."""

    id: str
    user_id: str
    version: float
    created_at: float
    modified_at: float
    state: str
    facts: dict[str, Any]


def create_bulk_tables(org: Org) -> None:
    """Make the job table if it is not there."""
    org.db.execute(_TABLE)


def start_query_job(org: Org, user_id: str, version: float, asked: dict[str, Any]) -> QueryJob:
    """Queue a query.

    Errors: OrgError for an operation, delimiter or line ending that there is not.
    """
    facts = {
        "operation": str(asked.get("operation", "")),
        "query": str(asked.get("query", "")),
        "columnDelimiter": str(asked.get("columnDelimiter") or "COMMA"),
        "lineEnding": str(asked.get("lineEnding") or "LF"),
    }
    for key, known in (
        ("operation", _OPERATIONS),
        ("columnDelimiter", DELIMITERS),
        ("lineEnding", LINE_ENDINGS),
    ):
        if facts[key] not in known:
            raise OrgError("INVALIDJOB", f"Unsupported {key}: {facts[key]}")
    now = org.now().timestamp()
    job = QueryJob(org.new_id("750"), user_id, version, now, now, "UploadComplete", facts)
    _write(org, job)
    return job


def find_query_job(org: Org, job_id: str) -> QueryJob:
    """The job of this id, moved on to where the org's clock says it is.

    Errors: OrgError NOT_FOUND (404).
    """
    row = org.db.execute("SELECT * FROM bulk_query WHERE id = ?", (to_18(job_id),)).fetchone()
    if row is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    job = QueryJob(
        id=row["id"],
        user_id=row["user_id"],
        version=row["version"],
        created_at=row["created_at"],
        modified_at=row["modified_at"],
        state=row["state"],
        facts=json.loads(row["facts"]),
    )
    due = job.created_at + float(org.setting("bulk_seconds", "0"))
    if job.state in DONE:
        return job
    return _run(org, job) if org.now().timestamp() >= due else replace(job, state="InProgress")


def abort_query_job(org: Org, job: QueryJob) -> QueryJob:
    """Stop a job. Errors: OrgError when it is over already."""
    if job.state in DONE:
        raise OrgError("INVALIDJOBSTATE", f"Aborting already {job.state} Job not allowed")
    return _write(org, replace(job, state="Aborted", modified_at=org.now().timestamp()))


def delete_query_job(org: Org, job: QueryJob) -> None:
    """Forget a job. Errors: OrgError while it runs."""
    if job.state not in DONE:
        raise OrgError("INVALIDJOBSTATE", f"Deleting a job in state {job.state} is not allowed")
    org.db.execute("DELETE FROM bulk_query WHERE id = ?", (job.id,))


def rows_of(org: Org, job: QueryJob, start: Start, size: int) -> Iterator[tuple[list[Any], str]]:
    """The rows of one page, each with its record's id."""
    answer = _answer(org, job, int(job.facts["numberRecordsProcessed"]))
    names = [output.names for output in answer.compiled.outputs]
    for record, record_id in records(answer, start, size):
        yield [_value(record, path) for path in names], record_id


def columns_of(org: Org, job: QueryJob) -> list[str]:
    """The header of every page: Id, Account.Name, ..."""
    answer = _answer(org, job, int(job.facts["numberRecordsProcessed"]))
    return [".".join(output.names) for output in answer.compiled.outputs]


def to_document(job: QueryJob) -> dict[str, Any]:
    """The job as Salesforce describes it."""
    facts = {key: value for key, value in job.facts.items() if key != "query"}
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
        "jobType": "V2Query",
        "retries": 0,
        "totalProcessingTime": 0,
    }


def _run(org: Org, job: QueryJob) -> QueryJob:
    """Count what the query finds; a query that cannot be run fails the job, not the call."""
    now = org.now().timestamp()
    try:
        answer = _answer(org, job, None)
    except OrgError as refused:
        # The words around Salesforce's own sentence are unverified.
        facts = {**job.facts, "errorMessage": f"{refused.code}: {refused.message}"}
        return _write(org, replace(job, state="Failed", modified_at=now, facts=facts))
    counted = {"object": answer.compiled.sobject.name, "numberRecordsProcessed": answer.total}
    done = replace(job, state="JobComplete", modified_at=now, facts={**job.facts, **counted})
    return _write(org, done)


def _answer(org: Org, job: QueryJob, total: int | None) -> Answer:
    deleted = _OPERATIONS[job.facts["operation"]]
    context = Context(org, job.user_id, Api.DATA, job.version, PROVIDERS, metadata_of, deleted)
    answer = prepare(context, job.facts["query"], total)
    if answer.compiled.grouped or answer.compiled.only_counts:
        # Source: Bulk API 2.0 Developer Guide, "SOQL Considerations": no GROUP BY, no aggregates.
        raise OrgError("FEATURENOTENABLED", "Aggregate Relationships not supported in Bulk Query")
    return answer


def _value(record: dict[str, Any], path: tuple[str, ...]) -> Any:
    here: Any = record
    for name in path:
        here = here.get(name) if isinstance(here, dict) else None
    return here


def _write(org: Org, job: QueryJob) -> QueryJob:
    org.db.execute(
        "INSERT OR REPLACE INTO bulk_query VALUES (?, ?, ?, ?, ?, ?, ?)",
        (job.id, job.user_id, job.version, job.created_at, job.modified_at, job.state,
         json.dumps(job.facts)),
    )  # fmt: skip
    return job


def _moment(seconds: float) -> str:
    return to_timestamp(datetime.fromtimestamp(seconds, UTC))
