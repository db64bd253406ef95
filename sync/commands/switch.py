"""`optout sync enable` and `disable`: the nightly's switch, in the ledger and audited."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.model.reports import Report
from deployer.reporting.console import finish
from sync.commands.names import by_option
from sync.desk import Ask, Desk, open_desk
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.runs import is_adopted
from sync.ledger.switch import Turn, turn_switch

_EFFECT = {
    Turn.ON: "a run is due once a day, and pushed opt-outs go to the chosen field",
    Turn.OFF: "no nights run, and pushed opt-outs go to Email Opt Out",
}


@click.command("enable")
@by_option
@org_options
def enable(*, by: str, org: str | None, config: Path | None, as_json: bool) -> int:
    """Switch the nightly sync of this org on.

    From then on a night is owed once a day; optout sync serve runs it, or optout sync nightly from
    cron. The first one has to be adopted.
    """
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
            headline=(f"{said} {turn.value} for {desk.org}: {_EFFECT[turn]}", _next(desk, turn)),
            document={"nightly": turn is Turn.ON, "changed": changed, "by": by},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=ask.as_json)


def _next(desk: Desk, turn: Turn) -> str:
    fields = desk.sync.fields
    if turn is Turn.OFF and EMAIL_OPT_OUT not in fields:
        return (
            f"  mind: {', '.join(fields)} is chosen, and where marketing shares Email Opt Out its "
            "mail ends too"
        )
    if turn is Turn.OFF:
        return "  next: optout sync enable --by NAME switches it on again"
    if not is_adopted(desk.ledger, fields):
        return "  next: optout sync adopt; until its first run is approved every night is held"
    return "  next: keep optout sync serve running, or run optout sync nightly from cron"
