"""A plan, or what came of it, as a Report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from deployer.errors import Exit
from deployer.layouts import draw_diff
from deployer.model.findings import Severity
from deployer.model.layouts import Outcome
from deployer.model.pictures import Picture
from deployer.model.plans import Assignee, LayoutPlan, PagePlan, Plan
from deployer.model.reports import Diff, Report, Table
from deployer.reporting.changes import to_picture
from deployer.reporting.page_plans import page_diffs, page_rows, page_tables
from deployer.reporting.plan_cases import plan_cases
from deployer.reporting.plan_words import headline, outcome_of
from deployer.reporting.results import Result, Sent, count_calls

_MOST_USERS = 8


def to_report(result: Result, exit_code: int) -> Report:
    """The plan before anything is sent, or what became of it."""
    plan = result.plan
    return Report(
        headline=tuple(headline(result)),
        findings=result.all_findings,
        tables=(
            _layout_table(plan, result.sent),
            *page_tables(_pages(plan, result.sent)),
            *_access_tables(plan),
        ),
        diffs=() if result.sent.done else tuple(_diffs(plan)),
        document=_document(result),
        exit=exit_code,
        org_id=plan.org_id,
        cases=plan_cases(plan, _told(result), result.all_findings, done=result.sent.done),
        picture=_picture(result),
    )


def _told(result: Result) -> list[tuple[LayoutPlan | PagePlan, Outcome]]:
    parts: list[LayoutPlan | PagePlan] = [*result.plan.layouts, *result.plan.pages]
    return [(part, outcome_of(part, result.sent)) for part in parts]


def _picture(result: Result) -> Callable[[], Picture] | None:
    """How to draw it, should anybody want to see."""
    return partial(to_picture, result, result.taken) if result.taken else None


def _document(result: Result) -> Mapping[str, Any]:
    plan, sent, count = result.plan, result.sent, count_calls(result.calls)
    return {
        "layouts": [_layout(layout, sent) for layout in plan.layouts],
        "lightning_pages": page_rows(_pages(plan, sent)),
        "field": plan.field,
        "new_fields": list(plan.new_field_members),
        "deleted_fields": list(plan.deleted_fields),
        "permission_set_deleted": plan.access.drop,
        "permission_set": None if plan.access.after is None else plan.access.permission_set,
        "permission_set_changes": plan.access.changes,
        "assignments": _assignments(plan),
        "visibility": [asdict(seen) for seen in plan.seen],
        "changes": plan.changes,
        "deploy_id": sent.deploy_id,
        "snapshot": sent.snapshot,
        "status": sent.status,
        "api_version": plan.api_version,
        "api_calls": count.calls,
        "polls": count.polls,
        "findings": [finding.document for finding in result.all_findings],
    }


def _assignments(plan: Plan) -> list[dict[str, str]]:
    both = (("assign", plan.access.assign), ("unassign", plan.access.unassign))
    return [
        {"user_id": user.user_id, "user": user.label, "outcome": outcome}
        for outcome, users in both
        for user in users
    ]


def _layout(layout: LayoutPlan, sent: Sent) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": layout.name.decoded,
        "object": layout.object,
        "outcome": outcome_of(layout, sent).value,
        "reason": layout.reason,
        "section": layout.section,
        "column": layout.column,
    }
    if layout.changes:
        entry["diff"] = draw_diff(layout.name.decoded, layout.before, layout.after).text
    return entry


def _pages(plan: Plan, sent: Sent) -> list[tuple[PagePlan, Outcome]]:
    return [(page, outcome_of(page, sent)) for page in plan.pages]


def _diffs(plan: Plan) -> list[Diff]:
    found = [
        draw_diff(layout.name.decoded, layout.before, layout.after)
        for layout in plan.layouts
        if layout.changes
    ]
    found += page_diffs(plan.pages)
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
                outcome_of(layout, sent).value,
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
                    *_users(plan.access.assign, "gets it"),
                    *_users(plan.access.unassign, "loses it"),
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


def _users(users: tuple[Assignee, ...], what: str) -> list[tuple[str, str]]:
    """A row a user; the end of a long list is a count (--json has them all)."""
    rows = [(user.label, what) for user in users]
    if len(rows) <= _MOST_USERS:
        return rows
    return [*rows[:_MOST_USERS], (f"and {len(rows) - _MOST_USERS} more", what)]


def exit_of(result: Result) -> Exit:
    """1 when a named layout could not be done or something needs a person, else 0."""
    failed = any(finding.severity is Severity.FAIL for finding in result.all_findings)
    return Exit.SAID_NO if failed or result.plan.failed else Exit.DONE
