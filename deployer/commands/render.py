"""optout render: write the complete package that another tool can deploy."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from deployer.clock import SystemClock
from deployer.commands.options import open_connection, org_options
from deployer.commands.render_identity import field_of, identity_options
from deployer.commands.render_identity import to_report as to_identity_report
from deployer.commands.wishes import put_options
from deployer.errors import UsageError
from deployer.metadata_files import find_files
from deployer.model.identities import Identity
from deployer.model.layouts import layout_name_of
from deployer.model.plans import LightningPages, Plan, Wish
from deployer.model.reports import Report
from deployer.planning.from_files import NO_PAGES, Format, plan_from_files, to_folder
from deployer.planning.from_org import Asker, fetch_plan
from deployer.planning.identities import identity_folder
from deployer.planning.page_files import find_pages
from deployer.reporting.console import finish
from deployer.reporting.plans import exit_of, to_report
from deployer.reporting.results import Result


@click.command(name="render")
@click.option(
    "--from", "project", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take the layouts from this project's files.",
)  # fmt: skip
@click.option(
    "--format", "layout", type=click.Choice([f.value for f in Format]),
    default=Format.METADATA.value, show_default=True, help="How to lay the files out.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The folder to write; new."
)
@identity_options
@put_options
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    project: Path | None,
    identity: Identity | None,
    layout: str,
    out: Path,
    wish: Wish,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> int:
    """Write what a deploy would send as a folder, for sf, cci or Ant to deploy.

    With --identity it is the permission set of one login instead, each right with its reason.
    """
    _one_source(project, org, identity)
    _refuse_filled(out)
    if identity is not None:
        return finish(_write_identity(identity, Format(layout), out, wish), as_json=as_json)
    if project is not None:
        plan, calls = _plan_from_project(project, wish), []
    else:
        with open_connection(org, "read", config=config, as_json=as_json) as conn:
            plan = fetch_plan(Asker(conn, SystemClock()), wish)
            calls = conn.calls
    files = to_folder(plan, Format(layout))
    _write_folder(out, files)
    wrote = f"{len(files)} files written to {out}" if files else "nothing written"
    result = Result(plan, calls=calls, notes=(wrote,))
    report = to_report(result, exit_of(result))
    return finish(report, as_json=as_json)


def _one_source(project: Path | None, org: str | None, identity: Identity | None) -> None:
    if sum(source is not None for source in (project, org, identity)) == 1:
        return
    raise UsageError(
        "what to write comes from a project's files, from an org, or is a login's permission set",
        where="--from",
        hint="give one of --from FOLDER, --org NAME and --identity IDENTITY",
    )


def _write_identity(identity: Identity, layout: Format, out: Path, wish: Wish) -> Report:
    field = field_of(wish.field)
    files = identity_folder(identity, field, layout)
    _write_folder(out, files)
    return to_identity_report(identity, field, out, files)


def _plan_from_project(project: Path, wish: Wish) -> Plan:
    layouts = find_files([project], lambda name: layout_name_of(name) is not None, kind="layout")
    name = wish.access.permission_set
    endings = (f"{name}.permissionset", f"{name}.permissionset-meta.xml")
    sets = [
        path for path in sorted(project.rglob(f"{name}.permissionset*")) if path.name in endings
    ]
    pages = find_pages(project) if wish.pages is LightningPages.EDIT else NO_PAGES
    return plan_from_files(layouts, sets[0] if sets else None, wish, pages)


def _refuse_filled(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            "the output folder is not empty",
            where=str(out),
            hint="name a new folder with --out; nothing that is there is overwritten",
        )


def _write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Write all of it or nothing: a folder beside it becomes the folder."""
    if not files:
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as draft:
        root = Path(draft) / "out"
        for path, data in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        root.chmod(0o755)
        root.replace(out)
