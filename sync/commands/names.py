"""Options that say who decided something, as the audit keeps it."""

from __future__ import annotations

import getpass

import click

from deployer.errors import UsageError

_LONGEST = 200


def _one_line(_ctx: click.Context, param: click.Parameter, text: str) -> str:
    """Errors: UsageError for an empty text, a long one, or one of several lines."""
    if text.strip() and text.isprintable() and len(text) <= _LONGEST:
        return text.strip()
    raise UsageError(
        f"it must be 1 to {_LONGEST} printable characters on one line",
        where=f"--{param.name}",
        hint=f"write --{param.name} 'Ann Lee'" if param.name == "by" else "say it in one line",
    )


def _user_here() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "somebody on this machine"


by_option = click.option(
    "--by", required=True, metavar="NAME", callback=_one_line, help="Who decides this; audited."
)
approver_option = click.option(
    "--by", default=_user_here, show_default="who is logged in here", metavar="NAME",
    callback=_one_line, help="Who approves this; audited.",
)  # fmt: skip
reason_option = click.option(
    "--reason", required=True, metavar="TEXT", callback=_one_line, help="Why; audited."
)
