"""optout uninstall: take back what optout put into an org, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from deployer.commands.wishes import field_options
from deployer.errors import UsageError
from deployer.model.plans import FieldKind, FieldWish, Plan
from deployer.model.reports import Report
from deployer.planning.snapshot import Snapshot, from_bytes
from deployer.planning.uninstalling import TakeBack, fetch_take_back_plan
from deployer.rollout.desk import Desk
from deployer.rollout.journal import Journal, Step
from deployer.rollout.ticked import keep_ticked, refuse_existing
from deployer.rollout.walk import Wanted, roll_out

_IN_THE_ORG = frozenset({Step.APPLIED, Step.DONE})


@dataclass(frozen=True, slots=True)
class _Words:
    """The option values that say what is taken back."""

    field: FieldWish
    permission_set: str | None
    delete_field: str | None
    ticked_out: Path | None


@click.command("uninstall", cls=ReportCommand, formats=("html",))
@field_options
@click.option(
    "--permission-set", metavar="NAME", help="The permission set that optout put access into."
)
@click.option(
    "--delete-field", metavar="API_NAME",
    help="Also delete this field, which optout created, with every tick in it.",
)  # fmt: skip
@click.option(
    "--ticked-out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Where --delete-field keeps the ids that are ticked (CSV).",
)  # fmt: skip
@click.option(
    "--from", "snapshot_paths", multiple=True, metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A snapshot kept with deploy --snapshot-out, where another machine deployed.",
)  # fmt: skip
@change_options
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    field: FieldWish,
    permission_set: str | None,
    delete_field: str | None,
    ticked_out: Path | None,
    snapshot_paths: tuple[Path, ...],
    words: DeployWords,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> Report:
    """Take the field off what optout put it on, and its permission set away.

    What had the field before is left alone. --delete-field deletes the field too.
    """
    said = _Words(field, permission_set, delete_field, ticked_out)
    _refuse_contradictions(said, config)
    given = [from_bytes(path.read_bytes(), str(path)) for path in snapshot_paths]
    with at_desk(Place(org, config, as_json), words) as (desk, agree):
        ticked = _ticked_path(said, desk, words)
        wish = _take_back(said, ticked, config)
        wanted = Wanted(
            fresh=fresh_from(
                desk,
                lambda asker: fetch_take_back_plan(asker, wish, _done(desk.journal, given)),
            ),
            agree=agree if words.check_only else _agree_and_keep(agree, desk, ticked),
            run_id=words.run_id,
        )
        return roll_out(wanted, desk, to_options(words, desk.clock))


def _done(journal: Journal, given: list[Snapshot]) -> list[Snapshot]:
    """The snapshots of what was done to the org, oldest first: this machine's and those given."""
    own = [
        from_bytes(journal.read_snapshot(entry.key), entry.key)
        for entry in journal.entries()
        if entry.step in _IN_THE_ORG
    ]
    return sorted([*own, *given], key=lambda snapshot: snapshot.created_at)


def _agree_and_keep(
    agree: Callable[[Plan], None], desk: Desk, ticked: Path | None
) -> Callable[[Plan], None]:
    """The ids are on disk once it was agreed, and before anything is sent."""

    def agree_and_keep(plan: Plan) -> None:
        agree(plan)
        if plan.deleted_fields and ticked is not None:
            keep_ticked(desk, plan.deleted_fields, ticked)

    return agree_and_keep


def _ticked_path(said: _Words, desk: Desk, words: DeployWords) -> Path | None:
    if not said.delete_field:
        return None
    name = f"{said.delete_field}-{words.run_id}.csv"
    path = (said.ticked_out or desk.journal.lock_path.parent / "ticked" / name).absolute()
    refuse_existing(path)
    return path


def _take_back(said: _Words, ticked: Path | None, config: Path | None) -> TakeBack:
    from deployer.settings.loading import load

    settled = load(config).resolve(flags={"permission_set": said.permission_set})
    field = FieldWish(custom_field=said.delete_field) if said.delete_field else said.field
    return TakeBack(field, str(settled["permission_set"].value), str(ticked or ""))


def _refuse_contradictions(said: _Words, config: Path | None) -> None:
    """Errors: UsageError for options that contradict each other or the sync's settings."""
    if said.delete_field is None:
        if said.ticked_out is not None:
            raise UsageError(
                "--ticked-out is for --delete-field alone",
                where="--ticked-out",
                hint="add --delete-field API_NAME, or leave --ticked-out away",
            )
        return
    from deployer.settings.api_names import checked_api_name

    name = checked_api_name(said.delete_field, "--delete-field")
    if not name.endswith("__c") or "__" in name.removesuffix("__c"):
        raise UsageError(
            f"{name} is no custom field of the org's own; Salesforce or a package brings it",
            where="--delete-field",
            hint="leave --delete-field away; uninstall takes the field off without it",
        )
    _refuse_used_by_sync(name, config)


def _refuse_used_by_sync(name: str, config: Path | None) -> None:
    from deployer.settings.loading import load
    from deployer.settings.table import Setting, Table

    settings = load(config)
    sync = Table("sync", (Setting("field", str, "", "", env="OPTOUT_SYNC_FIELD"),))
    chosen = settings.resolve(sync)["field"]
    custom = settings.resolve()["custom_field"]
    wanted = chosen.value == FieldKind.MARKETO_SALES_OPT_OUT.value
    if wanted and str(custom.value).casefold() == name.casefold():
        raise UsageError(
            f"the sync writes opt-outs to {name}: they would have nowhere to go",
            where=chosen.source,
            hint='stop optout sync and set field = "email-opt-out" under [sync] first',
        )
