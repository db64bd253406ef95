"""A plan, or what came of it, in a few sentences."""

from __future__ import annotations

from deployer.model.layouts import Outcome
from deployer.model.plans import Aim, LayoutPlan, PagePlan, Plan
from deployer.reporting.results import Result, Sent, count_calls

_DONE = {
    Outcome.ADD: Outcome.ADDED,
    Outcome.REMOVE: Outcome.REMOVED,
    Outcome.RESTORE: Outcome.RESTORED,
}
_VERBS = {Aim.PUT: "put on", Aim.TAKE_OUT: "taken off", Aim.RESTORE: "restored on"}


def outcome_of(part: LayoutPlan | PagePlan, sent: Sent) -> Outcome:
    """What becomes of a layout or page, or became of it once it is done."""
    return _DONE.get(part.outcome, part.outcome) if sent.done else part.outcome


def headline(result: Result) -> list[str]:
    """What a person should know of the plan, a line each, the most important first."""
    plan, sent, count = result.plan, result.sent, count_calls(result.calls)
    unseen = [f"{s.hidden} of {s.users} on {s.object}" for s in plan.seen if s.hidden]
    lines = []
    if plan.aim is Aim.PUT and unseen:
        lines.append(
            f"active users who would still not see {plan.field}: {', '.join(unseen)}; "
            "--assign layout-users gives them access"
        )
    lines.append(_what_happened(plan, sent))
    if sent.deploy_id and sent.done:
        undo = "" if plan.aim is Aim.RESTORE else "; optout restore undoes it"
        lines.append(f"deploy {sent.deploy_id}{undo}")
    if sent.snapshot:
        lines.append(f"snapshot {sent.snapshot}")
    lines += result.notes
    # Without an id of an org, nobody was called: the plan was made of files.
    spent = f", {_counted(count.calls, 'API call')} and {_counted(count.polls, 'poll')}"
    lines.append(f"API {plan.api_version}{spent if plan.org_id else ''}")
    return lines


def _what_happened(plan: Plan, sent: Sent) -> str:
    if not plan.changes:
        return f"nothing to do for {plan.field}"
    if sent.deploy_id and not sent.done:
        return f"check-only deploy {sent.deploy_id}: {sent.status}; nothing was changed"
    counts = (
        (sum(layout.changes for layout in plan.layouts), "layout"),
        (sum(page.changes for page in plan.pages), "Lightning page"),
    )
    put = " and ".join(_counted(number, what) for number, what in counts if number)
    parts = [f"{plan.field} {_VERBS[plan.aim]} {put}"] if put else []
    parts += [f"field {name} created" for name in plan.new_field_members]
    parts += [f"permission set {plan.access.permission_set} changed"] if plan.access.changes else []
    parts += [f"{_counted(n, 'user')} {verb}" for n, verb in _assigned(plan) if n]
    parts += [f"permission set {plan.access.permission_set} deleted"] if plan.access.drop else []
    parts += [f"field {name} deleted" for name in plan.deleted_fields]
    said = "; ".join(parts)
    return f"{said}: {sent.status}, read back" if sent.done else f"would be done: {said}"


def _assigned(plan: Plan) -> tuple[tuple[int, str], ...]:
    return (len(plan.access.assign), "assigned"), (len(plan.access.unassign), "unassigned")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
