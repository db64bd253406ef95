"""`optout practice-org`: run a Salesforce org on loopback, in a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from deployer.commands.practice_org_faults import fault
from deployer.commands.practice_org_workbench import audit, clock
from deployer.extras import require_extra


@click.group("practice-org")
def command() -> None:
    """Run a Salesforce org on loopback, for trying things out."""


@command.command("start")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path),
              help="Where the org is kept; default: what --org practice uses.")  # fmt: skip
@click.option("--http-port", type=click.IntRange(0, 65535), default=0, help="0: a free one.")
@click.option("--https-port", type=click.IntRange(0, 65535), default=0, help="0: a free one.")
@click.option("--metadata", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Load layouts and other metadata from this folder.")  # fmt: skip
@click.option("--rename-duplicates", is_flag=True, help="Load layouts of one name side by side.")
@click.option("--contacts", type=click.IntRange(0), help="How many Contacts a new org gets.")
@click.option("--leads", type=click.IntRange(0), help="How many Leads a new org gets.")
@click.option("--users", type=click.IntRange(6), help="How many users a new org gets.")
@click.option("--production", is_flag=True, help="A new org is no sandbox.")
@click.option("--with-marketo-field", is_flag=True, help="Add the field Marketo Sales Opt Out.")
@click.option("--notes", type=click.Path(dir_okay=False, path_type=Path),
              help="Add a line for each request to this file.")  # fmt: skip
@click.option("--reset", is_flag=True, help="Forget the org and start anew.")
@click.option("--until-stdin-closes", is_flag=True, help="Stop when stdin is at its end.")
@click.option("--json", "as_json", is_flag=True, help="Say where it is as one JSON object.")
def start(data: Path | None, *, as_json: bool, **options: object) -> None:
    """Serve the org until SIGTERM or Ctrl-C.

    The first line of stdout (with --json: one object) says where it is and how to log in. State
    is kept in the data folder; a second start goes on with it.
    """
    require_extra("practice", "the practice org")
    from deployer.state import home

    folder = data or home() / "practice-org"
    words = ["--data", str(folder), *(["--json"] if as_json else []), *_words(options)]
    sys.stdout.flush()
    # The org takes this process over: signals, exit code and stdout are its own.
    os.execv(sys.executable, [sys.executable, "-m", "practice_org", *words])  # noqa: S606 - our own module


def _words(options: dict[str, object]) -> list[str]:
    """Click's options as words for python -m practice_org; those not given are left out."""
    words: list[str] = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value is not None and value is not False:
            words += [flag, str(value)]
    return words


for below in (audit, clock, fault):
    command.add_command(below)
