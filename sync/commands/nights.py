"""`optout sync nightly` and `adopt`: both sides made to say the same."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.options import org_options
from deployer.errors import Exit, OptoutError, UsageError
from sync.desk import Ask, Desk, open_desk

if TYPE_CHECKING:
    from deployer.model.findings import Report
    from sync.night.night import Asked, Summary


@click.command("nightly")
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--force", is_flag=True, help="Run now, whatever the clock says.")
@click.option("--approve", metavar="RUN", default="", help="Write what this held run showed.")
@org_options
def nightly(*, dry_run: bool, force: bool, approve: str, **ask: Any) -> int:
    """Bring both sides to the same state, once a day when it is due.

    If either side is opted out, the other is marked; nothing is ever opted in. Exit 0: done,
    nothing due, or switched off; 1: held, failed, or something new for a person; 75: another one
    runs.
    """
    from sync.night.night import Asked, Mode

    mode = Mode.DRY if dry_run else Mode.NIGHTLY
    with open_desk(Ask(**ask)) as desk:
        asked = Asked(mode, approve, budget_percent=desk.sync.api_budget_percent)
        code = _run_when_due(desk, asked, force=force)
        if not dry_run:
            _forget(desk)
        return code


def _run_when_due(desk: Desk, asked: Asked, *, force: bool) -> int:
    from sync.night.due import Owed, owed
    from sync.night.night import Mode, Outcome, Summary

    state, dry_run = owed(desk.ledger, desk.sync.schedule), asked.mode is Mode.DRY
    if state is Owed.DISABLED and not dry_run:
        return _finish(desk, Summary("", Outcome.DISABLED))
    if state is Owed.NOT_YET and not (force or asked.approved or dry_run):
        return _finish(desk, Summary("", Outcome.NOTHING_DUE))
    return _run(desk, asked)


def _forget(desk: Desk) -> None:
    """Whatever came of the night; what cannot be removed today can be tomorrow."""
    import structlog

    from sync.retention import forget

    try:
        forget(desk.ledger, desk.runs, desk.sync.keep_days)
    except OSError as refused:
        structlog.get_logger().warning(
            "an old run's list cannot be removed", file=str(refused.filename), why=refused.strerror
        )


@click.command("adopt")
@click.option("--yes", is_flag=True, help="Write what this run finds without being asked again.")
@click.option("--approve", metavar="RUN", default="", help="Write what that run showed.")
@org_options
def adopt(*, yes: bool, approve: str, **ask: Any) -> int:
    """The first run of a field in an org: counts and a sample, written once you approve."""
    from sync.night.night import Asked, Mode

    with open_desk(Ask(**ask)) as desk:
        budget = desk.sync.api_budget_percent
        return _run(desk, Asked(Mode.ADOPT, approve, approve_all=yes, budget_percent=budget))


def _run(desk: Desk, asked: Asked) -> int:
    from sync.night.night import Room, run_night

    people = desk.open_people()
    room = Room(
        desk.ledger,
        people,
        lambda: desk.open_door(people),
        desk.runs,
        lambda: secrets.token_hex(6),
    )
    try:
        return _finish(desk, run_night(room, desk.sync.fields, asked))
    except UsageError:
        raise
    except OptoutError as problem:
        return _fail(problem, as_json=desk.ask.as_json)


def _fail(problem: OptoutError, *, as_json: bool) -> int:
    """Tell of a night that could not be finished; the ledger has what it had done."""
    from deployer.reporting.problems import write_problem
    from sync.ledger.lease import Busy
    from sync.night.night import Outcome, Summary

    busy = isinstance(problem, Busy)
    summary = Summary("", Outcome.BUSY if busy else Outcome.FAILED)
    code = Exit.TRY_LATER if busy else Exit.SAID_NO
    write_problem(problem, as_json=as_json, body=_document(summary), exit_code=code)
    return code


def _document(summary: Summary) -> dict[str, Any]:
    return {**asdict(summary), "outcome": summary.outcome.value}


def _finish(desk: Desk, summary: Summary) -> int:
    from deployer.reporting.console import finish

    return finish(_to_report(desk, summary), as_json=desk.ask.as_json)


def _to_report(desk: Desk, summary: Summary) -> Report:
    from deployer.model.findings import Report, Table

    sides = ("salesforce", "people")
    rows = tuple(
        (side, str(summary.planned[side]), str(summary.writes[side]), str(summary.held[side]))
        for side in sides
    )
    return Report(
        headline=(*_lines(summary),),
        tables=(Table("writes", ("side", "planned", "written", "held"), rows),)
        if summary.run_id
        else (),
        document=_document(summary),
        exit=Exit.SAID_NO if summary.needs_a_person else Exit.DONE,
        org_id=desk.bound().org_id or None,
    )


def _lines(summary: Summary) -> list[str]:
    from sync.night.night import FIRST_RUN

    lines = [f"run {summary.run_id}: {summary.outcome.value}" if summary.run_id else
             f"nothing was done: {summary.outcome.value}"]  # fmt: skip
    lines += [f"  held: {why}" for why in summary.why_held]
    for side, keys in summary.sample.items():
        if keys and summary.why_held:
            lines.append(f"  first of {side}: {', '.join(keys)}")
    if summary.newly_quarantined or summary.unknown:
        lines.append(
            f"  {summary.newly_quarantined} newly refused, {summary.unknown} unknown; "
            "next: optout sync quarantine list"
        )
    if summary.why_held:
        verb = "adopt" if FIRST_RUN in summary.why_held else "nightly"
        lines.append(f"  next: optout sync {verb} --approve {summary.run_id}")
    if summary.outcome.value == "disabled":
        lines.append("  next: optout sync enable --by NAME")
    return lines
