"""`optout sync runs` and `audit`: what was run, and what people decided."""

from __future__ import annotations

from dataclasses import asdict
from itertools import takewhile
from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report, Table
from deployer.reporting.console import finish
from sync.database.views import reading
from sync.desk import Ask, open_desk
from sync.ledger.logbook import read_audit
from sync.ledger.runs import Run, recent_runs
from sync.status import DRY_RUN, run_document

_COLUMNS = ("run", "kind", "outcome", "began (UTC)", "to salesforce", "to people", "held",
            "refused", "API calls")  # fmt: skip


@click.command("runs")
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True,
              help="How many, the newest first.")  # fmt: skip
@org_options
def runs(*, limit: int, org: str | None, config: Path | None, as_json: bool) -> int:
    """List the runs of the nightly, the newest first; no org is asked."""
    with open_desk(Ask(org, config, as_json)) as desk:
        found = recent_runs(desk.ledger, limit)
        report = Report(
            headline=() if found else ("no runs yet; optout sync adopt makes the first",),
            tables=(Table("runs", _COLUMNS, tuple(map(_row, found))),),
            findings=tuple(why for run in takewhile(_undone, found) for why in _whys(run)),
            document={"runs": [run_document(run) for run in found]},
            org_id=desk.bound().org_id or None,
        )
        return finish(report, as_json=as_json)


def _row(run: Run) -> tuple[str, ...]:
    """What it wrote each way; "-" where it did not come so far."""
    writes, held = run.facts.get("writes", {}), run.facts.get("held", {})
    numbers = (writes.get("salesforce"), writes.get("people"), sum(held.values()),
               run.facts.get("quarantined"), run.facts.get("api_calls"))  # fmt: skip
    cells = ("-" if number is None else f"{number:,}" for number in numbers)
    began = run.started_at[:16].replace("T", " ")
    return (run.run_id, run.kind, run.outcome or f"in {run.phase}", began, *cells)


def _undone(run: Run) -> bool:
    """What went wrong before a night was done again is over."""
    return run.outcome != "done" or run.kind == DRY_RUN


def _whys(run: Run) -> list[Finding]:
    """Why it failed, or held something back."""
    error = run.facts.get("error")
    failed = [Finding("failed", Severity.FAIL, f"run {run.run_id}", error)] if error else []
    return failed + [
        Finding("held", Severity.WARN, f"run {run.run_id}", why)
        for why in run.facts.get("why_held", ())
        if run.outcome == "held"
    ]


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
