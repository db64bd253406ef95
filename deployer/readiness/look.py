"""One look at one org, its verdict and what to do next, before any format. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deployer.model.checks import Facts
from deployer.model.facts import Fact, Known
from deployer.model.findings import Severity
from deployer.readiness.assessing import Assessed, Verdict
from deployer.readiness.visibility import Visibility
from deployer.salesforce.session import OrgCall

_SAYS = {
    Verdict.READY: "READY: {org} is ready, and people would see {field}.",
    Verdict.NOT_READY: "NOT READY: {failing} of {all} checks fail.",
    Verdict.UNKNOWN: "COULD NOT TELL: {unknown} of {all} checks could not be answered.",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the org, and whose login made it: auditor, deployer or runner."""

    made: OrgCall
    login: str


@dataclass(frozen=True, slots=True)
class After:
    """Who would see the field once something that `words` say is done."""

    words: str
    visibility: Fact[object]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one org: what was asked for, and what every check came to.

    `accepted` are ids whose UNKNOWN was accepted; `unmapped` is the reason that was given;
    `notes` are whole sentences about what was looked for; `after` is who would see it once
    something is done, None when nobody asked; `at` is when, in UTC; `facts` are all
    there were, by name.
    """

    org: str
    org_id: str
    field: str
    verdict: Verdict
    assessed: tuple[Assessed, ...]
    facts: Facts
    fail_on: Severity
    at: datetime
    accepted: tuple[str, ...] = ()
    unmapped: str = ""
    calls: tuple[Call, ...] = ()
    notes: tuple[str, ...] = ()
    after: After | None = None

    @property
    def visibility(self) -> Fact[object]:
        """Who would see the field."""
        return self.facts["visibility"]


def known_visibility(fact: Fact[object]) -> Visibility:
    """Who would see the field; without headline and rows where that is not known."""
    if isinstance(fact, Known) and isinstance(fact.value, Visibility):
        return fact.value
    return Visibility((), ())


def verdict_line(look: Look) -> str:
    """The verdict and why, as one line."""
    count = Counter(each.outcome for each in look.assessed)
    failing = sum(count[each] for each in {Severity.FAIL, look.fail_on})
    return _SAYS[look.verdict].format(
        org=look.org, field=look.field, failing=failing, unknown=count[Severity.UNKNOWN],
        all=len(look.assessed),
    )  # fmt: skip


def next_steps(look: Look) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What to do, each thing once, with the checks it mends.

    Failures come first; the checks are in the order to go about it. A command that another one
    does along, with more options, is named as that one.
    """
    order = (Severity.FAIL, Severity.UNKNOWN, Severity.WARN)
    fixes: dict[str, list[str]] = {}
    for severity in order:
        for each in look.assessed:
            if each.outcome is severity and each.check.id not in look.accepted:
                fixes.setdefault(each.remedy, []).append(each.check.id)
    steps: dict[str, list[str]] = {}
    for fix, ids in fixes.items():
        steps.setdefault(_widest(fix, fixes), []).extend(ids)
    return tuple((fix, tuple(sorted(ids))) for fix, ids in steps.items())


def _widest(fix: str, fixes: Iterable[str]) -> str:
    """Of these commands the one with the most options beside all of this one's."""
    verb, options = fix.split()[:2], set(fix.split())
    wider = [each for each in fixes if each.split()[:2] == verb and options <= set(each.split())]
    return max(wider, key=len) if fix.startswith("optout ") else fix
