"""Bulk API 2.0 jobs as the org tells them: one by id, waited for to its end, all that are open.

Source: Bulk API 2.0 and Bulk API Developer Guide, "Get Information About a Query Job", "Get
Information About an Ingest Job", "Get Information About All Ingest Jobs", "Job States".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from deployer.clock import Clock
from deployer.errors import OptoutError, OrgSaidNo, Reaction, StillRunning
from deployer.salesforce.answers import (
    Json,
    bad_answer,
    flag,
    mapping,
    moment,
    number,
    rows,
    text,
    text_or,
)
from deployer.salesforce.client import Connection
from deployer.salesforce.faults import harmless

FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 60.0
_GROWTH = 1.5
_POLLS_LOST_IN_A_ROW = 30
_ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
# As in InvalidBatch : Field name not found : Nme. Batch will not be retried.
_ERROR = re.compile(r"(?P<code>\w+)\s*:\s*(?P<message>.*)", re.DOTALL)


class JobKind(Enum):
    """The two kinds, as their addresses are spelled."""

    QUERY = "query"
    INGEST = "ingest"


class JobGone(OrgSaidNo):
    """The org no longer has the job: what it did is read from the records."""

    reaction = Reaction.VERIFY
    code = "job-gone"


@dataclass(frozen=True, slots=True)
class BulkJob:
    """A job; `state` is Salesforce's own word, and one that is not known has not ended.

    JobComplete says processed, not succeeded; also a Failed or Aborted job may have written rows.
    `api_version` ("63.0") is the one whose addresses give its results.
    """

    id: str
    kind: JobKind
    state: str
    sobject: str
    operation: str
    processed: int
    failed: int
    error_code: str
    error_message: str
    created_by_id: str
    created_at: datetime | None
    api_version: str
    processing_ms: int

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in _ENDED


def job_path(kind: JobKind, job_id: str) -> str:
    """Where the job is, below /services/data/vNN/."""
    return f"jobs/{kind.value}/{job_id}"


def fetch_job(connection: Connection, kind: JobKind, job_id: str) -> BulkJob:
    """The job as it is now. Errors: JobGone; as any read."""
    try:
        answer = connection.get_json(job_path(kind, job_id), purpose=f"poll {kind.value} job")
    except OrgSaidNo as refused:
        if refused.org_code == "NOT_FOUND":
            raise _gone(job_id, refused) from refused
        raise
    return read_job(kind, answer, connection.version)


def wait_for_job(
    connection: Connection,
    kind: JobKind,
    job_id: str,
    clock: Clock,
    tell: Callable[[BulkJob | None], None],
) -> BulkJob:
    """Look until the job has ended, after 2 s, then less often, at least once a minute; it.

    `tell` hears of every look, None being one that was lost; what it raises ends the waiting. The
    job itself goes on in the org whatever happens here. Errors: JobGone; StillRunning when thirty
    looks in a row were lost; what no waiting helps against, such as LoginRefused.
    """
    wait, lost = FIRST_WAIT_S, 0
    while True:
        job = _poll(connection, kind, job_id)
        tell(job)
        if job is not None and job.ended:
            return job
        lost = lost + 1 if job is None else 0
        if lost >= _POLLS_LOST_IN_A_ROW:
            raise StillRunning(
                f"bulk job {job_id} goes on, but the org does not answer",
                where=connection.org.instance_url,
                hint="run it again when the org can be reached; the same job is waited for",
            )
        clock.sleep(wait)
        wait = min(wait * _GROWTH, LONGEST_WAIT_S)


def list_open_jobs(connection: Connection, kinds: Iterable[JobKind] = JobKind) -> list[BulkJob]:
    """Every job of these kinds that has not ended, of whichever user and program, in org order.

    Bulk API 1.0 jobs are among them. Which jobs a user without Manage Data Integrations sees is
    unverified. One's own are those with `created_by_id` of the connection's `org.user_id`.
    """
    return [job for kind in kinds for job in _every_job(connection, kind) if not job.ended]


def read_job(kind: JobKind, answer: Any, version: str) -> BulkJob:
    """A job from its JSON; `version` is taken where it names none. Errors: BadInput."""
    job = mapping(answer, "the job")
    code, message = split_job_error(text_or(job, "errorMessage"))
    return BulkJob(
        id=text(job, "id"),
        kind=kind,
        state=text(job, "state"),
        sobject=text_or(job, "object"),
        operation=text_or(job, "operation"),
        processed=number(job, "numberRecordsProcessed"),
        failed=number(job, "numberRecordsFailed"),
        error_code=code,
        error_message=message,
        created_by_id=text_or(job, "createdById"),
        created_at=moment(job, "createdDate"),
        api_version=_version(job, version),
        processing_ms=number(job, "totalProcessingTime"),
    )


def split_job_error(said: str) -> tuple[str, str]:
    """Code and sentence of a job's errorMessage; no code when it does not begin with one."""
    found = _ERROR.fullmatch(said.strip())
    return (found["code"], harmless(found["message"])) if found else ("", harmless(said))


def _poll(connection: Connection, kind: JobKind, job_id: str) -> BulkJob | None:
    try:
        return fetch_job(connection, kind, job_id)
    except OptoutError as problem:
        if problem.reaction in (Reaction.RETRY, Reaction.WAIT):
            return None
        raise


def _every_job(connection: Connection, kind: JobKind) -> Iterator[BulkJob]:
    path, walked = f"jobs/{kind.value}", set[str]()
    while path not in walked:
        walked.add(path)
        page = mapping(connection.get_json(path, purpose=f"list {kind.value} jobs"), "the jobs")
        for row in rows(page.get("records"), "records"):
            yield read_job(kind, row, connection.version)
        if flag(page, "done") or not text_or(page, "nextRecordsUrl"):
            return
        path = absolute(text(page, "nextRecordsUrl"))
    raise bad_answer("the list of jobs comes back to where it was")


def absolute(path: str) -> str:
    """A path the org gave, so that it cannot become part of the host's name."""
    return path if path.startswith("/") else f"/{path}"


def _version(job: Json, version: str) -> str:
    told = text_or(job, "apiVersion")  # a number in some answers, a text in others
    return f"{float(told):.1f}" if re.fullmatch(r"\d{2,3}(\.\d)?", told) else version


def _gone(job_id: str, refused: OrgSaidNo) -> JobGone:
    return JobGone(
        f"the org no longer has bulk job {job_id}, or this user may not see it",
        where=refused.where,
        hint="nothing to do: its records are read back; ended jobs are kept for seven days",
        org_code=refused.org_code,
    )
