"""Before a plan is shown: Salesforce's schema and our rules over what would be sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from deployer.errors import OurBug
from deployer.model.findings import Finding, Severity
from deployer.model.layouts import Outcome
from deployer.model.plans import LayoutPlan, PagePlan, Plan
from deployer.planning.package import layout_path, page_path, permission_set_path
from deployer.rules import check_rules
from deployer.schema import check_schema, new_schema_errors

Part = TypeVar("Part", LayoutPlan, PagePlan)


def proven(plan: Plan) -> Plan:
    """The plan with every layout and page that the edit would make worse turned into a failed one.

    What was wrong with one before is the org's own affair. Errors: OurBug when something that
    we render ourselves is not valid.
    """
    for path, data in plan.new_fields.items():
        _refuse_our_own(path, data)
    if plan.access.changes and plan.access.before is None and plan.access.after is not None:
        _refuse_our_own(permission_set_path(plan.access.permission_set), plan.access.after)
    layouts = (_proven(layout, layout_path(layout.name.member)) for layout in plan.layouts)
    pages = (_proven(page, page_path(page.name)) for page in plan.pages)
    return replace(plan, layouts=tuple(layouts), pages=tuple(pages))


def _proven(part: Part, path: str) -> Part:
    if not part.changes:
        return part
    found = [
        *_failures(new_schema_errors(part.before, part.after, path)),
        *_new_failures(path, part.before, part.after),
    ]
    if not found:
        return part
    reason = f"with the field on it, it would not be valid: {found[0].what}"
    return replace(part, outcome=Outcome.FAILED, reason=reason, after=part.before)


def _new_failures(path: str, before: bytes, after: bytes) -> list[Finding]:
    """What our rules find in the edited file and did not find before; lines may have moved."""
    known = {(finding.rule, finding.what) for finding in check_rules(path, before)}
    found = _failures(check_rules(path, after))
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
