"""`optout sync backup` and `restore`: a copy of the ledger, and the way back."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import confirm, org_options
from deployer.model.reports import Report
from deployer.reporting.console import finish
from sync.commands.names import by_option
from sync.desk import Ask, Empty, open_desk
from sync.ledger.backup import check_backup, restore_backup, write_backup


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@org_options
def backup(*, file: Path, org: str | None, config: Path | None, as_json: bool) -> int:
    """Copy the ledger to FILE while it is in use; whole or not at all, for its owner only."""
    with open_desk(Ask(org, config, as_json)) as desk:
        size = write_backup(desk.ledger, file)
        report = Report(
            headline=(f"wrote the ledger of {desk.org} to {file} ({size:,} bytes)",),
            document={"file": str(file), "bytes": size},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@org_options
def restore(  # noqa: PLR0913 - what the command takes
    *, file: Path, by: str, yes: bool, org: str | None, config: Path | None, as_json: bool
) -> int:
    """Put a copy of the ledger back; what is there now is kept beside it.

    Opt-outs that were accepted after the copy was made are in the kept file only.
    """
    with open_desk(Ask(org, config, as_json), empty=Empty.TAKEN) as desk:
        check_backup(desk.ledger, file)
        confirm(f"Replace the ledger of {desk.org}?", yes=yes)
        aside = restore_backup(desk.ledger, file, by, desk.runs.parent)
        report = Report(
            headline=(
                f"the ledger of {desk.org} is what {file} held",
                f"what was accepted since that copy was made is only in the old one: {aside}",
                "next: optout sync status",
            ),
            document={"file": str(file), "kept": str(aside)},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)
