"""`optout readiness`: whether people would see the field, from a client that can only read."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.formats import ReportCommand
from deployer.commands.options import org_options
from deployer.commands.wishes import field_options
from deployer.model.findings import Severity
from deployer.model.plans import FieldWish
from deployer.model.reports import Report


@click.command("readiness", cls=ReportCommand, formats=("html",))
@field_options
@click.option(
    "--identity",
    type=click.Choice(["auditor", "deployer"]),
    default="auditor",
    show_default=True,
    help="Whose login looks; neither can change anything.",
)
@click.option(
    "--runner",
    metavar="USERNAME",
    default="",
    help="The integration user (default: the runner of the settings).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["warn", "fail"]),
    default="fail",
    show_default=True,
    help="What makes the org not ready.",
)
@click.option(
    "--accept-unknown",
    metavar="IDS",
    default="",
    help="Checks that need not be answered, as C34,C41.",
)
@click.option(
    "--accept-unmapped",
    metavar="REASON",
    default="",
    help="Why a custom field need not be mapped for lead conversion.",
)
@click.option(
    "--check-deploy",
    is_flag=True,
    help="Also let the org validate the deploy, with the deployer's login (C60).",
)
@click.option(
    "--track-history", is_flag=True, help="The field history is to keep who ticked it (C14)."
)
@click.option(
    "--after",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also who would see it once this plan (plan --out) is deployed.",
)
@click.option(
    "--assign",
    metavar="PROFILE|layout-users",
    multiple=True,
    help="Also who would see it if these users were given access.",
)
@click.option("--explain", metavar="ID", default="", help="Say what one check asks, and stop.")
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    field: FieldWish,
    identity: str,
    runner: str,
    fail_on: str,
    accept_unknown: str,
    accept_unmapped: str,
    check_deploy: bool,
    track_history: bool,
    after: Path | None,
    assign: tuple[str, ...],
    explain: str,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> Report:  # fmt: skip
    """Say whether the org is ready and who would see the field; nothing is changed.

    Exits with 0 when it is ready, 1 when something fails, 4 when it could not be told.
    """
    if explain:
        from deployer.commands.readiness_explain import explained

        return explained(explain)
    from deployer.commands.readiness_look import Place, Terms, take_look
    from deployer.readiness.report import to_report

    run = click.get_current_context().obj.run_id if check_deploy else ""
    terms = Terms(
        identity, runner, Severity(fail_on), accept_unknown, accept_unmapped,
        tracked=track_history, check_run=run, after=after, assign=assign,
    )  # fmt: skip
    return to_report(take_look(Place(org, config, as_json), field, terms))
