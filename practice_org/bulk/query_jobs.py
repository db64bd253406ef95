"""Query jobs: asked for, run by the org's clock, fetched page by page from the last id on.

A page is read from the tables when it is asked for, so a job of a million rows keeps nothing but
where its pages begin. Source: Bulk API 2.0 Developer Guide, "Query".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from practice_org.bulk.csv_text import DELIMITERS, LINE_ENDINGS
from practice_org.bulk.jobs import Job, Kind, chosen, is_due, move_job, open_job, read_job
from practice_org.objects import Api
from practice_org.org import Org
from practice_org.soql.context import Context, Deleted
from practice_org.soql.run import Answer, Start, prepare, records
from practice_org.tooling.detail import metadata_of
from practice_org.tooling.providers import PROVIDERS
from practice_org.wire import OrgError

DEFAULT_PAGE = 50_000
_OPERATIONS = {kind.value: kind for kind in Deleted}


def start_query_job(org: Org, caller: tuple[str, float], asked: dict[str, Any]) -> Job:
    """Queue a query for this caller (user id, API version).

    Errors: OrgError for an operation, delimiter or line ending that there is not.
    """
    facts = {
        "operation": chosen(asked, "operation", _OPERATIONS),
        "query": str(asked.get("query", "")),
        "columnDelimiter": chosen(asked, "columnDelimiter", DELIMITERS, "COMMA"),
        "lineEnding": chosen(asked, "lineEnding", LINE_ENDINGS, "LF"),
    }
    return open_job(org, Kind.QUERY, caller, "UploadComplete", facts)


def find_query_job(org: Org, job_id: str) -> Job:
    """The job of this id, moved on to where the org's clock says it is.

    Errors: OrgError NOT_FOUND (404).
    """
    job = read_job(org, Kind.QUERY, job_id)
    if job.done:
        return job
    return _run(org, job) if is_due(org, job.created_at) else replace(job, state="InProgress")


def rows_of(org: Org, job: Job, start: Start, size: int) -> Iterator[tuple[list[Any], str]]:
    """The rows of one page, each with its record's id."""
    answer = answer_of(org, job, int(job.facts["numberRecordsProcessed"]))
    names = [output.names for output in answer.compiled.outputs]
    for record, record_id in records(answer, start, size):
        yield [_value(record, path) for path in names], record_id


def columns_of(org: Org, job: Job) -> list[str]:
    """The header of every page: Id, Account.Name, ..."""
    answer = answer_of(org, job, int(job.facts["numberRecordsProcessed"]))
    return [".".join(output.names) for output in answer.compiled.outputs]


def _run(org: Org, job: Job) -> Job:
    """Count what the query finds; a query that cannot be run fails the job, not the call."""
    try:
        answer = answer_of(org, job, None)
    except OrgError as refused:
        # The words around Salesforce's own sentence are unverified.
        return move_job(org, job, "Failed", errorMessage=f"{refused.code}: {refused.message}")
    found = {"object": answer.compiled.sobject.name, "numberRecordsProcessed": answer.total}
    return move_job(org, job, "JobComplete", **found)


def answer_of(org: Org, job: Job, total: int | None) -> Answer:
    """The job's query, ready to be read from; counted now unless `total` is known.

    Errors: OrgError as for any query, and for an aggregate.
    """
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
