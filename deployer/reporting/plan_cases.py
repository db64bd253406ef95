"""A plan, or what came of it, as cases: a case for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from deployer.model.findings import Finding, Severity
from deployer.model.layouts import Outcome
from deployer.model.plans import LayoutPlan, PagePlan, Plan

Part = LayoutPlan | PagePlan
_WELL = {Outcome.PRESENT, Outcome.ABSENT, Outcome.ADDED, Outcome.REMOVED, Outcome.RESTORED}


def plan_cases(
    plan: Plan, told: Iterable[tuple[Part, Outcome]], findings: Sequence[Finding], *, done: bool
) -> tuple[Finding, ...]:
    """Each layout and page with what became of it, fields, access, assignments, then the findings.

    What is well, or done and read back, passes; what would be done, or was left alone, is
    information; what could not be done fails. What a failure speaks of is a case once.
    """
    refused = {each.where for each in findings if each.severity is Severity.FAIL}
    parts = (_part_case(part, outcome) for part, outcome in told)
    access = _access_cases(plan, refused, done=done)
    return (*(case for case in (*parts, *access) if case.where not in refused), *findings)


def _access_cases(plan: Plan, refused: Container[str], *, done: bool) -> Iterator[Finding]:
    severity = Severity.PASS if done else Severity.INFO
    for member in plan.new_field_members:
        yield Finding("field", severity, member, "created" if done else "would be created")
    name = plan.access.permission_set
    if plan.access.changes:
        yield Finding("permission-set", severity, name, "changed" if done else "would be changed")
    gets, loses = ("gets", "loses") if done else ("would get", "would lose")
    for verb, users in ((gets, plan.access.assign), (loses, plan.access.unassign)):
        for user in users:
            if user.user_id not in refused:
                who = f"{user.label} ({user.user_id})"
                yield Finding("assignment", severity, who, f"{verb} {name}")


def _part_case(part: Part, outcome: Outcome) -> Finding:
    place = f" in section {part.section}" if part.section else ""
    if isinstance(part, LayoutPlan):
        rule, where = "layout", part.name.decoded
    else:
        rule, where = "lightning-page", part.name
    return Finding(rule, _severity(outcome), where, f"{outcome.value}{place}: {part.reason}")


def _severity(outcome: Outcome) -> Severity:
    if outcome is Outcome.FAILED:
        return Severity.FAIL
    return Severity.PASS if outcome in _WELL else Severity.INFO
