"""`optout practice-org clock` and `audit`: its time, and every write ever made to it."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.commands.options import json_option
from deployer.commands.practice_org_options import data_option, find_org
from deployer.errors import UsageError
from deployer.model.reports import Report, Table
from deployer.reporting.console import finish

if TYPE_CHECKING:  # --help must not load a network library
    from deployer.salesforce.practice_workbench import AuditEntry

_STEP = re.compile(r"(\d{1,9})(ms|[dhms])", re.ASCII)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "milliseconds"}
_COLUMNS = ("number", "at", "user", "action", "subject", "record", "changed")


class _Step(click.ParamType[timedelta]):
    """3h, 90m, 45s, or several together: 1d12h."""

    name = "step"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        parts = _STEP.findall(value)
        if not parts or "".join(number + unit for number, unit in parts) != value:
            self.fail(f"{value!r} is no stretch of time; say 3h, 90m, 45s or 1d12h", param, ctx)
        return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())


class _Moment(click.ParamType[datetime]):
    """An ISO 8601 time with its offset from UTC."""

    name = "moment"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            parsed = None
        if parsed is None or parsed.tzinfo is None:
            say = "say 2026-11-25T03:00:00+00:00"
            self.fail(f"{value!r} is no time with a zone; {say}", param, ctx)
        return parsed


@click.command("clock")
@click.option("--advance", type=_Step(), metavar="STEP", help="Move it on: 3h, 90m, 45s, 1d12h.")
@click.option("--to", type=_Moment(), metavar="TIME", help="Move it on to an ISO 8601 time.")
@data_option
@json_option
def clock(
    *, advance: timedelta | None, to: datetime | None, data: Path | None, as_json: bool
) -> int:
    """Say what time it is in the running practice org, or move its clock on.

    Jobs come due, sessions, locks and the recycle bin expire; it never goes back.
    """
    from deployer.clock import SystemClock
    from deployer.salesforce.practice_workbench import fetch_time, send_advance, send_time

    if advance is not None and to is not None:
        raise UsageError("two ways to move the clock were given", where="--advance, --to",
                         hint="give one of them")  # fmt: skip
    found, own = find_org(data), SystemClock()
    if advance is not None:
        now = send_advance(found, own, advance)
    elif to is not None:
        now = send_time(found, own, to)
    else:
        now = fetch_time(found, own)
    said = now.isoformat(timespec="milliseconds")
    report = Report(headline=(said,), document={"now": said}, org_id=found.org_id)
    return finish(report, as_json=as_json)


@click.command("audit")
@click.option("--after", type=click.IntRange(0), default=0, show_default=True, metavar="NUMBER",
              help="Only what was written after this entry.")  # fmt: skip
@click.option("--subject", default="", metavar="OBJECT", help="Only what was done to this object.")
@data_option
@json_option
def audit(*, after: int, subject: str, data: Path | None, as_json: bool) -> int:
    """List the writes made to the running practice org, up to 10,000 at a time.

    What it does not show did not happen. --json also tells the values and the request of each.
    """
    from deployer.clock import SystemClock
    from deployer.salesforce.practice_workbench import fetch_audit

    found = find_org(data)
    entries = fetch_audit(found, SystemClock(), after=after, subject=subject)
    last = entries[-1].number if entries else after
    plural = "y" if len(entries) == 1 else "ies"
    return finish(
        Report(
            headline=(f"{len(entries)} entr{plural}; what comes later: --after {last}",),
            tables=(Table("Audit", _COLUMNS, tuple(_row(one) for one in entries)),),
            document={"entries": [asdict(one) for one in entries], "last": last},
            org_id=found.org_id,
        ),
        as_json=as_json,
    )


def _row(one: AuditEntry) -> tuple[str, ...]:
    # Names only: what people's fields hold belongs in no table that is pasted somewhere.
    changed = ", ".join(one.changes)
    return (str(one.number), one.at, one.user_id, one.action, one.subject, one.record_id, changed)
