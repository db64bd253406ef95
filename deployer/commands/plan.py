"""optout plan: show what a deploy would change, and keep it for review."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.clock import SystemClock
from deployer.commands.formats import ReportCommand
from deployer.commands.options import open_connection, org_options
from deployer.commands.wishes import put_options
from deployer.errors import Exit
from deployer.model.plans import Wish
from deployer.model.reports import Report
from deployer.planning.from_org import Asker, fetch_plan
from deployer.planning.plan_file import to_bytes
from deployer.reporting.plans import exit_of, to_report
from deployer.reporting.results import Result, Taken
from deployer.state import write_private


@click.command("plan", cls=ReportCommand, formats=("html",))
@put_options
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep the plan in this file."
)
@click.option("--exit-code", is_flag=True, help="Exit 10 when there are changes.")
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    wish: Wish,
    out: Path | None,
    org: str | None,
    config: Path | None,
    exit_code: bool,
    as_json: bool,
) -> Report:
    """Show what a deploy would change; nothing is sent."""
    with open_connection(org, "read", config=config, as_json=as_json) as conn:
        clock = SystemClock()
        plan = fetch_plan(Asker(conn, clock), wish)
        if out is not None:
            write_private(out, to_bytes(plan, wish))
        taken = Taken(conn.org.name, clock.now())
        result = Result(plan, calls=conn.calls, taken=taken)
        code = exit_of(result)
        if exit_code and plan.changes and code is Exit.DONE:
            code = Exit.CHANGES_PENDING
        return to_report(result, code)
