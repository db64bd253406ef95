"""Before a plan is shown: Salesforce's schema and our rules over what would be sent."""

from __future__ import annotations

from dataclasses import replace

from deployer.errors import OurBug
from deployer.model.findings import Finding, Severity
from deployer.model.layouts import Outcome
from deployer.model.plans import LayoutPlan, Plan
from deployer.planning.package import layout_path, permission_set_path
from deployer.rules import check_rules
from deployer.schema import check_schema, new_schema_errors


def proven(plan: Plan) -> Plan:
    """The plan with every layout that the edit would make worse turned into a failed one.

    What was wrong with a layout before is the org's own affair. Errors: OurBug when something that
    we render ourselves is not valid.
    """
    for path, data in plan.new_fields.items():
        _refuse_our_own(path, data)
    if plan.access.changes and plan.access.before is None and plan.access.after is not None:
        _refuse_our_own(permission_set_path(plan.access.permission_set), plan.access.after)
    return replace(plan, layouts=tuple(_proven_layout(layout) for layout in plan.layouts))


def _proven_layout(layout: LayoutPlan) -> LayoutPlan:
    if not layout.changes:
        return layout
    path = layout_path(layout.name.member)
    found = [
        *_failures(new_schema_errors(layout.before, layout.after, path)),
        *_new_failures(path, layout),
    ]
    if not found:
        return layout
    reason = f"with the field on it, it would not be valid: {found[0].what}"
    return replace(layout, outcome=Outcome.FAILED, reason=reason, after=layout.before)


def _new_failures(path: str, layout: LayoutPlan) -> list[Finding]:
    """What our rules find in the edited layout and did not find before; lines may have moved."""
    known = {(finding.rule, finding.what) for finding in check_rules(path, layout.before)}
    found = _failures(check_rules(path, layout.after))
    return [finding for finding in found if (finding.rule, finding.what) not in known]


def _refuse_our_own(path: str, data: bytes) -> None:
    found = _failures([*check_schema(data, path), *check_rules(path, data)])
    if found:
        raise OurBug(
            f"what we rendered is not valid: {found[0].what}",
            where=found[0].where,
            hint="nothing was sent; please report it",
        )


def _failures(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.FAIL]
