"""A Report for a person: rich on a terminal, plain lines everywhere else."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from deployer.model.findings import Finding, Severity
from deployer.model.reports import Diff, Report, Table
from deployer.reporting.document import write_document
from deployer.reporting.visible import to_visible

_COLOURS = {
    Severity.FAIL: "red",
    Severity.UNKNOWN: "magenta",
    Severity.WARN: "yellow",
    Severity.INFO: "blue",
    Severity.PASS: "green",
}
_LAYOUT = "\n\t"
_DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def finish(report: Report, *, as_json: bool) -> int:
    """Print the report in the format asked for and return its exit code."""
    if as_json:
        write_document(report.document, exit_code=report.exit, org_id=report.org_id)
    else:
        write_report(report)
    return report.exit


def write_report(report: Report) -> None:
    """Print the verdict, diffs, tables, findings, then the headline: what matters is read last."""
    _write_verdict(report)
    for diff in report.diffs:
        _write_diff(diff)
    for table in report.tables:
        _write_table(table)
    for finding in report.findings:
        _write_finding(finding)
    for line in report.headline:
        click.echo(to_visible(line, keep=_LAYOUT))


def _write_verdict(report: Report) -> None:
    if not report.verdict:
        return
    steps = [f"  {n}. {step}" for n, step in enumerate(report.steps, 1)]
    for line in (report.verdict, *(["What to do next:", *steps] if steps else []), ""):
        click.echo(to_visible(line, keep=_LAYOUT))


def _write_diff(diff: Diff) -> None:
    for line in diff.text.splitlines():
        click.secho(to_visible(line, keep=_LAYOUT), fg=_DIFF_COLOURS.get(line[:1]))


def _write_table(table: Table) -> None:
    if not table.rows:
        return
    table = replace(table, rows=tuple(tuple(map(to_visible, row)) for row in table.rows))
    if sys.stdout.isatty():
        _write_rich_table(table)
        return
    click.echo(f"{table.title}:")
    widths = [
        max(len(r[i]) for r in (table.columns, *table.rows)) for i in range(len(table.columns))
    ]
    for row in (table.columns, *table.rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  " + "  ".join(cells).rstrip())


def _write_rich_table(table: Table) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as RichTable

    drawn = RichTable(title=escape(table.title), title_justify="left")
    for column in table.columns:
        drawn.add_column(column, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(escape(cell) for cell in row))
    Console().print(drawn)


def _write_finding(finding: Finding) -> None:
    word = click.style(finding.severity.value, fg=_COLOURS[finding.severity])
    where = f"{finding.where}: " if finding.where else ""
    click.echo(f"{word} {to_visible(f'{where}{finding.what}', keep=_LAYOUT)} [{finding.rule}]")
    if finding.fix:
        click.echo(f"  next: {to_visible(finding.fix, keep=_LAYOUT)}")
