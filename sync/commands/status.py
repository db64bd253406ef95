"""`optout sync status`: what is still to do, and what the sync's own checks say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.errors import Exit
from deployer.model.facts import Fact, Known
from deployer.model.findings import Finding, Report, Severity, Table
from deployer.reporting.console import finish
from sync.checks.asking import Answer, ask
from sync.checks.catalogue import CHECKS
from sync.checks.facts import Seen
from sync.checks.gathering import fetch_org, gather, read_facts
from sync.desk import Ask, open_desk
from sync.ledger.ledger import to_text
from sync.ledger.runs import Run
from sync.status import Status, StatusFacts, to_document, to_status


@click.command("status")
@click.option("--ask-org", is_flag=True,
              help="Log in as well, and check field, API calls and clock.")  # fmt: skip
@org_options
def command(*, ask_org: bool, org: str | None, config: Path | None, as_json: bool) -> int:
    """Show what is still to do, and check that the sync can do it.

    Looks at the ledger and the people store; the org is asked only with --ask-org. Exits with 1
    when something needs a person: writes are held, something refused is not acknowledged, an
    opt-out has waited for more than four hours, nights are on and none succeeds, or a check
    fails; with 4 when --ask-org was given and the org could not be asked.
    """
    with open_desk(Ask(org, config, as_json)) as desk:
        ledger = read_facts(desk)
        facts = gather(desk, ledger)
        if ask_org:
            facts.update(fetch_org(desk, ledger))
        report = _to_report(to_status(ledger), ledger, ask(CHECKS, facts), facts["budget"])
        return finish(report, as_json=as_json)


def _to_report(
    status: Status, facts: StatusFacts, answers: Sequence[Answer], budget: Fact[object]
) -> Report:
    failing = [each for each in answers if each.outcome is Severity.FAIL]
    blind = [each for each in answers if each.outcome is Severity.UNKNOWN and each.was_asked]
    told = {each.remedy for each in failing}
    return Report(
        headline=(_headline(status, failing, blind),),
        tables=(Table("sync", ("what", "now"), _rows(status, facts, budget)),),
        findings=(
            *map(_to_finding, (each for each in answers if each.was_asked)),
            *_unasked(answers),
            *(_needed(n.word.value, n.what, n.next) for n in status.needs if n.next not in told),
        ),
        document={
            **to_document(status, facts),
            "budget": _budget_document(budget),
            "checks": [each.document for each in answers],
        },
        exit=int(_exit(status, failing, blind)),
        org_id=facts.org_id or None,
    )


def _exit(status: Status, failing: Sequence[Answer], blind: Sequence[Answer]) -> Exit:
    if status.needs or failing:
        return Exit.SAID_NO
    return Exit.COULD_NOT_TELL if blind else Exit.DONE


def _headline(status: Status, failing: Sequence[Answer], blind: Sequence[Answer]) -> str:
    if _exit(status, failing, blind) is Exit.DONE:
        return "nothing needs a person"
    if _exit(status, failing, blind) is Exit.COULD_NOT_TELL:
        return f"{len(blind)} checks could not be answered; nothing else needs a person"
    return f"{max(len(failing), len(status.needs))} things need a person, see fail above"


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
        ("held", ", ".join(f"{side} {count}" for side, count in status.held.items())),
        ("API calls", _calls(budget)),
    )


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


def _to_finding(answer: Answer) -> Finding:
    return Finding(answer.check.id, answer.outcome, "", answer.evidence, answer.remedy)


def _needed(word: str, what: str, then: str) -> Finding:
    return Finding(word, Severity.FAIL, "", what, then)


def _unasked(answers: Sequence[Answer]) -> list[Finding]:
    """One line for all the checks that would have to ask the org."""
    ids = " ".join(each.check.id for each in answers if not each.was_asked)
    if not ids:
        return []
    said = "the org was not asked; optout sync status --ask-org does"
    return [Finding(ids, Severity.INFO, "", said)]


def _age(seconds: int | None) -> str:
    return "-" if seconds is None else f"{seconds // 3600} h {seconds % 3600 // 60} min"
