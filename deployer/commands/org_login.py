"""`optout org login KIND NAME`: one command a kind, made from the table of what each needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.clock import SystemClock
from deployer.commands.options import json_option
from deployer.model.reports import Report
from deployer.settings.key_places import Keeper
from deployer.settings.org_tables import NEEDS, LoginKind, Needs, OrgSettings, Role

if TYPE_CHECKING:
    from deployer.settings.loading import Settings

_HELP = {
    LoginKind.JWT: "Log in with a signed token: an app, a user and a private key.",
    LoginKind.CLIENT_CREDENTIALS: "Log in as the app's own run-as user.",
    LoginKind.SFDX_URL: "Log in with the force:// URL of the Salesforce CLI.",
    LoginKind.TOKEN: "Use an access token somebody else got.",
    LoginKind.WEB: "Log in in a browser, and keep a refresh token.",
    LoginKind.SOAP: "Log in with user name and password (ends in Summer '27).",
}
_KEEPER_HELP = {
    Keeper.FILE: "File that holds the {}, readable by you only.",
    Keeper.ENV: "Name of the environment variable that holds the {}.",
    Keeper.KEYRING: "Name of the keyring entry that holds the {}.",
}
_TEXT_HELP = {
    "client_id": "The app's consumer key.",
    "username": "The user to log in as.",
    "login_url": "Where to log in (default: the org's own address, else login.salesforce.com).",
    "instance_url": "The org's own address, https://MYDOMAIN.my.salesforce.com.",
}
# What the browser brings is not given on the command line.
_BROUGHT = {LoginKind.WEB: ("refresh_token",)}


@click.group("login")
def login() -> None:
    """Log in to an org and remember how; no secret is ever given on the command line."""


def _make(kind: LoginKind) -> click.Command:
    def run(name: str, role: str, as_json: bool, **given: Any) -> int:  # noqa: FBT001 - click's signature
        from deployer.reporting.console import finish

        return finish(_log_in(kind, name, Role(role), given), as_json=as_json)

    return click.Command(
        kind.value, callback=run, params=_params(kind, NEEDS[kind]), help=_HELP[kind]
    )


def _params(kind: LoginKind, needs: Needs) -> list[click.Parameter]:
    params: list[click.Parameter] = [click.Argument(["name"])]
    params += [_text_option(key, required=True) for key in needs.plain]
    params += [_text_option(key, required=False) for key in (*needs.optional, "instance_url")]
    secrets = (*needs.secrets, *needs.optional_secrets)
    for secret in (name for name in secrets if name not in _BROUGHT.get(kind, ())):
        params += [_secret_option(secret, keeper) for keeper in Keeper]
    roles = click.Choice([role.value for role in Role])
    params.append(
        click.Option(["--role"], type=roles, default="deployer", show_default=True,
                     help="What this login is for: to plan and deploy, to look, to sync.")
    )  # fmt: skip
    params.append(
        click.Option(["--ca-file"], type=click.Path(exists=True, dir_okay=False, path_type=Path),
                     help="More certificate authorities to trust (PEM).")
    )  # fmt: skip
    params += _web_options() if kind is LoginKind.WEB else []
    holder: Callable[..., Any] = json_option(lambda: None)
    return [*params, *reversed(holder.__click_params__)]  # type: ignore[attr-defined]


def _web_options() -> list[click.Parameter]:
    ports = click.IntRange(0, 65535)
    keeps = click.Choice(["auto", Keeper.KEYRING.value, Keeper.FILE.value])
    return [
        click.Option(["--keep"], type=keeps, default="auto", show_default=True,
                     help="Where to keep the refresh token; auto: the keyring, else a file."),
        click.Option(["--no-browser"], is_flag=True, help="Only print the address."),
        click.Option(["--port"], type=ports, default=1717, show_default=True,
                     help="Where the browser comes back to."),
    ]  # fmt: skip


def _text_option(key: str, *, required: bool) -> click.Option:
    return click.Option([_flag(key), key], required=required, metavar=key.upper(),
                        help=_TEXT_HELP[key])  # fmt: skip


def _secret_option(secret: str, keeper: Keeper) -> click.Option:
    key = f"{secret}_{keeper.value}"
    help_text = _KEEPER_HELP[keeper].format(secret.replace("_", " "))
    return click.Option([_flag(key), key], metavar="PATH" if keeper is Keeper.FILE else "NAME",
                        help=help_text)  # fmt: skip


def _flag(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _log_in(kind: LoginKind, name: str, role: Role, given: Mapping[str, Any]) -> Report:
    """Draft the identity, prove it by connecting, then write it down."""
    from deployer.salesforce.connection import describe_org
    from deployer.salesforce.entrance import Access, open_org
    from deployer.settings.loading import Settings, load
    from deployer.settings.own_orgs import draft_org, write_org

    settings = load()
    org = {"instance_url": given["instance_url"], "ca_file": _absolute(given["ca_file"])}
    if kind is LoginKind.WEB:
        return _log_in_by_browser(settings, name, role, org, given)
    identity = _identity(kind, given)
    draft = draft_org(settings.home, name, role, org, identity)
    trial = Settings(settings.file, settings.environ, settings.home, {name: draft})
    with open_org(trial, name, role, Access.READ, SystemClock()) as connection:
        found, line = connection.org, describe_org(connection)
    facts = {"org_id": found.org_id, "instance_url": found.instance_url}
    write_org(settings.home, name, role, {**org, **facts}, identity)
    return _report(line, draft, found.org_id, hidden=settings.orgs.get(name))


def _log_in_by_browser(
    settings: Settings, name: str, role: Role, org: dict[str, Any], given: Mapping[str, Any]
) -> Report:
    """As `_log_in`: whatever can be wrong is found before a person is asked to log in."""
    from deployer.commands.org_web import bring_token, kept_token, pick_shelf, replaced_token
    from deployer.salesforce.connection import describe_org
    from deployer.settings.own_orgs import draft_org, write_org

    shelf = pick_shelf(settings, name, role, given["keep"])
    identity = _identity(LoginKind.WEB, given)
    draft = draft_org(settings.home, name, role, org, {**identity, **shelf.keys})
    brought = bring_token(settings, draft, given, SystemClock())
    found, line = brought.connection.org, describe_org(brought.connection)
    facts = {"org_id": found.org_id, "instance_url": found.instance_url}
    with (
        replaced_token(settings, name, role, SystemClock()),
        kept_token(shelf, brought) as (kept, note),
    ):
        write_org(settings.home, name, role, {**org, **facts}, {**identity, **kept.keys})
    report = _report(line, draft, found.org_id, hidden=settings.orgs.get(name))
    return replace(report, headline=(*report.headline, note)) if note else report


def _identity(kind: LoginKind, given: Mapping[str, Any]) -> dict[str, object]:
    needs = NEEDS[kind]
    secrets = [f"{s}_{k.value}" for s in (*needs.secrets, *needs.optional_secrets) for k in Keeper]
    identity: dict[str, object] = {"login": kind.value}
    for key in (*needs.plain, *needs.optional, *secrets):
        if given.get(key):
            identity[key] = _absolute(given[key]) if key.endswith("_file") else given[key]
    return identity


def _absolute(path: object) -> str:
    return str(Path(str(path)).expanduser().absolute()) if path else ""


def _report(line: str, draft: OrgSettings, org_id: str, *, hidden: OrgSettings | None) -> Report:
    lines = [f"logged in: {line}", f"use it with --org {draft.name}"]
    if hidden is not None and hidden.place != draft.place:
        lines.append(f"note: while it is there, {hidden.place} is used instead")
    return Report(headline=tuple(lines), document={"org": draft.name}, org_id=org_id)


for _kind in LoginKind:
    login.add_command(_make(_kind))
