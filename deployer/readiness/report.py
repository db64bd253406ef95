"""A look at readiness as a Report: the --json contract, and the same for a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from enum import Enum
from typing import Any

from deployer.model.facts import Fact, Known, Unknown
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report, Table
from deployer.readiness.assessing import EXITS, Assessed
from deployer.readiness.checks.package import CHECK_DEPLOY
from deployer.readiness.look import After, Look, known_visibility, next_steps, verdict_line
from deployer.readiness.picture import to_picture

# What the checks count by; a reader of --json has `why`.
_OURS = frozenset({"obstacle"})


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
        picture=lambda: to_picture(look),
    )


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
            for each in known_visibility(visibility).headline
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
    seen, fact = known_visibility(after.visibility), after.visibility
    return {
        "after": {
            "what": after.words,
            "headline": _plain(seen.headline),
            "visibility": _plain(seen.rows),
            "unknown": fact.reason if isinstance(fact, Unknown) else "",
        }
    }


def _document(look: Look) -> dict[str, Any]:
    visibility = known_visibility(look.visibility)
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
