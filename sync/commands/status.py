"""`optout sync status`: what is still to do, from the ledger alone."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.errors import Exit
from deployer.model.findings import Finding, Report, Severity, Table
from deployer.reporting.console import finish
from sync.desk import Ask, Desk, open_desk
from sync.ledger.backlog import read_backlog
from sync.ledger.ledger import to_text
from sync.ledger.quarantine import cases
from sync.ledger.runs import recent_runs
from sync.ledger.switch import read_switch
from sync.sqlite import reading
from sync.status import Status, StatusFacts, to_document, to_status


@click.command("status")
@org_options
def command(*, org: str | None, config: Path | None, as_json: bool) -> int:
    """Show what is still to do; no org is asked.

    Exits with 1 when something needs a person: writes are held, something refused is not
    acknowledged, or an opt-out has waited for more than four hours.
    """
    with open_desk(Ask(org, config, as_json)) as desk:
        facts = read_facts(desk)
        return finish(_to_report(to_status(facts), facts), as_json=as_json)


def read_facts(desk: Desk) -> StatusFacts:
    """What the ledger says, as of now."""
    runs = recent_runs(desk.ledger)
    bound = desk.bound()
    with reading(desk.ledger.engine) as db:
        return StatusFacts(
            now=desk.clock.now(), org_id=bound.org_id, switch=read_switch(db),
            schedule=desk.sync.schedule, backlog=read_backlog(db), cases=cases(db), runs=runs,
        )  # fmt: skip


def _to_report(status: Status, facts: StatusFacts) -> Report:
    switch = facts.switch
    last = status.last_run
    rows = (
        ("nightly", f"{switch.turn.value}{f', by {switch.by}' if switch.by else ''}"),
        ("next run", to_text(status.next_run) if status.next_run else "-"),
        ("last run", f"{last.started_at} {last.outcome or last.phase}" if last else "-"),
        ("to be applied", str(status.backlog)),
        ("oldest of them", _age(status.oldest_unapplied_seconds)),
        ("waiting for an Id", str(status.waiting)),
        ("handed over", str(status.handed_over)),
        ("in quarantine", str(status.quarantine)),
        ("held", ", ".join(f"{side} {count}" for side, count in status.held.items())),
    )
    return Report(
        headline=("nothing needs a person",) if not status.needs else (),
        tables=(Table("sync", ("what", "now"), rows),),
        findings=tuple(Finding(n.word, Severity.FAIL, "", n.what, n.next) for n in status.needs),
        document=to_document(status, facts),
        exit=int(Exit.SAID_NO if status.needs else Exit.DONE),
        org_id=facts.org_id or None,
    )


def _age(seconds: int | None) -> str:
    return "-" if seconds is None else f"{seconds // 3600} h {seconds % 3600 // 60} min"
