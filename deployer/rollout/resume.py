"""Pick up a deploy that this program, or another machine, left behind."""

from __future__ import annotations

from deployer.model.findings import Finding
from deployer.planning.snapshot import from_bytes
from deployer.rollout.desk import Desk, Options
from deployer.rollout.finish import finish
from deployer.rollout.job import find_lost_job, poll, refusal
from deployer.rollout.journal import Entry, Step
from deployer.salesforce.metadata import DeployStatus


def settle_entry(entry: Entry, desk: Desk, options: Options) -> tuple[Finding, ...]:
    """Bring an interrupted deploy to its end: find its job, wait for it, finish what is left.

    A request whose reply was lost and which the org does not know was never carried out; the
    entry is then closed as abandoned. Errors: StillRunning at the deadline; a job that
    ended badly changed nothing: its entry is closed and planning begins anew.
    """
    if entry.step is Step.SUBMITTING:
        found = find_lost_job(entry, desk)
        if found is None:
            desk.journal.advance(entry, Step.ABANDONED)
            return ()
        entry = desk.journal.advance(entry, Step.SUBMITTED, deploy_id=found)
    status = poll(entry.deploy_id, desk, options) if entry.deploy_id else None
    if status is not None and status.status != "Succeeded":
        desk.journal.advance(entry, Step.REFUSED, status=status.status)
        return ()
    entry = desk.journal.advance(
        entry, Step.APPLIED, status=status.status if status else entry.status
    )
    snapshot = from_bytes(desk.journal.read_snapshot(entry.key), entry.key)
    return finish(snapshot, entry, desk, status)


def follow(deploy_id: str, desk: Desk, options: Options) -> DeployStatus:
    """Wait for a job of which this machine knows nothing but the id.

    Errors: StillRunning at the deadline; OrgSaidNo when it ended badly.
    """
    status = poll(deploy_id, desk, options)
    if status.status != "Succeeded":
        raise refusal(status)
    return status
