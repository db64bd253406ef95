"""optout jobs: the deploys this machine knows of, and any job of the org by its id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from deployer.commands.formats import ReportCommand
from deployer.commands.options import json_option, open_connection, org_options
from deployer.commands.rollouts import DEFAULT_WAIT_MIN, make_desk
from deployer.errors import Exit, OrgSaidNo, UsageError
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report, Table
from deployer.reporting.console import finish
from deployer.reporting.progress import progress
from deployer.rollout.desk import Desk, Options
from deployer.rollout.job import poll
from deployer.rollout.journal import OPEN_STEPS, Entry, Journal, Step, journals
from deployer.rollout.resume import follow, settle_entry
from deployer.salesforce.client import Connection
from deployer.salesforce.metadata import DeployStatus, cancel_deploy, fetch_deploy
from deployer.state import home, lock

_UNKNOWN_ID = frozenset({"NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY", "INVALID_ID_FIELD"})
_JOB_ID = re.compile(r"0Af[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?")


@click.group(name="jobs")
def command() -> None:
    """List, show, resume and cancel deploys."""


@command.command(name="list")
@click.option("--org-id", metavar="ID", help="Only deploys to this org.")
@json_option
def list_jobs(*, org_id: str | None, as_json: bool) -> int:
    """List the deploys of this machine, newest first; no org is asked."""
    entries = [
        entry
        for journal in journals(home())
        if org_id is None or journal.org_id[:15] == org_id[:15]
        for entry in journal.entries()
    ]
    entries.sort(key=lambda entry: entry.key, reverse=True)
    rows = tuple(
        (entry.key, entry.org_id, entry.aim, entry.field, entry.step.value, entry.deploy_id)
        for entry in entries
    )
    report = Report(
        headline=() if rows else ("no deploys yet; optout deploy makes the first",),
        tables=(Table("Deploys", ("deploy", "org", "aim", "field", "step", "job"), rows),),
        document={"jobs": [_document(entry) for entry in entries]},
    )
    return finish(report, as_json=as_json)


@command.command(name="show")
@click.argument("job")
@org_options
def show(*, job: str, org: str | None, config: Path | None, as_json: bool) -> int:
    """Show what the org says about JOB, a job id or the key of a deploy."""
    with open_connection(org, "read", config=config, as_json=as_json) as conn:
        entry = Journal(home(), conn.org.org_id).find(job)
        status = _fetch(conn, entry.deploy_id or entry.check_id if entry else job)
        return finish(_status_report(status, entry, conn.org.org_id), as_json=as_json)


@command.command(name="resume", cls=ReportCommand)
@click.argument("job", required=False)
@click.option(
    "--wait", "wait_min", type=click.IntRange(min=0), metavar="MINUTES",
    default=DEFAULT_WAIT_MIN, show_default=True, help="How long to wait for the org.",
)  # fmt: skip
@org_options
def resume(
    *, job: str | None, wait_min: int, org: str | None, config: Path | None, as_json: bool
) -> Report:
    """Wait for JOB and finish what is left to do (default: every deploy that was interrupted)."""
    with _at_desk(org, config, as_json=as_json) as desk:
        options = Options(deadline_s=desk.clock.monotonic_s() + wait_min * 60)
        entry = desk.journal.find(job) if job else None
        if job and entry is None:
            status = follow(_fetch(desk.conn, job).id, desk, options)
            return _status_report(status, None, desk.conn.org.org_id)
        with lock(desk.journal.lock_path):
            meant = [entry] if entry else desk.journal.entries()
            return _settle(meant, desk, options)


@command.command(name="cancel")
@click.argument("job")
@org_options
def cancel(*, job: str, org: str | None, config: Path | None, as_json: bool) -> int:
    """Cancel JOB; a job that is being finalized or is over cannot be cancelled."""
    with _at_desk(org, config, as_json=as_json) as desk:
        conn = desk.conn
        entry = desk.journal.find(job)
        job_id = (entry.deploy_id or entry.check_id) if entry else job
        status = _fetch(conn, job_id)
        if not status.done:
            cancel_deploy(conn, job_id)
            options = Options(deadline_s=desk.clock.monotonic_s() + DEFAULT_WAIT_MIN * 60)
            status = poll(job_id, desk, options)
        if entry is not None and entry.step in OPEN_STEPS and status.status == "Canceled":
            desk.journal.advance(entry, Step.ABANDONED, status=status.status)
        report = _status_report(status, entry, conn.org.org_id)
        return finish(_cancel_report(report, status), as_json=as_json)


@contextmanager
def _at_desk(org: str | None, config: Path | None, *, as_json: bool) -> Iterator[Desk]:
    """Open the org to settle a job; nothing is asked, since nothing new is sent."""
    with (
        open_connection(org, "write", config=config, as_json=as_json) as conn,
        progress() as shown,
    ):
        yield make_desk(conn, shown, org)


def _fetch(conn: Connection, job: str) -> DeployStatus:
    """What the org says about this job.

    Errors: UsageError when it can be no job id; OrgSaidNo when the org knows none such.
    """
    if not _JOB_ID.fullmatch(job):
        raise UsageError(
            f"{job!r} is neither the id of a deploy nor the key of one on this machine",
            hint="optout jobs list shows both; a deploy's id begins with 0Af",
        )
    try:
        return fetch_deploy(conn, job)
    except OrgSaidNo as unknown:
        if unknown.org_code not in _UNKNOWN_ID:
            raise
        raise OrgSaidNo(
            f"the org knows no deploy {job}",
            where=conn.org.org_id,
            hint="check the id, and --org; the org keeps deploys for thirty days",
            org_code=unknown.org_code,
        ) from unknown


def _settle(meant: list[Entry], desk: Desk, options: Options) -> Report:
    """Settle those that are open and say what became of each."""
    findings: list[Finding] = []
    settled: list[Entry] = []
    for entry in meant:
        if entry.step in OPEN_STEPS:
            findings += settle_entry(entry, desk, options)
            settled.append(desk.journal.find(entry.key) or entry)
    told = settled or meant[:1]
    bad = any(finding.severity is Severity.FAIL for finding in findings) or any(
        entry.step is Step.REFUSED for entry in settled
    )
    cases = tuple(
        Finding("job", Severity.FAIL if e.step is Step.REFUSED else Severity.PASS, e.key, _said(e))
        for e in told
    )
    return Report(
        headline=tuple(f"{entry.key}: {_said(entry)}" for entry in told)
        or ("nothing was interrupted",),
        findings=tuple(findings),
        cases=(*cases, *findings),
        document={
            "jobs": [_document(entry) for entry in told],
            "deploy_id": (told[0].deploy_id or None) if told else None,
            "status": (told[0].status or told[0].step.value) if told else "nothing-to-do",
        },
        exit=int(Exit.SAID_NO if bad else Exit.DONE),
        org_id=desk.journal.org_id,
    )


def _said(entry: Entry) -> str:
    return f"{entry.step.value} {entry.status} {entry.deploy_id}".strip()


def _status_report(status: DeployStatus, entry: Entry | None, org_id: str) -> Report:
    failures = tuple(
        (m.type, m.full_name, f"{m.file_name}:{m.line}:{m.column}", m.problem)
        for m in status.failures
    )
    failed = status.done and status.status != "Succeeded"
    said = (
        f"{status.status}: {status.deployed} of {status.total} components, "
        f"{status.errors} errors{'; check-only' if status.check_only else ''}"
    )
    weight = Severity.FAIL if failed else Severity.PASS if status.done else Severity.UNKNOWN
    return Report(
        cases=(
            Finding("job", weight, status.id, said),
            *(
                Finding("component", Severity.FAIL, f"{m.type} {m.full_name}", m.problem)
                for m in status.failures
            ),
        ),
        headline=(
            f"{status.id} {said}",
            *((status.error_message,) if status.error_message else ()),
        ),
        tables=(Table("What the org refused", ("type", "name", "where", "problem"), failures),),
        document=_job_document(status, entry),
        exit=int(Exit.SAID_NO if failed else Exit.DONE if status.done else Exit.STILL_RUNNING),
        org_id=org_id,
    )  # fmt: skip


def _job_document(status: DeployStatus, entry: Entry | None) -> dict[str, object]:
    return {
        "deploy_id": status.id,
        "status": status.status,
        "done": status.done,
        "check_only": status.check_only,
        "components": {
            "total": status.total,
            "deployed": status.deployed,
            "errors": status.errors,
        },
        "failures": [
            {
                "type": m.type,
                "name": m.full_name,
                "file": m.file_name,
                "line": m.line,
                "column": m.column,
                "problem": m.problem,
            }
            for m in status.failures
        ],
        "job": _document(entry) if entry else None,
    }


def _cancel_report(report: Report, status: DeployStatus) -> Report:
    """Cancelled is what was wanted; a job that ended otherwise could not be cancelled."""
    if status.status == "Canceled":
        return replace(report, exit=int(Exit.DONE))
    line = f"too late to cancel: the job has ended as {status.status}"
    return replace(report, headline=(*report.headline, line), exit=int(Exit.SAID_NO))


def _document(entry: Entry) -> dict[str, str]:
    return {
        "key": entry.key,
        "org_id": entry.org_id,
        "aim": entry.aim,
        "field": entry.field,
        "created_at": entry.created_at,
        "step": entry.step.value,
        "deploy_id": entry.deploy_id,
        "check_id": entry.check_id,
        "status": entry.status,
        "restores": entry.restores,
    }
