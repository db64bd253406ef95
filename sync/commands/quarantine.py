"""`optout sync quarantine`: what was refused, with its reason, until it is through."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import click

from deployer.commands.options import org_options
from deployer.errors import Exit, UsageError
from deployer.model.reports import Report, Table
from deployer.reporting.console import finish
from sync.commands.drains import drain_now, to_findings
from sync.commands.names import by_option
from sync.database.views import reading
from sync.desk import Ask, Desk, open_desk
from sync.ledger.ledger import note, to_text
from sync.ledger.quarantine import Case, acknowledge, cases
from sync.ledger.retrying import read_events_of, retry_cases, retry_open
from sync.people.csv_people import defuse
from sync.people.drafts import writing
from sync.pushing import to_problem

_COLUMNS = ("id", "side", "key", "person_id", "code", "detail", "since", "tried_at", "tries",
            "acknowledged_until", "acknowledged_by")  # fmt: skip
_SHOWN = ("id", "side", "key", "code", "since", "tries", "acknowledged_until")


@click.group("quarantine")
def command() -> None:
    """Show, retry, export and acknowledge what was refused."""


@command.command("list")
@org_options
def list_cases(*, org: str | None, config: Path | None, as_json: bool) -> int:
    """List everything in quarantine, the oldest first; no org is asked."""
    with open_desk(Ask(org, config, as_json)) as desk:
        found = [_document(case) for case in _cases(desk)]
        report = Report(
            headline=_said(len(found)),
            tables=(Table("quarantine", _SHOWN, _rows(found, _SHOWN, "-")),),
            document={"quarantine": found},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)


@command.command("show")
@click.argument("case_id", metavar="ID", type=int)
@org_options
def show(*, case_id: int, org: str | None, config: Path | None, as_json: bool) -> int:
    """Show one refusal, its reason, and the opt-outs that wait behind it."""
    with open_desk(Ask(org, config, as_json)) as desk:
        case = _case(desk, case_id)
        with reading(desk.ledger.engine) as db:
            events = read_events_of(db, case)
        found = _document(case)
        report = Report(
            headline=(
                f"next: mend the cause, then: optout sync quarantine retry {case_id}",
                f"or: optout sync quarantine acknowledge {case_id} --until DATE --by NAME",
            ),
            tables=(
                Table("quarantine", ("what", "is"),
                      tuple((k, str(found[k] or "-")) for k in _COLUMNS)),
                Table("opt-outs", ("event", "received", "source"),
                      tuple((str(e), at, source) for e, at, source in events)),
            ),
            document={**found, "events": [
                {"id": e, "received_at": at, "source": source} for e, at, source in events
            ]},
            org_id=desk.bound().org_id or None,
        )  # fmt: skip
        return finish(report, as_json=as_json)


@command.command("retry")
@click.argument("case_ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="All of them, and whatever waits for a turn.")
@org_options
def retry(
    *, case_ids: tuple[int, ...], every: bool, org: str | None, config: Path | None, as_json: bool
) -> int:
    """Try refused opt-outs again now. Exits with 1 when some are refused again.

    What a night was refused, and no push, the next night tries by itself.
    """
    if every == bool(case_ids):
        raise UsageError(
            "it must be said what to try again",
            where="optout sync quarantine retry",
            hint="name ids from optout sync quarantine list, or use --all",
        )
    with open_desk(Ask(org, config, as_json)) as desk:
        chosen = _cases(desk) if every else [_case(desk, each) for each in case_ids]
        with desk.ledger.engine.begin() as db:
            tried = retry_cases(db, chosen, desk.ledger.now())
            tried += retry_open(db, desk.ledger.now()) if every else 0
        problems = drain_now(desk)
        still = {case.id for case in _cases(desk)} & {case.id for case in chosen}
        code = Exit.TRY_LATER if problems else Exit.SAID_NO if still else Exit.DONE
        report = Report(
            headline=_tried(tried, len(chosen), sorted(still)),
            findings=tuple(to_findings(problems)),
            document={
                "tried": tried, "settled": len(chosen) - len(still), "still": sorted(still),
                "problems": [to_problem(problem) for problem in problems],
            },
            exit=int(code),
            org_id=desk.bound().org_id or None,
        )  # fmt: skip
        return finish(report, as_json=as_json)


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@org_options
def export(*, file: Path, org: str | None, config: Path | None, as_json: bool) -> int:
    """Write the quarantine to a CSV for a spreadsheet, which runs nothing that stands in it."""
    with open_desk(Ask(org, config, as_json)) as desk:
        found = [_document(case) for case in _cases(desk)]
        with writing(file) as text:
            lines = csv.writer(text)
            lines.writerow(_COLUMNS)
            lines.writerows([defuse(cell) for cell in row] for row in _rows(found, _COLUMNS))
        report = Report(
            headline=(f"wrote {len(found)} rows to {file}",),
            document={"exported": len(found), "file": str(file)},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)


@command.command("acknowledge")
@click.argument("case_id", metavar="ID", type=int)
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Say nothing of it before this day begins (UTC).")  # fmt: skip
@by_option
@org_options
def acknowledge_case(  # noqa: PLR0913 - what the command takes
    *, case_id: int, until: datetime, by: str, org: str | None, config: Path | None, as_json: bool
) -> int:
    """Know of one refusal, and let status be silent about it until DATE; it is tried on."""
    with open_desk(Ask(org, config, as_json)) as desk:
        case, quiet = _case(desk, case_id), _until(until.date(), desk.clock.now())
        with desk.ledger.engine.begin() as db:
            acknowledge(db, case.id, quiet, by)
            detail = f"{case.side} {case.key} {case.code} until {until.date()}"
            note(db, desk.ledger.now(), by, "acknowledge", detail)
        report = Report(
            headline=(
                f"case {case.id} counts as known until {until.date()}",
                "  it is tried again once a day all the same",
            ),
            document={"id": case.id, "acknowledged_until": quiet, "acknowledged_by": by},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)


def _until(day: date, now: datetime) -> str:
    begins = datetime.combine(day, time(), UTC)
    if begins > now:
        return to_text(begins)
    raise UsageError(f"{day} is over or has begun", where="--until", hint="name a day to come")


def _cases(desk: Desk) -> list[Case]:
    with reading(desk.ledger.engine) as db:
        return cases(db)


def _case(desk: Desk, case_id: int) -> Case:
    found = next((case for case in _cases(desk) if case.id == case_id), None)
    if found is not None:
        return found
    raise UsageError(
        f"there is nothing with id {case_id} in quarantine",
        where="ID",
        hint="optout sync quarantine list shows what there is; what went through is gone from it",
    )


def _document(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in _COLUMNS}


def _rows(
    found: Sequence[dict[str, Any]], columns: Sequence[str], empty: str = ""
) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(each[name] or empty) for name in columns) for each in found)


def _said(count: int) -> tuple[str, ...]:
    if not count:
        return ("nothing is in quarantine",)
    return (
        f"{count} in quarantine: refused, kept, and tried again once a day",
        "next: optout sync quarantine show ID says why",
    )


def _tried(tried: int, chosen: int, still: Sequence[int]) -> tuple[str, ...]:
    if not chosen:
        return ("nothing is in quarantine; what was due has been tried",)
    told = f"{tried} tried again, {len(still)} of {chosen} still refused"
    return (told, f"next: optout sync quarantine show {still[0]} says why") if still else (told,)
