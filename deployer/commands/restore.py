"""optout restore: put back what a deploy replaced."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.formats import ReportCommand
from deployer.commands.options import org_options
from deployer.commands.rollouts import (
    DeployWords,
    Place,
    at_desk,
    change_options,
    fresh_from,
    to_options,
)
from deployer.errors import UsageError
from deployer.model.plans import Aim
from deployer.model.reports import Report
from deployer.planning.from_snapshot import fetch_restore_plan
from deployer.planning.snapshot import Snapshot, from_bytes
from deployer.rollout.desk import Desk
from deployer.rollout.journal import SENT_STEPS, Entry
from deployer.rollout.walk import Wanted, roll_out


@click.command("restore", cls=ReportCommand, formats=("html",))
@click.argument("deploy", required=False)
@click.option(
    "--from", "snapshot_path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A snapshot kept with deploy --snapshot-out.",
)  # fmt: skip
@change_options
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    deploy: str | None,
    snapshot_path: Path | None,
    words: DeployWords,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> Report:
    """Put back what DEPLOY replaced (default: the newest deploy that sent something)."""
    if deploy and snapshot_path:
        raise UsageError(
            "a deploy and a snapshot file were both given",
            where="--from",
            hint="give one of the two",
        )
    with at_desk(Place(org, config, as_json), words) as (desk, agree):
        snapshot, key = _pick(desk, deploy, snapshot_path)
        wanted = Wanted(
            fresh=fresh_from(desk, lambda asker: fetch_restore_plan(asker, snapshot)),
            agree=agree,
            run_id=words.run_id,
            restores=key,
        )
        return roll_out(wanted, desk, to_options(words, desk.clock))


def _pick(desk: Desk, deploy: str | None, path: Path | None) -> tuple[Snapshot, str]:
    """The snapshot that is meant, and its deploy's key ("" for a file)."""
    if path is not None:
        return from_bytes(path.read_bytes(), str(path)), ""
    entry = desk.journal.find(deploy) if deploy else _newest(desk)
    if entry is None:
        raise UsageError(
            f"no deploy {deploy} is known for this org" if deploy else "nothing was deployed yet",
            where=desk.journal.org_id,
            hint="optout jobs list shows the deploys; restore --from FILE takes a kept snapshot",
        )
    return from_bytes(desk.journal.read_snapshot(entry.key), entry.key), entry.key


def _newest(desk: Desk) -> Entry | None:
    """The newest deploy that sent something; a restore is not a thing to restore."""
    return next(
        (
            entry
            for entry in desk.journal.entries()
            if entry.step in SENT_STEPS and entry.aim != Aim.RESTORE.value
        ),
        None,
    )
