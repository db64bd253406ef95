"""`optout sync rebind`: the ledger goes on with another org or people store, by name and reason."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import confirm, org_options
from deployer.model.reports import Report
from deployer.reporting.console import finish
from sync.commands.names import by_option, reason_option
from sync.desk import Ask, open_desk
from sync.ledger.binding import Bound, rebind


@click.command("rebind")
@reason_option
@by_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@org_options
def command(  # noqa: PLR0913 - what the command takes
    *, reason: str, by: str, yes: bool, org: str | None, config: Path | None, as_json: bool
) -> int:
    """Bind the ledger to the org and people store that the settings name now.

    What is still to be applied goes to them from then on.
    """
    with open_desk(Ask(org, config, as_json)) as desk:
        people, writer = desk.open_any_people(), desk.open_any_writer()
        before, to = desk.bound(), Bound(writer.org.org_id, people.identity())
        if before != to:
            confirm(f"Bind {desk.org}'s ledger to {to.org_id} and {to.people}?", yes=yes)
            rebind(desk.ledger, to, by=by, reason=reason)
        said = "was bound so already" if before == to else "is bound to"
        report = Report(
            headline=(f"the ledger of {desk.org} {said}: {to.org_id}, {to.people}",),
            document={
                "changed": before != to,
                "before": {"org_id": before.org_id or None, "people": before.people or None},
                "people": to.people,
            },
            org_id=to.org_id,
        )
        return finish(report, as_json=as_json)
