"""A plan, or what came of it, as the picture of it that a page draws."""

from __future__ import annotations

from dataclasses import asdict

from deployer.errors import BadInput
from deployer.layouts import draw_diff, draw_layout
from deployer.model.drawings import LayoutDrawing
from deployer.model.headline import Headline
from deployer.model.pictures import ChangePicture, FileChange, LayoutChange
from deployer.model.plans import LayoutPlan, Plan, Seen
from deployer.reporting.plan_words import headline, outcome_of
from deployer.reporting.results import Result, Taken


def to_picture(result: Result, taken: Taken) -> ChangePicture:
    """Everything the page shows, from one plan."""
    plan, access = result.plan, result.plan.access
    return ChangePicture(
        org=taken.org,
        org_id=plan.org_id,
        field=plan.field,
        at=taken.at,
        state=_state(result),
        says=tuple(headline(result)),
        findings=result.all_findings,
        layouts=tuple(_layout(layout, result) for layout in plan.layouts),
        others=tuple(_others(plan)),
        permission_set=access.permission_set,
        assigned=tuple(user.label for user in access.assign),
        unassigned=tuple(user.label for user in access.unassign),
        before=_bars(plan.seen_before),
        after=_bars(plan.seen),
        api_version=plan.api_version,
        labels=plan.labels,
    )


def _state(result: Result) -> str:
    if result.sent.done:
        return "done"
    if result.plan.failed:
        return "failed"
    if result.sent.deploy_id:
        return "checked"
    return "pending" if result.plan.changes else "nothing"


def _layout(layout: LayoutPlan, result: Result) -> LayoutChange:
    diff = (
        draw_diff(layout.name.decoded, layout.before, layout.after).text if layout.changes else ""
    )
    field = result.plan.field
    return LayoutChange(
        name=layout.name.label,
        object=layout.object,
        outcome=outcome_of(layout, result.sent).value,
        reason=layout.reason,
        section=layout.section,
        column=layout.column,
        before=_drawing(layout, layout.before, field) if diff else None,
        after=_drawing(layout, layout.after, field) if diff else None,
        diff=diff,
    )


def _drawing(layout: LayoutPlan, data: bytes, field: str) -> LayoutDrawing | None:
    """The layout drawn; None where the bytes cannot be read, which the plan's own reason tells."""
    try:
        return draw_layout(layout.name, data, field)
    except BadInput:
        return None


def _others(plan: Plan) -> list[FileChange]:
    """The permission set, pages and new fields, as far as they are sent."""
    found = []
    access = plan.access
    if access.changes and access.after is not None:
        reason = "it is new" if access.before is None else ""
        diff = draw_diff(access.permission_set, access.before or b"", access.after).text
        found.append(FileChange(access.permission_set, "Permission set", diff, reason))
    found += [
        FileChange(page.name, "Lightning page", draw_diff(page.name, page.before, page.after).text,
                   page.reason)
        for page in plan.pages
        if page.changes
    ]  # fmt: skip
    found += [
        FileChange(path, "New field in", draw_diff(path, b"", data).text)
        for path, data in sorted(plan.new_fields.items())
    ]
    return found


def _bars(seen: tuple[Seen, ...]) -> tuple[Headline, ...]:
    return tuple(Headline(**asdict(each)) for each in seen)
