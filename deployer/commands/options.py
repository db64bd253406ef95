"""Options that many commands share, and the one way a command opens an org."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import click

from deployer.errors import UsageError

if TYPE_CHECKING:  # `optout --help` must not load a network library
    from contextlib import AbstractContextManager

    from deployer.clock import Clock
    from deployer.salesforce.client import Connection, Writer

F = TypeVar("F", bound=Callable[..., Any])

org_option = click.option(
    "--org", "org", metavar="NAME", help="The org to work with; practice is the practice org."
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)
config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The settings file (default: optout.toml here or above).",
)


def org_options(command: F) -> F:
    """--org, --config and --json, in this order."""
    return org_option(config_option(json_option(command)))


@overload
def open_connection(
    org: str | None, access: Literal["write"], *, role: str = ..., config: Path | None = ...,
    as_json: bool = ..., clock: Clock | None = ...,
) -> AbstractContextManager[Writer]: ...  # fmt: skip
@overload
def open_connection(
    org: str | None, access: Literal["read"] = ..., *, role: str = ..., config: Path | None = ...,
    as_json: bool = ..., clock: Clock | None = ...,
) -> AbstractContextManager[Connection]: ...  # fmt: skip
@contextmanager
def open_connection(  # noqa: PLR0913 - what every command has at hand, by name
    org: str | None,
    access: Literal["read", "write"] = "read",
    *,
    role: str = "deployer",
    config: Path | None = None,
    as_json: bool = False,
    clock: Clock | None = None,
) -> Iterator[Any]:
    """Open the org named by --org (or the only configured one) for the block.

    Prints the line naming org, kind and user on stderr, unless the output is JSON. `role` is
    deployer, auditor or runner. Errors: UsageError about settings; LoginRefused; OrgSaidNo.
    """
    from deployer.clock import SystemClock
    from deployer.reporting.visible import to_visible
    from deployer.salesforce.connection import describe_org
    from deployer.salesforce.entrance import Access, open_org
    from deployer.settings.loading import load
    from deployer.settings.org_tables import Role

    settings = load(config)
    name = settings.pick_org(org)
    wanted = Role(role)
    with open_org(settings, name, wanted, Access(access), clock or SystemClock()) as connection:
        if not as_json:
            stands_in = name in settings.orgs and wanted not in settings.orgs[name].identities
            note = f" (no {role} identity is configured: the deployer's is used)"
            click.echo(
                to_visible(f"{describe_org(connection)}{note if stands_in else ''}"), err=True
            )
        yield connection


def confirm(question: str, *, yes: bool) -> None:
    """Ask on the terminal before something is changed.

    Errors: UsageError without a terminal and without --yes; click.Abort for no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "this has to be confirmed, and nobody is here to be asked",
            where="--yes",
            hint="add --yes to the command",
        )
    click.confirm(question, abort=True, err=True)


def check_production(*, is_sandbox: bool, production: bool) -> None:
    """Errors: UsageError when a production org would be changed without --production."""
    if not is_sandbox and not production:
        raise UsageError(
            "this is a production org, and --production was not given",
            where="--production",
            hint="add --production to the command if that is what you mean",
        )
