"""A plan, or what came of it, as a Report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployer.errors import Exit
from deployer.layouts import draw_diff
from deployer.model.findings import Diff, Finding, Report, Severity, Table
from deployer.model.layouts import Outcome
from deployer.model.plans import Aim, LayoutPlan, Plan

_DONE = {
    Outcome.ADD: Outcome.ADDED,
    Outcome.REMOVE: Outcome.REMOVED,
    Outcome.RESTORE: Outcome.RESTORED,
}
_VERBS = {Aim.PUT: "put on", Aim.TAKE_OUT: "taken off", Aim.RESTORE: "restored on"}


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, when something was; `status` is Salesforce's own word.

    `done` says that the org has the change and it was read back.
    """

    status: str = "nothing-to-do"
    deploy_id: str | None = None
    snapshot: str | None = None
    done: bool = False


NOTHING_SENT = Sent()


def to_plan_report(plan: Plan, *, api_calls: int, exit_code: int) -> Report:
    """The plan before anything is sent."""
    status = "planned" if plan.changes else "nothing-to-do"
    return _report(plan, Sent(status), (), api_calls=api_calls, exit_code=exit_code)


def to_deploy_report(
    plan: Plan, sent: Sent, findings: tuple[Finding, ...], *, api_calls: int, exit_code: int
) -> Report:
    """What became of the plan."""
    return _report(plan, sent, findings, api_calls=api_calls, exit_code=exit_code)


def _report(
    plan: Plan, sent: Sent, findings: tuple[Finding, ...], *, api_calls: int, exit_code: int
) -> Report:
    return Report(
        headline=tuple(_headline(plan, sent, api_calls)),
        findings=(*plan.findings, *findings),
        tables=(_layout_table(plan, sent), *_access_tables(plan)),
        diffs=tuple(_diffs(plan)) if not sent.done else (),
        document=_document(plan, sent, findings, api_calls),
        exit=exit_code,
        org_id=plan.org_id,
    )


def _document(
    plan: Plan, sent: Sent, findings: tuple[Finding, ...], api_calls: int
) -> Mapping[str, Any]:
    return {
        "layouts": [_layout(layout, sent) for layout in plan.layouts],
        "field": plan.field,
        "new_fields": list(plan.new_field_members),
        "permission_set": None
        if plan.access.after is None
        else {"name": plan.access.permission_set, "changes": plan.access.changes},
        "assignments": [
            {"user_id": user.user_id, "user": user.label, "outcome": outcome}
            for outcome, users in (("assign", plan.access.assign), ("unassign", plan.access.unassign))
            for user in users
        ],
        "visibility": [
            {
                "object": seen.object,
                "users": seen.users,
                "edits": seen.edits,
                "sees": seen.sees,
                "partly": seen.partly,
                "hidden": seen.hidden,
            }
            for seen in plan.seen
        ],
        "changes": plan.changes,
        "deploy_id": sent.deploy_id,
        "snapshot": sent.snapshot,
        "status": sent.status,
        "api_version": plan.api_version,
        "api_calls": api_calls,
        "findings": [
            {"rule": f.rule, "severity": f.severity.value, "where": f.where, "what": f.what,
             "fix": f.fix}
            for f in (*plan.findings, *findings)
        ],
    }  # fmt: skip


def _layout(layout: LayoutPlan, sent: Sent) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": layout.name.decoded,
        "object": layout.object,
        "outcome": _outcome(layout, sent).value,
        "reason": layout.reason,
        "section": layout.section,
        "column": layout.column,
    }
    if layout.changes:
        entry["diff"] = draw_diff(layout.name.decoded, layout.before, layout.after).text
    return entry


def _outcome(layout: LayoutPlan, sent: Sent) -> Outcome:
    return _DONE.get(layout.outcome, layout.outcome) if sent.done else layout.outcome


def _diffs(plan: Plan) -> list[Diff]:
    found = [
        draw_diff(layout.name.decoded, layout.before, layout.after)
        for layout in plan.layouts
        if layout.changes
    ]
    if plan.access.changes and plan.access.after is not None:
        name = f"permission set {plan.access.permission_set}"
        found.append(draw_diff(name, plan.access.before or b"", plan.access.after))
    found += [draw_diff(path, b"", data) for path, data in sorted(plan.new_fields.items())]
    return found


def _layout_table(plan: Plan, sent: Sent) -> Table:
    return Table(
        "Layouts",
        ("layout", "outcome", "section", "column", "why"),
        tuple(
            (
                layout.name.decoded,
                _outcome(layout, sent).value,
                layout.section,
                str(layout.column or ""),
                layout.reason,
            )
            for layout in plan.layouts
        ),
    )


def _access_tables(plan: Plan) -> list[Table]:
    tables = []
    if plan.access.assign or plan.access.unassign:
        tables.append(
            Table(
                f"Permission set {plan.access.permission_set}",
                ("user", ""),
                (
                    *((user.label, "gets it") for user in plan.access.assign),
                    *((user.label, "loses it") for user in plan.access.unassign),
                ),
            )
        )
    if plan.seen:
        tables.append(
            Table(
                "Active users (layout assignment and field access only)",
                ("object", "users", "edit it", "see it", "on some pages", "do not see it"),
                tuple(
                    (
                        s.object,
                        str(s.users),
                        str(s.edits),
                        str(s.sees),
                        str(s.partly),
                        str(s.hidden),
                    )
                    for s in plan.seen
                ),
            )
        )
    return tables


def _headline(plan: Plan, sent: Sent, api_calls: int) -> list[str]:
    lines = []
    changed = [layout for layout in plan.layouts if layout.changes]
    count = f"{len(changed)} layout{'' if len(changed) == 1 else 's'}"
    unseen = sum(seen.hidden for seen in plan.seen)
    if plan.aim is Aim.PUT and unseen:
        lines.append(
            f"{unseen} users would still not see {plan.field}; --assign layout-users gives access"
        )
    if sent.done:
        lines.append(f"{plan.field} {_VERBS[plan.aim]} {count}: {sent.status}, read back")
    elif not plan.changes:
        lines.append(f"nothing to do for {plan.field}")
    else:
        lines.append(
            f"{plan.field} would be {_VERBS[plan.aim]} {count}; {plan.changes} changes in all"
        )
    if sent.deploy_id:
        lines.append(f"deploy {sent.deploy_id}; optout restore undoes it")
    if sent.snapshot:
        lines.append(f"snapshot {sent.snapshot}")
    lines.append(
        f"API {plan.api_version}, {api_calls} API calls; no test level was asked for"
        if plan.changes
        else f"API {plan.api_version}, {api_calls} API calls"
    )
    return lines


def exit_of(plan: Plan, findings: tuple[Finding, ...]) -> Exit:
    """1 when a named layout could not be done or something needs a person, else 0."""
    bad = plan.failed or any(finding.severity is Severity.FAIL for finding in findings)
    return Exit.SAID_NO if bad else Exit.DONE
