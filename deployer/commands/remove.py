"""optout remove: take the field off the org's layouts, the inverse of deploy."""

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
    change_options,
    fresh_from,
    to_options,
)
from deployer.commands.wishes import take_out_options
from deployer.model.plans import Wish
from deployer.model.reports import Report
from deployer.planning.from_org import fetch_plan
from deployer.rollout.walk import Wanted, roll_out


@click.command("remove", cls=ReportCommand, formats=("html",))
@click.argument("patterns", metavar="[PATTERN]...", nargs=-1)
@take_out_options
@change_options
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    patterns: tuple[str, ...],
    wish: Wish,
    words: DeployWords,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> Report:
    """Take the field off layouts; PATTERN is a layout's name or a glob."""
    layouts = replace(wish.layouts, include=(*wish.layouts.include, *patterns))
    wanted_wish = replace(wish, layouts=layouts)
    with at_desk(Place(org, config, as_json), words) as (desk, agree):
        wanted = Wanted(
            fresh=fresh_from(desk, lambda asker: fetch_plan(asker, wanted_wish)),
            agree=agree,
            run_id=words.run_id,
        )
        return roll_out(wanted, desk, to_options(words, desk.clock))
