"""`optout sync move`: the ledger, and the people of our own beside it, into another database."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click
from sqlalchemy import URL, Engine

from deployer.clock import SystemClock
from deployer.commands.options import confirm, org_options
from deployer.errors import UsageError
from deployer.model.reports import Report
from deployer.reporting.console import finish
from deployer.settings.loading import Settings, load
from deployer.settings.table import Setting, Value
from sync.commands.names import by_option
from sync.database.places import Place, called_place, open_place, read_postgresql
from sync.database.postgresql import Room
from sync.desk import Ask, ledger_place, note_ledger
from sync.ledger.ledger import Ledger
from sync.ledger.trouble import ledger_told
from sync.moving import Moving, ledger_moving, move, people_moving
from sync.people.opening import embedded_file, open_movable
from sync.settings import read_sync

_TO = Setting("to", str, "", "Where to.", env="PGPASSWORD")


@click.command("move")
@click.option(
    "--to", "target", required=True, metavar="URL|FILE",
    help="postgresql+psycopg://USER@HOST/DATABASE, or a file that is not there yet.",
)  # fmt: skip
@by_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@org_options
def command(  # noqa: PLR0913 - what the command takes
    *, target: str, by: str, yes: bool, org: str | None, config: Path | None, as_json: bool
) -> int:
    """Move the ledger, and the people kept beside it, into another database; whole or not at all.

    Refused while a night or a drain is under way. What it moved from is kept, and nothing writes to
    it any more. A password for --to comes from ~/.pgpass or PGPASSWORD.
    """
    ask = Ask(org, config, as_json)
    settings = load(ask.config)
    name = settings.pick_org(ask.org)
    source, to = ledger_place(settings, read_sync(settings), name), _read_target(target)
    if isinstance(source, Path) and not source.exists():
        raise UsageError(
            f"there is no ledger of {name} yet, so there is nothing to move",
            where=called_place(source),
            hint="set ledger_url under [sync]: it is made there",
        )
    if called_place(source) == called_place(to):
        raise UsageError(
            f"the ledger of {name} is there already, as the settings say",
            where="--to",
            hint="name where it is to go; optout sync status shows whether it is in use",
        )
    with ledger_told(to), ledger_told(source), ExitStack() as opened:
        ledger = _open(opened, open_place(source, Room.LEDGER))
        confirm(f"Move the ledger of {name} to {called_place(to)}?", yes=yes)
        people = _people(opened, settings, name, to)
        there = _open(opened, open_place(to, Room.LEDGER))
        moved = move(ledger_moving(ledger, there), people, Ledger(ledger, SystemClock()), by)
        note_ledger(settings, name, to)
    return finish(_to_report(name, to, people, moved.rows), as_json=as_json)


def _open(opened: ExitStack, engine: Engine) -> Engine:
    opened.callback(engine.dispose)
    return engine


def _read_target(target: str) -> Place:
    if "://" not in target:
        return Path(target).absolute()
    return read_postgresql(Value(_TO, target, "--to"))


def _people(opened: ExitStack, settings: Settings, org: str, to: Place) -> list[Moving]:
    """Our own people go along, from a file into a server or from a server into the usual file."""
    source = open_movable(settings, org)
    if source is None:
        return []
    _open(opened, source)
    in_file = source.dialect.name == "sqlite"
    if in_file == isinstance(to, Path):
        return []
    place = embedded_file(settings, org) if isinstance(to, Path) else to
    return [people_moving(source, _open(opened, open_place(place, Room.PEOPLE)))]


def _to_report(org: str, to: Place, people: list[Moving], rows: dict[str, int]) -> Report:
    what = "the ledger and the people" if people else "the ledger"
    settings = _what_to_set(to, people)
    counted = f"{sum(rows.values()):,} rows" if rows else "an earlier move, which is finished now"
    return Report(
        headline=(
            f"moved {what} of {org} to {called_place(to)}: {counted}",
            "what they moved from is kept, and refuses whoever writes to it",
            *(f"next: {each}" for each in settings),
            "then start again what runs: optout sync serve, workers, cron jobs",
        ),
        document={
            "to": called_place(to), "people": bool(people), "rows": rows, "settings": settings,
        },
    )  # fmt: skip


def _what_to_set(to: Place, people: list[Moving]) -> list[str]:
    if isinstance(to, URL):
        address = to.render_as_string()
        both = [f'under [people]: url = "{address}"'] if people else []
        return [f'under [sync]: ledger_url = "{address}", and no ledger', *both]
    both = ["take url under [people] away"] if people else []
    return [f'under [sync]: ledger = "{to}", and no ledger_url', *both]
