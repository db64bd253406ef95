"""From a plan to the org: snapshot, check-only, compare, deploy, poll; every step on disk first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from deployer.errors import Moved, OrgSaidNo, OutcomeUnknown, StillRunning, TryLater
from deployer.model.plans import Plan
from deployer.planning.package import to_files, to_zip
from deployer.planning.plan_file import effect_of, refuse_moved
from deployer.planning.snapshot import take_snapshot, to_bytes
from deployer.rollout.desk import Desk, Fresh, Options
from deployer.rollout.job import find_lost_job, look_once, poll, refusal, still_running
from deployer.rollout.journal import Entry, Step
from deployer.salesforce.metadata import (
    DeployOptions,
    DeployStatus,
    cancel_deploy,
    start_deploy,
)
from deployer.state import write_private

# A job that waits behind somebody else's longer than this is planned anew: what it would write
# may be stale by the time it starts.
QUEUE_PATIENCE_S = 120.0
_WAITING = frozenset({"Pending", "Queued"})


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of it: the plan that was really sent, the journal's entry, the org's status."""

    plan: Plan
    entry: Entry
    status: DeployStatus


def apply_plan(
    plan: Plan, entry: Entry, desk: Desk, options: Options, org: Fresh
) -> Applied | None:
    """Deploy the plan, planning anew as long as the org moves without changing the effect.

    None when, meanwhile, somebody else did all that was to do.

    Errors: Moved when the effect is another one; OrgSaidNo when the org refuses; StillRunning at
    the deadline; TryLater when others kept the org busy; OutcomeUnknown when a reply was lost.
    """
    reviewed = effect_of(plan)
    while True:
        keep(plan, entry, desk, options)
        checked = _check(plan, entry, desk, options)
        if options.check_only:
            return checked
        if org.stamps(plan) == dict(plan.stamps):
            submitted = _submit(plan, checked, desk, options)
            applied = _wait(plan, submitted, desk, options)
            if applied is not None:
                return applied
            desk.tell("the org was busy with other deployments; planning anew")
        else:
            desk.tell("something was saved meanwhile; planning anew")
        if desk.clock.monotonic_s() >= options.deadline_s:
            desk.journal.advance(entry, Step.ABANDONED)
            raise _never_quiet()
        plan = org.plan()
        if not plan.sends:
            desk.journal.advance(entry, Step.ABANDONED)
            return None
        _refuse_other_effect(reviewed, plan, entry, desk)


def _never_quiet() -> TryLater:
    return TryLater(
        "the org was not quiet for long enough: others kept deploying or saving",
        hint="run the same command again later, or give it more time with --wait MINUTES",
    )


def keep(plan: Plan, entry: Entry, desk: Desk, options: Options) -> None:
    """Put on disk what was there before, and the copy that was asked for; nothing is sent yet.

    Errors: OSError.
    """
    snapshot = to_bytes(take_snapshot(plan, entry.created_at))
    if options.snapshot_out is not None and not options.check_only:
        write_private(options.snapshot_out, snapshot)
    desk.journal.open_entry(entry, snapshot)


def _refuse_other_effect(
    reviewed: dict[str, object], fresh: Plan, entry: Entry, desk: Desk
) -> None:
    try:
        refuse_moved(reviewed, effect_of(fresh), "org")
    except Moved:
        desk.journal.advance(entry, Step.ABANDONED)
        raise


def _check(plan: Plan, entry: Entry, desk: Desk, options: Options) -> Applied:
    """Ask the org to validate the very bytes, changing nothing."""
    desk.tell("check-only deploy")
    check_id = start_deploy(desk.conn, to_zip(to_files(plan)), _deploy_options(options, check=True))
    entry = desk.journal.write(replace(entry, check_id=check_id))
    desk.tell(f"check-only job {check_id}")
    try:
        status = poll(check_id, desk, options)
    except StillRunning as waiting:
        raise StillRunning(
            "the check-only deploy has not ended in the time given; nothing was changed",
            where=check_id,
            hint="run the same command again, or give it more time with --wait MINUTES",
        ) from waiting
    if not status.success:
        desk.journal.advance(entry, Step.REFUSED, status=status.status)
        raise refusal(status)
    entry = desk.journal.advance(entry, Step.CHECKED, status=status.status)
    return Applied(plan, entry, status)


def _submit(plan: Plan, checked: Applied, desk: Desk, options: Options) -> Entry:
    """Send the package once; a lost reply is looked up, never sent again."""
    asked_at = checked.status.completed_at or desk.clock.now()
    entry = desk.journal.advance(
        checked.entry, Step.SUBMITTING, asked_at=asked_at.isoformat(), status=""
    )
    package = to_zip(to_files(plan))
    try:
        deploy_id = start_deploy(desk.conn, package, _deploy_options(options, check=False))
    except OutcomeUnknown:
        desk.tell("the org's reply was lost; looking the job up")
        found = find_lost_job(entry, desk)
        if found is None:
            # It may still land: the entry stays open and the next run looks again.
            raise
        deploy_id = found
    except OrgSaidNo:
        desk.journal.advance(entry, Step.REFUSED)
        raise
    entry = desk.journal.advance(entry, Step.SUBMITTED, deploy_id=deploy_id)
    desk.tell(f"deploy job {deploy_id}")
    return entry


def _wait(plan: Plan, entry: Entry, desk: Desk, options: Options) -> Applied | None:
    """Poll to the end; None when the job never started and was cancelled to be planned anew."""
    if not options.wait:
        raise still_running(entry.deploy_id, desk)
    patience = min(options.deadline_s, desk.clock.monotonic_s() + QUEUE_PATIENCE_S)
    try:
        status = poll(entry.deploy_id, desk, replace(options, deadline_s=patience))
    except StillRunning:
        status = look_once(entry.deploy_id, desk)
        if status.status in _WAITING:
            return _give_up_place(plan, entry, desk, options)
        if not status.done:
            status = poll(entry.deploy_id, desk, options)
    return settle(plan, entry, status, desk)


def _give_up_place(plan: Plan, entry: Entry, desk: Desk, options: Options) -> Applied | None:
    """Cancel a job that has not started; it may have started, and even ended, in between."""
    desk.tell(f"job {entry.deploy_id} has not started; cancelling it")
    try:
        cancel_deploy(desk.conn, entry.deploy_id)
    except OrgSaidNo:
        desk.tell(f"job {entry.deploy_id} has just started; waiting for it")
    deadline = max(options.deadline_s, desk.clock.monotonic_s() + QUEUE_PATIENCE_S)
    status = poll(entry.deploy_id, desk, replace(options, deadline_s=deadline))
    if status.status != "Canceled":
        return settle(plan, entry, status, desk)
    desk.journal.advance(entry, Step.ABANDONED, status=status.status)
    if desk.clock.monotonic_s() >= options.deadline_s:
        raise TryLater(
            "other deployments kept the org busy; ours was cancelled before it started",
            where=entry.deploy_id,
            hint="run the same command again later, or give it more time with --wait MINUTES",
        )
    return None


def settle(plan: Plan, entry: Entry, status: DeployStatus, desk: Desk) -> Applied:
    """Write the org's verdict down.

    Errors: OrgSaidNo for anything but Succeeded; SucceededPartial is a failure.
    """
    if status.status != "Succeeded":
        desk.journal.advance(entry, Step.REFUSED, status=status.status)
        raise refusal(status)
    entry = desk.journal.advance(entry, Step.APPLIED, status=status.status)
    return Applied(plan, entry, status)


def _deploy_options(options: Options, *, check: bool) -> DeployOptions:
    return DeployOptions(
        check_only=check, test_level=options.test_level, tests=tuple(options.tests)
    )
