"""`optout org`: log in, list, show, log out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.commands.options import config_option, json_option, open_connection
from deployer.commands.org_login import login
from deployer.model.findings import Report, Table

if TYPE_CHECKING:
    from deployer.clock import Clock
    from deployer.salesforce.entrance import Way
    from deployer.settings.loading import Settings


@click.group("org")
def command() -> None:
    """Log in to an org; list, show and log out."""


command.add_command(login)


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


@command.command("logout")
@click.argument("name")
@config_option
@json_option
def logout(name: str, config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """Revoke what can be revoked and forget the org."""
    from deployer.reporting.console import finish
    from deployer.settings.loading import load
    from deployer.settings.own_orgs import delete_org, is_own

    settings = load(config)
    settings.pick_org(name)
    revoked = _revoke(settings, name)
    lines = [f"revoked the {', '.join(revoked)} token" if revoked else "nothing to revoke: these "
             "logins leave no lasting token"]  # fmt: skip
    forgotten = is_own(settings.home, name)
    if forgotten:
        delete_org(settings.home, name)
        lines.append(f"forgot {name}")
    else:
        lines.append(f"{name} stays configured in {settings.orgs[name].place}")
    document = {"org": name, "revoked": revoked, "forgotten": forgotten}
    return finish(Report(headline=tuple(lines), document=document), as_json=as_json)


def _revoke(settings: Settings, name: str) -> list[str]:
    """Revoke each identity's own token; the roles that had one."""
    from deployer.clock import SystemClock
    from deployer.salesforce.entrance import find_way

    done = []
    clock = SystemClock()
    for role in settings.orgs[name].identities:
        with find_way(settings, name, role, clock) as way:
            if _revoke_one(way, clock):
                done.append(role.value)
    return done


def _revoke_one(way: Way, clock: Clock) -> bool:
    from deployer.salesforce.login import RefreshLogin, TokenLogin, end_session
    from deployer.salesforce.session import OrgSession

    session = OrgSession(clock, loopback=way.place.loopback, ca_file=way.ca_file)
    if isinstance(way.login, TokenLogin):
        end_session(way.login.token, way.place, session)
        return True
    if isinstance(way.login, RefreshLogin):
        with way.login.store.hold() as refresh:
            end_session(refresh, way.place, session)
        return True
    return False
