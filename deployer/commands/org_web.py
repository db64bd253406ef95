"""The browser half of `optout org login web`."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Mapping
from typing import Any

import click

from deployer import state
from deployer.clock import Clock
from deployer.errors import LoginRefused
from deployer.salesforce.entrance import to_place
from deployer.salesforce.session import OrgSession
from deployer.salesforce.web_login import WebApp, fetch_web_token
from deployer.settings.key_places import Keeper, KeyPlace, read_secret
from deployer.settings.loading import Settings
from deployer.settings.org_tables import Role
from deployer.settings.own_orgs import key_file
from deployer.settings.secret import Secret


def bring_refresh_token(
    settings: Settings, name: str, role: Role, given: Mapping[str, Any], clock: Clock
) -> dict[str, object]:
    """Let a person log in, keep the refresh token in a private file, and say where it is.

    Errors: LoginRefused when the app gives no refresh token, and as `fetch_web_token`.
    """
    place = to_place(given["instance_url"] or "", given["login_url"] or "")
    session = OrgSession(clock, loopback=place.loopback, ca_file=given["ca_file"] or None)
    app = WebApp(given["client_id"], _client_secret(settings, given), given["port"])
    token = fetch_web_token(app, place, session, clock, _shower(browser=not given["no_browser"]))
    if not token.refresh:
        raise LoginRefused(
            "the app gave no refresh token",
            where=str(place.token_origin),
            hint="add the scope refresh_token to the app, or log in with: optout org login jwt",
        )
    path = key_file(settings.home, name, role, "refresh_token")
    state.write_private(path, token.refresh.reveal().encode())
    return {"refresh_token_file": str(path)}


def _client_secret(settings: Settings, given: Mapping[str, Any]) -> Secret:
    for keeper in Keeper:
        if where := given.get(f"client_secret_{keeper.value}"):
            return read_secret(KeyPlace("client_secret", keeper, where), settings.environ)
    return Secret("")


def _shower(*, browser: bool) -> Callable[[str], None]:
    def show(address: str) -> None:
        click.echo(f"log in here, then come back:\n{address}", err=True)
        if browser:
            webbrowser.open(address)

    return show
