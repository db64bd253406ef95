"""Deployments as jobs: one at a time, the others wait; all state in the database.

Nothing runs by itself: each request first calls advance_jobs, which does what the org's clock says
should have happened by now. A restarted org therefore goes on where it stopped.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from practice_org.ids import to_18
from practice_org.metadata.deployment import Outcome
from practice_org.metadata.options import DeployOptions, read_options, refuse_options
from practice_org.metadata.package import NoPackage, read_packages
from practice_org.metadata.retrieve_jobs import advance_retrieves
from practice_org.metadata.trouble import FINALIZING_FAILED, carry_out, commits_in_spite
from practice_org.org import Org, to_timestamp
from practice_org.wire import OrgError

QUICK_DEPLOY_DAYS = 10
WAITING = "Pending"
RUNNING = "InProgress"
FINALIZING = "FinalizingDeploy"
CANCELING = "Canceling"
CANCELED = "Canceled"
DONE = frozenset({"Succeeded", "SucceededPartial", "Failed", FINALIZING_FAILED, CANCELED})
_COLUMNS = (
    "id, user_id, version, options, status, created_at, started_at, completed_at, "
    "modified_at, canceled_by, validated_id, total, result"
)


@dataclass(frozen=True, slots=True)
class Job:
    """One deployment; times are seconds since 1970, `result` is empty until it is done."""

    id: str
    user_id: str
    version: float
    options: DeployOptions
    status: str
    created_at: float
    started_at: float | None
    completed_at: float | None
    modified_at: float
    canceled_by: str
    validated_id: str
    total: int
    result: dict[str, Any]

    @property
    def done(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in DONE


def start_deploy(
    org: Org, user_id: str, package: bytes, options: DeployOptions, version: float
) -> Job:
    """Queue a deployment of this zip. Errors: OrgError when the options cannot be."""
    refuse_options(org, options)
    return _queue(org, user_id, package, (options, version, ""))


def start_quick_deploy(org: Org, user_id: str, validated_id: str, version: float) -> Job:
    """Queue what a recent check-only deployment with tests has validated.

    Errors: OrgError INVALID_ID_FIELD when that one cannot be used.
    """
    found = find_job(org, validated_id)
    if found is None or not _can_be_quick(org, found):
        # The code is what the Salesforce CLI looks for; the sentence is unverified.
        raise OrgError(
            "INVALID_ID_FIELD",
            f"{validated_id}: not a check-only deployment that ran tests and succeeded in the "
            f"last {QUICK_DEPLOY_DAYS} days",
        )
    package = org.db.execute("SELECT package FROM deploy_job WHERE id = ?", (found.id,)).fetchone()
    options = replace(found.options, check_only=False)
    return _queue(org, user_id, bytes(package[0]), (options, version, found.id))


def find_job(org: Org, job_id: str) -> Job | None:
    """The deployment of this id, 15 or 18 characters."""
    row = org.db.execute(
        f"SELECT {_COLUMNS} FROM deploy_job WHERE id = ?", (to_18(job_id),)
    ).fetchone()
    return _job(row) if row else None


def deploy_jobs(org: Org) -> list[Job]:
    """Every deployment, oldest first: the rows behind Tooling's DeployRequest."""
    rows = org.db.execute(f"SELECT {_COLUMNS} FROM deploy_job ORDER BY number")
    return [_job(row) for row in rows]


def cancel_deploy(org: Org, user_id: str, job_id: str) -> Job:
    """Cancel: a waiting job at once, a running one at the next step.

    Errors: OrgError for an unknown id, a finished job, or one that is being finalised.
    """
    job = find_job(org, job_id)
    if job is None:
        raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if job.done or job.status == FINALIZING:
        # Metadata API guide, cancelDeploy: not possible any more; the sentence is unverified.
        raise OrgError("INVALID_ID_FIELD", f"Deployment {job.id} is {job.status}: too late")
    now = org.now().timestamp()
    if job.status == WAITING:
        _finish(org, replace(job, canceled_by=user_id), Outcome(CANCELED), now)
    else:
        _update(org, job.id, status=CANCELING, canceled_by=user_id, modified_at=now)
    return find_job(org, job_id) or job


def advance_jobs(org: Org) -> None:
    """Bring every job to where the org's clock says it is by now."""
    while _step(org):
        pass
    advance_retrieves(org)


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as the API writes a time: 2026-11-24T09:00:00.000Z."""
    return to_timestamp(datetime.fromtimestamp(seconds, UTC)).replace("+0000", "Z")


def _step(org: Org) -> bool:
    """One change of state, if one is due."""
    now = org.now().timestamp()
    current = _first(org, "status IN (?, ?, ?)", RUNNING, FINALIZING, CANCELING)
    if current is not None:
        return _advance(org, current, now)
    first = _first(org, "status = ?", WAITING)
    if first is None or first.created_at + _seconds(org, "queue_seconds", "0") > now:
        return False
    start = max(first.created_at + _seconds(org, "queue_seconds", "0"), _last_end(org))
    _update(org, first.id, status=RUNNING, started_at=start, modified_at=start)
    return True


def _advance(org: Org, job: Job, now: float) -> bool:
    if job.status == CANCELING:
        if commits_in_spite(org, job.id, job.version):
            _deployed(org, job, now)
        _finish(org, job, Outcome(CANCELED), now)
        return True
    ends = (job.started_at or job.created_at) + _seconds(org, "deploy_seconds", "0.2")
    if now < ends:
        return False
    # Since API 65 a deployment has a last phase that cannot be cancelled.
    tail = _seconds(org, "finalize_seconds", "0") if job.version >= 65 else 0.0
    if now >= ends + tail:
        _finish(org, job, _deployed(org, job, ends), ends + tail)
        return True
    if job.status == FINALIZING:
        return False
    _update(org, job.id, status=FINALIZING, modified_at=ends)
    return True


def _first(org: Org, test: str, *values: str) -> Job | None:
    row = org.db.execute(
        f"SELECT {_COLUMNS} FROM deploy_job WHERE {test} ORDER BY number LIMIT 1", values
    ).fetchone()
    return _job(row) if row else None


def _deployed(org: Org, job: Job, at: float) -> Outcome:
    """Do the deployment as the user who asked for it, and as of `at`, however late that is."""
    package = org.db.execute("SELECT package FROM deploy_job WHERE id = ?", (job.id,)).fetchone()
    before = org.user_id, org.request_id, org.now
    org.user_id, org.request_id = job.user_id, job.id
    org.now = lambda: datetime.fromtimestamp(at, UTC)
    try:
        return carry_out(org, bytes(package[0]), job.options)
    finally:
        org.user_id, org.request_id, org.now = before


def _queue(org: Org, user_id: str, package: bytes, what: tuple[DeployOptions, float, str]) -> Job:
    options, version, validated_id = what
    now = org.now().timestamp()
    job_id = org.new_id("0Af")
    org.db.execute(
        f"INSERT INTO deploy_job (package, {_COLUMNS}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, '', ?, ?, '{}')",
        (
            package,
            job_id,
            user_id,
            str(version),
            json.dumps(options.as_json()),
            WAITING,
            now,
            now,
            validated_id,
            _total(package, options),
        ),
    )
    org.record("queued", "Deployment", job_id, options.as_json())
    found = find_job(org, job_id)
    if found is None:
        raise LookupError(job_id)
    return found


def _total(package: bytes, options: DeployOptions) -> int:
    try:
        packages = read_packages(package, single=options.single_package)
    except NoPackage:
        return 0
    parts = [part for p in packages for part in (p.members, p.before, p.after)]
    return sum(len(names) for part in parts for names in part.values())


def _finish(org: Org, job: Job, outcome: Outcome, at: float) -> None:
    _update(
        org,
        job.id,
        status=outcome.status,
        canceled_by=job.canceled_by,
        started_at=job.started_at,
        completed_at=at,
        modified_at=at,
        result=json.dumps(outcome.as_json(timestamp(at))),
    )
    org.record("finished", "Deployment", job.id, {"status": outcome.status})


def _update(org: Org, job_id: str, **values: object) -> None:
    assigned = ", ".join(f"{name} = ?" for name in values)
    org.db.execute(f"UPDATE deploy_job SET {assigned} WHERE id = ?", (*values.values(), job_id))


def _can_be_quick(org: Org, job: Job) -> bool:
    age = org.now().timestamp() - (job.completed_at or 0.0)
    tested = int(job.result.get("numberTestsCompleted", 0)) > 0
    fresh = age <= QUICK_DEPLOY_DAYS * 86_400
    return job.options.check_only and job.status == "Succeeded" and tested and fresh


def _last_end(org: Org) -> float:
    row = org.db.execute("SELECT MAX(completed_at) FROM deploy_job").fetchone()
    return float(row[0] or 0.0)


def _seconds(org: Org, name: str, default: str) -> float:
    return float(org.setting(name, default))


def _job(row: sqlite3.Row) -> Job:
    given = dict(row)
    given["version"] = float(given["version"])
    given["options"] = read_options(json.loads(given["options"]))
    given["result"] = json.loads(given["result"])
    return Job(**given)
