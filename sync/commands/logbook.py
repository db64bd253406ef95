"""`optout sync runs` and `audit`: what was run, and what people decided."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.model.findings import Report, Table
from deployer.reporting.console import finish
from sync.desk import Ask, open_desk
from sync.ledger.logbook import read_audit
from sync.ledger.runs import recent_runs
from sync.sqlite import reading
from sync.status import run_document

_RUN = ("run_id", "kind", "outcome", "phase", "started_at", "finished_at")


@click.command("runs")
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True,
              help="How many, the newest first.")  # fmt: skip
@org_options
def runs(*, limit: int, org: str | None, config: Path | None, as_json: bool) -> int:
    """List the runs of the nightly, the newest first; no org is asked."""
    with open_desk(Ask(org, config, as_json)) as desk:
        found = [run_document(run) for run in recent_runs(desk.ledger, limit)]
        rows = tuple(tuple(str(run[name] or "-") for name in _RUN) for run in found)
        report = Report(
            headline=() if found else ("no runs yet; optout sync adopt makes the first",),
            tables=(Table("runs", _RUN, rows),),
            document={"runs": found},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)


@click.command("audit")
@org_options
def audit(*, org: str | None, config: Path | None, as_json: bool) -> int:
    """List what people decided, the oldest first; no org is asked."""
    with open_desk(Ask(org, config, as_json)) as desk:
        with reading(desk.ledger.engine) as db:
            found = [asdict(each) for each in read_audit(db)]
        columns = ("number", "at", "by", "action", "detail")
        rows = tuple(tuple(str(each[name]) for name in columns) for each in found)
        report = Report(
            headline=() if found else ("nobody has decided anything yet",),
            tables=(Table("audit", columns, rows),),
            document={"audit": found},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)
