"""A look at readiness as a Report: the --json contract, and the same for a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from deployer.model.checks import Facts
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.findings import Finding, Report, Severity, Table
from deployer.model.pictures import ReadinessPicture
from deployer.readiness.assessing import EXITS, Assessed, Verdict
from deployer.readiness.checks.package import CHECK_DEPLOY
from deployer.readiness.visibility import Visibility
from deployer.salesforce.session import OrgCall

_SAYS = {
    Verdict.READY: "READY: {org} is ready, and people would see {field}.",
    Verdict.NOT_READY: "NOT READY: {failing} of {all} checks fail.",
    Verdict.UNKNOWN: "COULD NOT TELL: {unknown} of {all} checks could not be answered.",
}


# What the checks count by; a reader of --json has `why`.
_OURS = frozenset({"obstacle"})


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


def to_report(look: Look) -> Report:
    """The verdict and what to do next, in order; every check that is not well is a finding."""
    shown = [each for each in look.assessed if each.outcome not in {Severity.PASS, Severity.INFO}]
    return Report(
        verdict=verdict_line(look),
        steps=_next(look),
        headline=(*look.notes, *_untold(look.after), *_counts(look)),
        findings=tuple(each.finding for each in shown),
        tables=tuple(_tables(look)),
        document=_document(look),
        exit=EXITS[look.verdict],
        org_id=look.org_id,
        cases=tuple(_case(each, look) for each in look.assessed),
        fails_on=frozenset({Severity.FAIL, look.fail_on}),
        picture=lambda: _picture(look),
    )


def _picture(look: Look) -> ReadinessPicture:
    from deployer.readiness.picture import to_picture

    return to_picture(look)


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


def _next(look: Look) -> tuple[str, ...]:
    return tuple(f"{fix}  [{' '.join(ids)}]" for fix, ids in next_steps(look))


def _counts(look: Look) -> tuple[str, ...]:
    count = Counter(each.outcome.value for each in look.assessed)
    told = ", ".join(f"{count[each.value]} {each.value}" for each in Severity if count[each.value])
    accepted = (f"unknown and accepted: {' '.join(look.accepted)}",) if look.accepted else ()
    return (f"checks: {told}", *accepted, _called(look))


def _called(look: Look) -> str:
    """A check-only deploy leaves its row; nothing else is ever left."""
    checked = any(each.check.id == CHECK_DEPLOY.id for each in look.assessed)
    left = (
        "the check-only deploy leaves a row in Setup > Deployment Status, nothing else is changed"
        if checked
        else "none of which changes anything"
    )
    return f"{len(look.calls)} calls to the org, {left}"


def _untold(after: After | None) -> tuple[str, ...]:
    if after is None or not isinstance(after.visibility, Unknown):
        return ()
    return (f"who would see it after {after.words} cannot be told: {after.visibility.reason}",)


def _tables(look: Look) -> Iterator[Table]:
    yield _seen("Active users", look.visibility)
    if look.after and isinstance(look.after.visibility, Known):
        yield _seen(f"Active users after {look.after.words}", look.after.visibility)


def _seen(title: str, visibility: Fact[object]) -> Table:
    return Table(
        title,
        ("object", "users", "edit it", "see it", "on some pages", "do not see it", "unknown"),
        tuple(
            (each.object, *map(str, (each.users, each.edits, each.sees, each.partly, each.hidden,
                                     each.unknown)))
            for each in _visibility(visibility).headline
        ),
    )  # fmt: skip


def _case(each: Assessed, look: Look) -> Finding:
    """The check's answer; an unknown that was accepted says so."""
    if each.check.id not in look.accepted:
        return each.finding
    return replace(each.finding, what=f"{each.evidence} (accepted: --accept-unknown)")


def _after(after: After | None) -> dict[str, Any]:
    """What would be, in the same shape as what is; nothing where nobody asked."""
    if after is None:
        return {}
    seen, fact = _visibility(after.visibility), after.visibility
    return {
        "after": {
            "what": after.words,
            "headline": _plain(seen.headline),
            "visibility": _plain(seen.rows),
            "unknown": fact.reason if isinstance(fact, Unknown) else "",
        }
    }


def _document(look: Look) -> dict[str, Any]:
    visibility = _visibility(look.visibility)
    return {
        **_after(look.after),
        "verdict": look.verdict.value,
        "field": look.field,
        "checks": [each.document for each in look.assessed],
        "headline": _plain(visibility.headline),
        "visibility": _plain(visibility.rows),
        "accepted": {"unknown": list(look.accepted), "unmapped": look.unmapped},
        "notes": list(look.notes),
        "fail_on": look.fail_on.value,
        "api_calls": [
            {"method": call.made.method, "path": call.made.path, "purpose": call.made.purpose,
             "status": call.made.status, "login": call.login}
            for call in look.calls
        ],
    }  # fmt: skip


def _visibility(fact: Fact[object]) -> Visibility:
    if isinstance(fact, Known) and isinstance(fact.value, Visibility):
        return fact.value
    return Visibility((), ())


def _plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Frozen rows as JSON's own; an enum is its value."""
    return [
        {
            key: each.value if isinstance(each, Enum) else each
            for key, each in asdict(row).items()
            if key not in _OURS
        }
        for row in rows
    ]
