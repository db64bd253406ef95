"""One deploy from beginning to end: settle what is open, plan, ask, apply, finish, report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from deployer.model.plans import AccessPlan, Plan
from deployer.model.reports import Report
from deployer.planning.snapshot import from_bytes
from deployer.reporting.plans import exit_of, to_report
from deployer.reporting.results import Result, Sent, Taken
from deployer.rollout.apply import Applied, apply_plan, keep
from deployer.rollout.desk import Desk, Fresh, Options
from deployer.rollout.finish import finish
from deployer.rollout.journal import OPEN_STEPS, Entry, Step
from deployer.rollout.resume import settle_entry
from deployer.state import lock


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to roll out. `agree` is shown the plan and raises when it must not be done.

    `restores` is the key of the deploy that this one undoes, "" for any other.
    """

    fresh: Fresh
    agree: Callable[[Plan], None]
    run_id: str
    restores: str = ""


def roll_out(wanted: Wanted, desk: Desk, options: Options) -> Report:
    """Plan, ask, deploy and finish; nothing is sent when there is nothing to do.

    Only one optout a machine works on an org at a time: TryLater for the second.
    """
    with lock(desk.journal.lock_path):
        for entry in desk.journal.entries():
            if entry.step in OPEN_STEPS:
                desk.tell(f"an earlier deploy was interrupted ({entry.key}); settling it first")
                settle_entry(entry, desk, options)
        plan = wanted.fresh.plan()
        if not plan.changes:
            return _report(Result(plan), desk)
        wanted.agree(plan)
        return _carry_out(plan, wanted, desk, options)


def _carry_out(plan: Plan, wanted: Wanted, desk: Desk, options: Options) -> Report:
    entry = _new_entry(plan, wanted, desk)
    applied: Applied | None
    if plan.sends:
        applied = apply_plan(plan, entry, desk, options, wanted.fresh)
        if applied is None:
            return _report(Result(replace(plan, layouts=(), pages=(), access=AccessPlan())), desk)
        if options.check_only:
            return _checked(applied, desk, options)
        plan, entry = applied.plan, applied.entry
    else:
        if options.check_only:
            return _report(Result(plan), desk)
        applied = None
        keep(plan, entry, desk, options)
        entry = desk.journal.advance(entry, Step.APPLIED)
    kept = desk.journal.read_snapshot(entry.key)
    status = applied.status if applied else None
    findings = finish(from_bytes(kept, entry.key), entry, desk, status)
    sent = Sent(
        status=status.status if status else "Succeeded",
        deploy_id=status.id if status else None,
        snapshot=str(desk.journal.snapshot_path(entry.key)),
        done=True,
    )
    notes = _test_notes(options) if status else ()
    return _report(Result(plan, sent, findings, notes=notes), desk)


def _new_entry(plan: Plan, wanted: Wanted, desk: Desk) -> Entry:
    now = desk.clock.now()
    return Entry(
        key=f"{now:%Y%m%dT%H%M%S.%f}-{wanted.run_id}",
        org_id=plan.org_id,
        aim=plan.aim.value,
        field=plan.field,
        created_at=now.isoformat(),
        restores=wanted.restores,
    )


def _checked(applied: Applied, desk: Desk, options: Options) -> Report:
    """A check-only deploy changed nothing, so there is nothing to keep."""
    desk.journal.advance(applied.entry, Step.ABANDONED)
    sent = Sent(status=applied.status.status, deploy_id=applied.status.id)
    return _report(Result(applied.plan, sent, notes=_test_notes(options)), desk)


def _test_notes(options: Options) -> tuple[str, ...]:
    if options.test_level:
        return (f"test level {options.test_level}",)
    return ("no test level was sent: without Apex in the package the org runs no tests",)


def _report(result: Result, desk: Desk) -> Report:
    taken = Taken(desk.conn.org.name, desk.clock.now())
    told = replace(result, calls=desk.conn.calls, taken=taken)
    return to_report(told, exit_of(told))
