"""`optout sync nightly` and `adopt`: both sides made to say the same."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.options import org_options
from deployer.errors import Exit, OptoutError, UsageError
from sync.commands.names import approver_option
from sync.desk import Ask, Desk, open_desk

if TYPE_CHECKING:
    from sync.night.night import Asked, Mode, Summary


@click.command("nightly")
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--force", is_flag=True, help="Run now, whatever the clock says.")
@click.option("--approve", metavar="RUN", default="", help="Write what this held run showed.")
@approver_option
@org_options
def nightly(*, dry_run: bool, force: bool, approve: str, by: str, **ask: Any) -> int:
    """Bring both sides to the same state, once a day when it is due.

    If either side is opted out, the other is marked; nothing is ever opted in. Exit 0: done,
    nothing due, or switched off; 1: held, failed, or something new for a person; 75: another one
    runs.
    """
    from sync.night.night import Asked, Mode

    mode = Mode.DRY if dry_run else Mode.NIGHTLY
    with open_desk(Ask(**ask)) as desk:
        asked = Asked(mode, approve, budget_percent=desk.sync.api_budget_percent, by=by)
        code = _run_when_due(desk, asked, force=force)
        if not dry_run:
            _forget(desk)
        return code


def _run_when_due(desk: Desk, asked: Asked, *, force: bool) -> int:
    from sync.night.due import Owed, owed
    from sync.night.night import Mode, Outcome, Summary

    state, dry_run = owed(desk.ledger, desk.sync.schedule), asked.mode is Mode.DRY
    if state is Owed.DISABLED and not dry_run:
        return _finish(desk, Summary("", Outcome.DISABLED), asked.mode)
    if state is Owed.NOT_YET and not (force or asked.approved or dry_run):
        return _finish(desk, Summary("", Outcome.NOTHING_DUE), asked.mode)
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
@approver_option
@org_options
def adopt(*, yes: bool, approve: str, by: str, **ask: Any) -> int:
    """The first run of a field in an org: counts and a sample, written once you approve.

    Nothing is written until then: it exits with 1 and prints the command that approves what it
    showed. A field has to be adopted once; another field, or another org, anew.
    """
    from sync.night.night import Asked, Mode

    with open_desk(Ask(**ask)) as desk:
        budget = desk.sync.api_budget_percent
        asked = Asked(Mode.ADOPT, approve, approve_all=yes, budget_percent=budget, by=by)
        return _run(desk, asked)


def _run(desk: Desk, asked: Asked) -> int:
    from sync.commands.watching import watching
    from sync.night.night import Room, run_night

    people = desk.open_people()
    try:
        door = desk.open_door(people)  # what it says and asks comes before the moving line
        with watching(as_json=desk.ask.as_json) as tell:
            room = Room(
                desk.ledger, people, lambda: door, desk.runs, lambda: secrets.token_hex(6), tell
            )
            summary = run_night(room, desk.sync.fields, asked)
        return _finish(desk, summary, asked.mode)
    except UsageError:
        raise
    except OptoutError as problem:
        return _fail(problem, as_json=desk.ask.as_json)


def _fail(problem: OptoutError, *, as_json: bool) -> int:
    """Tell of a night that could not be finished; the ledger has what it had done."""
    from deployer.reporting.problems import write_problem
    from sync.commands.night_report import to_document
    from sync.ledger.lease import Busy
    from sync.night.night import Outcome, Summary

    busy = isinstance(problem, Busy)
    summary = Summary("", Outcome.BUSY if busy else Outcome.FAILED)
    code = Exit.TRY_LATER if busy else Exit.SAID_NO
    write_problem(problem, as_json=as_json, body=to_document(summary), exit_code=code)
    return code


def _finish(desk: Desk, summary: Summary, mode: Mode) -> int:
    from deployer.reporting.console import finish
    from sync.commands.night_report import to_report

    return finish(to_report(desk, summary, mode), as_json=desk.ask.as_json)
