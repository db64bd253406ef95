"""What `optout sync status` shows: numbers, checks, and whether that needs a person."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.errors import Exit
from deployer.model.facts import Fact, Known
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report, Table
from deployer.readiness.assessing import Assessed
from sync.checks.asking import was_asked
from sync.checks.facts import Seen
from sync.ledger.ledger import to_text
from sync.ledger.runs import Run
from sync.status import Status, StatusFacts, heard_lately, to_document


def to_report(
    status: Status, facts: StatusFacts, answers: Sequence[Assessed], budget: Fact[object]
) -> Report:
    """The numbers, a line for each check that was asked, and whether that needs a person."""
    failing = [each for each in answers if each.outcome is Severity.FAIL]
    blind = [each for each in answers if each.outcome is Severity.UNKNOWN and was_asked(each)]
    told = {each.remedy for each in failing}
    more = [need for need in status.needs if need.next not in told]
    words = [*(each.check.id for each in failing), *(need.word.value for need in more)]
    code = Exit.SAID_NO if words else Exit.COULD_NOT_TELL if blind else Exit.DONE
    return Report(
        headline=(_headline(code, words, blind),),
        tables=(Table("sync", ("what", "now"), _rows(status, facts, budget)),),
        findings=(
            *map(_to_finding, (each for each in answers if was_asked(each))),
            *_unasked(answers),
            *(Finding(n.word.value, Severity.FAIL, "", n.what, n.next) for n in more),
        ),
        document={
            **to_document(status, facts),
            "budget": _budget_document(budget),
            "checks": [each.document for each in answers],
        },
        exit=int(code),
        org_id=facts.org_id or None,
    )


def _headline(exit_code: Exit, words: Sequence[str], blind: Sequence[Assessed]) -> str:
    if exit_code is Exit.SAID_NO:
        return f"needs a person: {', '.join(words)}; see fail above"
    if exit_code is Exit.COULD_NOT_TELL:
        ids = ", ".join(each.check.id for each in blind)
        return f"could not be answered: {ids}; nothing else needs a person"
    return "nothing needs a person"


def _rows(status: Status, facts: StatusFacts, budget: Fact[object]) -> tuple[tuple[str, str], ...]:
    switch = facts.switch
    return (
        ("nightly", f"{switch.turn.value}{f', by {switch.by}' if switch.by else ''}"),
        ("next run", _next(status, facts)),
        ("last run", _last(status.last_run)),
        ("to be applied", str(status.backlog)),
        ("oldest of them", _age(status.oldest_unapplied_seconds)),
        ("waiting for an Id", str(status.waiting)),
        ("handed over", _handed_over(status)),
        ("in quarantine", str(status.quarantine)),
        ("being resubscribed", str(status.resubscribing)),
        ("held", ", ".join(f"{side} {count}" for side, count in status.held.items())),
        ("API calls", _calls(budget)),
        ("ledger", facts.place),
        *([("workers", _workers(facts))] if facts.workers else []),
    )


def _workers(facts: StatusFacts) -> str:
    alive = heard_lately(facts)
    names = ", ".join(f"{w.name} ({w.people:,} to people, {w.org:,} to the org)" for w in alive)
    silent = len(facts.workers) - len(alive)
    return f"{names or 'none'}{f'; {silent} not heard of late' if silent else ''}"


def _handed_over(status: Status) -> str:
    if not status.handed_over:
        return "0"
    return f"{status.handed_over}; the oldest for {_age(status.handed_over_seconds)}"


def _next(status: Status, facts: StatusFacts) -> str:
    if status.next_run is None:
        return "none: the nightly is off"
    wall = status.next_run.astimezone(facts.schedule.zone)
    owed = "; owed now" if status.next_run <= facts.now else ""
    return f"{wall:%Y-%m-%d %H:%M %Z} ({status.next_run:%Y-%m-%d %H:%M} UTC{owed})"


def _last(run: Run | None) -> str:
    if run is None:
        return "none yet"
    told = f"{run.started_at[:16].replace('T', ' ')} UTC {run.kind} {run.outcome or run.phase}"
    writes = run.facts.get("writes")
    if not writes:
        return told
    wrote = ", ".join(f"{count:,} to {side}" for side, count in writes.items())
    refused, calls = run.facts.get("quarantined", 0), run.facts.get("api_calls", 0)
    return f"{told}; wrote {wrote}; {refused:,} refused; {calls:,} API calls"


def _calls(budget: Fact[object]) -> str:
    if not isinstance(budget, Known) or not isinstance(budget.value, Seen):
        return "not known yet"
    calls, seen = budget.value.budget, budget.value
    left = max(0, calls.allowed - calls.used)
    return (
        f"{calls.used:,} used, {left:,} left of {calls.allowed:,} "
        f"(at {seen.at:%Y-%m-%d %H:%M} UTC, {seen.by})"
    )


def _budget_document(budget: Fact[object]) -> dict[str, object] | None:
    if not isinstance(budget, Known) or not isinstance(budget.value, Seen):
        return None
    calls = budget.value.budget
    return {
        "used": calls.used,
        "allowed": calls.allowed,
        "left": max(0, calls.allowed - calls.used),
        "at": to_text(budget.value.at),
        "seen_by": budget.value.by,
    }


def _to_finding(answer: Assessed) -> Finding:
    return Finding(answer.check.id, answer.outcome, "", answer.evidence, answer.remedy)


def _unasked(answers: Sequence[Assessed]) -> list[Finding]:
    """One line for all the checks that would have to ask the org."""
    ids = " ".join(each.check.id for each in answers if not was_asked(each))
    if not ids:
        return []
    said = "the org was not asked; optout sync status --ask-org does"
    return [Finding(ids, Severity.INFO, "", said)]


def _age(seconds: int | None) -> str:
    return "-" if seconds is None else f"{seconds // 3600} h {seconds % 3600 // 60} min"
