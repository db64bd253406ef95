"""`optout sync status`: what is still to do, and what the sync's own checks say."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.reporting.console import finish
from sync.checks.asking import ask
from sync.checks.catalogue import CHECKS
from sync.checks.gathering import fetch_org, gather, read_facts
from sync.commands.status_report import to_report
from sync.desk import Ask, open_desk
from sync.status import to_status


@click.command("status")
@click.option("--ask-org", is_flag=True,
              help="Log in as well, and check field, API calls and clock.")  # fmt: skip
@org_options
def command(*, ask_org: bool, org: str | None, config: Path | None, as_json: bool) -> int:
    """Show what is still to do, and check that the sync can do it.

    Looks at the ledger and the people store; the org is asked only with --ask-org. Exits with 1
    when something needs a person: writes are held, something refused is not acknowledged, an
    opt-out has waited for more than four hours, nights are on and none succeeds, or a check
    fails; with 4 when the people store, or the org with --ask-org, could not be asked.
    """
    with open_desk(Ask(org, config, as_json)) as desk:
        ledger = read_facts(desk)
        facts = gather(desk, ledger)
        if ask_org:
            facts.update(fetch_org(desk, ledger))
        report = to_report(to_status(ledger), ledger, ask(CHECKS, facts), facts["budget"])
        return finish(report, as_json=as_json)
