"""optout remove: take the field off the org's layouts, the inverse of deploy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from deployer.commands.options import open_connection, org_options
from deployer.commands.rollouts import DeployWords, begin, change_options, to_desk, to_options
from deployer.commands.wishes import take_out_options
from deployer.model.plans import Wish
from deployer.planning.from_org import Asker, fetch_plan, fetch_stamps
from deployer.reporting.console import finish
from deployer.rollout.apply import Fresh
from deployer.rollout.walk import Wanted, roll_out


@click.command(name="remove")
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
) -> int:
    """Take the field off layouts; PATTERN is a layout's name or a glob."""
    layouts = replace(wish.layouts, include=(*wish.layouts.include, *patterns))
    wanted_wish = replace(wish, layouts=layouts)
    begin(words)
    with open_connection(org, "write", config=config, as_json=as_json) as conn:
        agree = words.to_agree(conn.org, as_json=as_json)
        desk = to_desk(conn)
        asker = Asker(conn, desk.clock)
        wanted = Wanted(
            fresh=Fresh(
                stamps=lambda plan: fetch_stamps(conn, plan),
                plan=lambda: fetch_plan(asker, wanted_wish),
            ),
            agree=agree,
            run_id=words.run_id,
        )
        return finish(roll_out(wanted, desk, to_options(words, desk.clock)), as_json=as_json)
