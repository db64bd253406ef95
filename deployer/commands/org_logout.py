"""`optout org logout`: revoke what lasts, then forget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.commands.options import config_option, json_option
from deployer.errors import OptoutError, UsageError
from deployer.model.reports import Report
from deployer.settings.keyring_door import KEYRING_SERVICE
from deployer.settings.org_tables import PRACTICE, LoginKind, Role

if TYPE_CHECKING:
    from deployer.settings.loading import Settings

# The others get a new token at each command; what they keep is a key or a secret of the user's own.
LASTING = frozenset({LoginKind.TOKEN, LoginKind.WEB, LoginKind.SFDX_URL})
_BY_HAND = "revoke it in Setup > Connected Apps OAuth Usage"


@click.command("logout")
@click.argument("name")
@click.option("--forget", is_flag=True, help="Forget it, even if its token cannot be revoked.")
@config_option
@json_option
def logout(name: str, forget: bool, config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """Revoke what can be revoked and forget the org."""
    from deployer.reporting.console import finish
    from deployer.settings.loading import load

    settings = load(config)
    _check_name(settings, name)
    revoked, left = _revoke_all(settings, name, forget=forget)
    return finish(_report(settings, name, revoked, left), as_json=as_json)


def _check_name(settings: Settings, name: str) -> None:
    if name == PRACTICE:
        raise UsageError(
            "nobody logs in to the practice org by command, so nobody logs out",
            where="NAME",
            hint="optout org list shows the orgs that somebody logged in to",
        )
    if name not in settings.orgs:
        raise UsageError(
            f"there is no org {name!r}, so there is nothing to log out of",
            where="NAME",
            hint="optout org list shows the configured ones",
        )


def _revoke_all(
    settings: Settings, name: str, *, forget: bool
) -> tuple[list[str], list[tuple[str, str]]]:
    """The roles whose token was revoked, and those whose was not, each with the reason.

    Errors: what stood in the way, unless `forget`.
    """
    revoked: list[str] = []
    left: list[tuple[str, str]] = []
    for role, identity in settings.orgs[name].identities.items():
        if identity.login not in LASTING:
            continue
        try:
            _revoke(settings, name, role)
            revoked.append(role.value)
        except OptoutError as refused:
            if not forget:
                # A token that is forgotten alive is good for whoever finds it.
                refused.hint += (
                    f"; or: optout org logout {name} --forget, and {_BY_HAND}: "
                    f"the {role.value} token is still good"
                )
                raise
            left.append((role.value, refused.message))
    return revoked, left


def _revoke(settings: Settings, name: str, role: Role) -> None:
    from deployer.clock import SystemClock
    from deployer.salesforce.entrance import find_way
    from deployer.salesforce.login import RefreshLogin, TokenLogin, end_session
    from deployer.salesforce.session import OrgSession

    clock = SystemClock()
    with find_way(settings, name, role, clock) as way:
        session = OrgSession(clock, loopback=way.place.loopback, ca_file=way.ca_file)
        if isinstance(way.login, TokenLogin):
            end_session(way.login.token, way.place, session)
        elif isinstance(way.login, RefreshLogin):
            with way.login.store.hold() as refresh:
                end_session(refresh, way.place, session)


def _report(
    settings: Settings, name: str, revoked: list[str], left: list[tuple[str, str]]
) -> Report:
    from deployer.settings.own_orgs import delete_org, is_own

    lines = [f"not revoked, {_BY_HAND}: the {role} token ({why})" for role, why in left]
    if revoked:
        lines.append(f"revoked the {', '.join(revoked)} token")
    elif not left:
        lines.append("nothing to revoke: these logins leave no lasting token")
    configured = name in settings.file.values.get("orgs", {})
    forgotten = is_own(settings.home, name) and not configured
    if forgotten:
        kept = delete_org(settings.home, name)
        lines += [f"forgot {name}", *map(_say_kept, kept)]
    else:
        lines.append(f"{name} stays configured in {settings.orgs[name].place}")
    if configured and is_own(settings.home, name):
        lines.append("note: it hides a login of that name, which is left alone; take it out there "
                     f"and log out again to end that one: optout org logout {name}")  # fmt: skip
    document = {"org": name, "revoked": revoked, "left": [role for role, _ in left],
                "forgotten": forgotten}  # fmt: skip
    return Report(headline=tuple(lines), document=document)


def _say_kept(entry: str) -> str:
    return f"still in the keyring, delete it there: keyring del {KEYRING_SERVICE} {entry}"
