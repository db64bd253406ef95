"""One deploy job in the org: wait for it, look it up when its id was lost, tell how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import unquote

from deployer.errors import OrgSaidNo, OutcomeUnknown, StillRunning, TryLater
from deployer.rollout.desk import Desk, Options
from deployer.rollout.journal import Entry
from deployer.rollout.remedies import remedy_for
from deployer.salesforce.metadata import DeployStatus, fetch_deploy, wait_for_deploy
from deployer.salesforce.tooling import fetch_deploy_requests

_LOOKUPS = 3
_LOOKUP_WAIT_S = 2.0
_CONSEQUENCE = "Parent entity failed"


def poll(job: str, desk: Desk, options: Options) -> DeployStatus:
    """Wait until the job has ended, telling each change.

    Errors: StillRunning at the deadline.
    """
    seen: set[str] = set()

    def on_progress(status: DeployStatus) -> None:
        line = f"{job} {status.status} {status.deployed}/{status.total}"
        if line not in seen:
            seen.add(line)
            desk.tell(line)

    left = max(0.0, options.deadline_s - desk.clock.monotonic_s())
    try:
        return wait_for_deploy(
            desk.conn, job, clock=desk.clock, deadline_s=left, on_progress=on_progress
        )
    except StillRunning as waiting:
        raise still_running(job, desk, waiting.message) from waiting


def look_once(job: str, desk: Desk) -> DeployStatus:
    """The job's state now.

    Errors: StillRunning when even that cannot be asked, since the org may go on with it.
    """
    try:
        return fetch_deploy(desk.conn, job)
    except TryLater as unreachable:
        raise still_running(job, desk) from unreachable


def find_lost_job(entry: Entry, desk: Desk) -> str | None:
    """The id of the deploy whose reply was lost; None when the org has none from us since then.

    Errors: OutcomeUnknown when there are several.
    """
    since = datetime.fromisoformat(entry.asked_at)
    for attempt in range(_LOOKUPS):
        if attempt:
            desk.clock.sleep(_LOOKUP_WAIT_S)
        found = [
            request.id
            for request in fetch_deploy_requests(desk.conn, since - timedelta(seconds=1))
            if request.created_by_id[:15] == desk.conn.org.user_id[:15]
            and not request.check_only
            and (request.created_date or since) >= since
        ]
        if len(found) > 1:
            raise OutcomeUnknown(
                f"this user has several deploys since the reply was lost: {', '.join(found)}",
                where=entry.key,
                hint=f"{desk.command('jobs', 'show', found[0])} shows one; then deploy again",
            )
        if found:
            return found[0]
    return None


def still_running(job: str, desk: Desk, said: str = "") -> StillRunning:
    """The error for a job that goes on without us."""
    return StillRunning(
        said or "the org is still working on the deploy",
        where=job,
        hint=f"{desk.command('jobs', 'resume', job)} waits for it and finishes what is left to do",
    )


def refusal(status: DeployStatus) -> OrgSaidNo:
    """The org's refusal with every component message, the causes before their consequences.

    Without a failure the warnings are the reason: we never ask the org to ignore them.
    """
    failures = sorted(status.failures, key=lambda m: m.problem.startswith(_CONSEQUENCE))
    said = [
        f"{unquote(m.full_name or m.file_name)} ({m.line}:{m.column}): {m.problem}"
        for m in failures or status.warnings
    ]
    top = "; ".join(filter(None, (status.error_message, *said))) or "no reason given"
    return OrgSaidNo(
        f"the org answered {status.status}: {top}",
        where=status.id,
        hint=f"nothing was changed; {remedy_for(top)}",
        org_code=status.error_code,
    )
