"""`optout sync enable` and `disable`: the nightly's switch, in the ledger and audited."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.model.findings import Report
from deployer.reporting.console import finish
from sync.commands.names import by_option
from sync.desk import Ask, open_desk
from sync.ledger.switch import Turn, turn_switch

_EFFECT = {
    Turn.ON: "a run is due once a day, and pushed opt-outs go to the chosen field",
    Turn.OFF: "no nights run, and pushed opt-outs go to Email Opt Out",
}


@click.command("enable")
@by_option
@org_options
def enable(*, by: str, org: str | None, config: Path | None, as_json: bool) -> int:
    """Switch the nightly sync of this org on."""
    return _turn(Turn.ON, by, Ask(org, config, as_json))


@click.command("disable")
@by_option
@org_options
def disable(*, by: str, org: str | None, config: Path | None, as_json: bool) -> int:
    """Switch the nightly sync of this org off; pushed opt-outs go on."""
    return _turn(Turn.OFF, by, Ask(org, config, as_json))


def _turn(turn: Turn, by: str, ask: Ask) -> int:
    with open_desk(ask) as desk:
        changed = turn_switch(desk.ledger, turn, by)
        said = "the nightly sync is" if changed else "the nightly sync was already"
        report = Report(
            headline=(f"{said} {turn.value} for {desk.org}: {_EFFECT[turn]}",),
            document={"nightly": turn is Turn.ON, "changed": changed, "by": by},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=ask.as_json)
