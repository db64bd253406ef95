"""`optout practice-org fault`: let the running practice org fail on purpose."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.options import json_option
from deployer.commands.practice_org_options import data_option, find_org
from deployer.model.reports import Report, Table
from deployer.reporting.console import finish

if TYPE_CHECKING:  # --help must not load a network library
    from deployer.salesforce.practice_faults import PracticeFault

_LISTING = (sys.executable, "-m", "practice_org.faults")


class _Listing(click.Command):
    """A command whose help ends with the places and codes that the practice org knows."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        # It shares no code with us, so it is asked as a process of its own.
        told = subprocess.run(_LISTING, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter and package, no shell
        formatter.write(f"\n{told.stdout}")


@click.group("fault")
def fault() -> None:
    """Make the running practice org fail on purpose, as Salesforce does."""


@fault.command("add", cls=_Listing)
@click.option("--at", required=True, metavar="PLACE", help="Which requests, records or jobs.")
@click.option("--code", required=True, metavar="CODE", help="What befalls them.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, metavar="N",
              help="Each N-th time; with --seed one in N.")  # fmt: skip
@click.option("--after", type=click.IntRange(0), default=0, show_default=True, metavar="N",
              help="Not the first N times.")  # fmt: skip
@click.option("--times", type=click.IntRange(1), metavar="N", help="N times in all.")
@click.option("--seed", type=int, metavar="S", help="Draw the times from this number.")
@click.option("--only", default="", metavar="ID",
              help="One record or job; of what is created or queried, an object.")  # fmt: skip
@data_option
@json_option
def add(*, data: Path | None, as_json: bool, **wanted: Any) -> int:
    """Switch a fault on, from the next time on, until it is cleared."""
    from deployer.clock import SystemClock
    from deployer.salesforce.practice_faults import send_fault

    found = find_org(data)
    made = send_fault(found, SystemClock(), wanted)
    return finish(
        Report(
            headline=(f"fault {made.id} is on: {made.code} at {made.at}",),
            document={"fault": asdict(made)},
            org_id=found.org_id,
        ),
        as_json=as_json,
    )


@fault.command("list")
@data_option
@json_option
def list_faults(*, data: Path | None, as_json: bool) -> int:
    """List the faults that are on, how often each was met and how often it showed."""
    from deployer.clock import SystemClock
    from deployer.salesforce.practice_faults import fetch_faults

    found = find_org(data)
    faults = fetch_faults(found, SystemClock())
    columns = ("id", "at", "code", "when", "seen", "fired")
    return finish(
        Report(
            headline=() if faults else ("no fault is on",),
            tables=(Table("Faults", columns, tuple(_row(one) for one in faults)),),
            document={"faults": [asdict(one) for one in faults]},
            org_id=found.org_id,
        ),
        as_json=as_json,
    )


@fault.command("clear")
@click.argument("fault_id", metavar="[ID]", type=click.IntRange(1), required=False)
@data_option
@json_option
def clear(*, fault_id: int | None, data: Path | None, as_json: bool) -> int:
    """Switch off the fault of this ID, or all of them."""
    from deployer.clock import SystemClock
    from deployer.salesforce.practice_faults import clear_faults

    found = find_org(data)
    gone = clear_faults(found, SystemClock(), fault_id)
    return finish(
        Report(
            headline=(f"{gone} fault{'' if gone == 1 else 's'} cleared",),
            document={"cleared": gone},
            org_id=found.org_id,
        ),
        as_json=as_json,
    )


def _row(one: PracticeFault) -> tuple[str, ...]:
    counts = (str(one.seen), str(one.fired))
    return (str(one.id), one.at, one.code, _when(one.rule), *counts)


def _when(rule: Any) -> str:
    """The rule in words: each, or what of it was given."""
    given = [
        f"{name} {rule[name]}"
        for name, default in (
            ("every", 1), ("after", 0), ("times", None), ("seed", None), ("only", ""),
        )
        if rule[name] != default
    ]  # fmt: skip
    return ", ".join(given) or "each time"
