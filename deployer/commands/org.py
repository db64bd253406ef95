"""`optout org`: log in, list, show, log out."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import config_option, json_option, open_connection
from deployer.commands.org_login import login
from deployer.commands.org_logout import logout
from deployer.model.reports import Report, Table


@click.group("org")
def command() -> None:
    """Log in to an org; list, show and log out."""


command.add_command(login)
command.add_command(logout)


@command.command("list")
@config_option
@json_option
def list_orgs(config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """List the configured orgs; nothing is asked of them."""
    from deployer.commands.settings import to_document
    from deployer.reporting.console import finish
    from deployer.settings.loading import load

    orgs = load(config).orgs
    rows = tuple(
        (name, org.org_id or "-", org.instance_url or "-",
         ", ".join(f"{r.value} {i.login.value}" for r, i in org.identities.items()), org.place)
        for name, org in orgs.items()
    )  # fmt: skip
    columns = ("org", "id", "instance", "logins", "source")
    none = ("no org is configured; add one with: optout org login",)
    report = Report(
        headline=() if orgs else none,
        tables=(Table("orgs", columns, rows),),
        document={"orgs": {name: to_document(org) for name, org in orgs.items()}},
    )
    return finish(report, as_json=as_json)


@command.command("show")
@click.argument("name", required=False)
@config_option
@json_option
def show(name: str | None, config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """Log in and show where that leads: org, user, API version, calls left today."""
    from dataclasses import asdict

    from deployer.reporting.console import finish
    from deployer.salesforce.answers import mapping, number

    with open_connection(name, config=config, as_json=as_json) as connection:
        calls = mapping(connection.limits().get("DailyApiRequests") or {}, "DailyApiRequests")
        facts = {**asdict(connection.org), "api_calls_left": number(calls, "Remaining"),
                 "api_calls_a_day": number(calls, "Max")}  # fmt: skip
    rows = tuple((key, str(value)) for key, value in facts.items())
    report = Report(
        tables=(Table("org", ("fact", "value"), rows),),
        document={key: value for key, value in facts.items() if key != "org_id"},
        org_id=str(facts["org_id"]),
    )
    return finish(report, as_json=as_json)
