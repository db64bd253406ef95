"""optout deploy: put the field on the org's layouts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from deployer.commands.formats import ReportCommand
from deployer.commands.options import org_options
from deployer.commands.rollouts import (
    DeployWords,
    Place,
    at_desk,
    deploy_options,
    fresh_from,
    to_options,
)
from deployer.commands.wishes import given_words, put_options
from deployer.errors import UsageError
from deployer.model.plans import Plan, Wish
from deployer.model.reports import Report
from deployer.planning.from_org import fetch_plan
from deployer.planning.plan_file import (
    PlanFile,
    effect_of,
    from_bytes,
    refuse_moved,
    refuse_other_org,
)
from deployer.rollout.walk import Wanted, roll_out


@click.command("deploy", cls=ReportCommand, formats=("html",))
@click.option(
    "--plan", "plan_path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Deploy what this plan shows, if the org still gives the same.",
)  # fmt: skip
@put_options
@deploy_options
@click.option(
    "--snapshot-out", type=click.Path(dir_okay=False, path_type=Path),
    help="Keep a copy of what was there before in this file, for restore --from.",
)  # fmt: skip
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    plan_path: Path | None,
    wish: Wish,
    words: DeployWords,
    snapshot_out: Path | None,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> Report:
    """Put the field on the org's layouts, prove it, and keep what was there before."""
    reviewed = _read_plan(plan_path) if plan_path else None
    wanted_wish = reviewed.wish if reviewed else wish
    with at_desk(Place(org, config, as_json), words) as (desk, agree):
        if reviewed is not None:
            refuse_other_org(reviewed, desk.conn.org.org_id, str(plan_path))

        def agree_to(plan: Plan) -> None:
            if reviewed is not None:
                refuse_moved(reviewed.effect, effect_of(plan), str(plan_path))
            agree(plan)

        wanted = Wanted(
            fresh=fresh_from(desk, lambda asker: fetch_plan(asker, wanted_wish)),
            agree=agree_to,
            run_id=words.run_id,
        )
        options = replace(to_options(words, desk.clock), snapshot_out=snapshot_out)
        return roll_out(wanted, desk, options)


def _read_plan(path: Path) -> PlanFile:
    if given_words():
        raise UsageError(
            "a plan already says which field, which layouts and whose access",
            where="--plan",
            hint="leave the other options away, or make a new plan with them",
        )
    return from_bytes(path.read_bytes(), str(path))
