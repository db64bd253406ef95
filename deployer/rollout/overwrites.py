"""Whose edit a deploy overwrote: saved after our last look and before the deploy ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from deployer.errors import OptoutError
from deployer.lightning import read_page
from deployer.model.findings import Finding, Severity
from deployer.planning.package import NOT_THERE, name_of
from deployer.planning.snapshot import Snapshot
from deployer.rollout.journal import Entry
from deployer.salesforce.client import Connection
from deployer.salesforce.metadata import DeployStatus
from deployer.salesforce.tooling import AuditRow, fetch_setup_audit_trail

# The trail's times have whole seconds, and the org writes its row when the deploy has ended.
_TRAIL_SLACK = timedelta(seconds=2)
# A save writes its trail row in the same second as the layout's own time, or the next.
_SAME_SAVE = timedelta(seconds=1)


def find_overwritten(
    snapshot: Snapshot, entry: Entry, conn: Connection, status: DeployStatus
) -> list[Finding]:
    """Edits the audit trail shows between the last look at a layout and the end of the deploy.

    The trail names things by their labels only, so a longer label that holds a shorter one can
    be taken for it; a false alarm is better than an edit lost in silence.
    """
    asked_at = datetime.fromisoformat(entry.asked_at) if entry.asked_at else status.started_at
    if asked_at is None:
        return []
    try:
        trail = fetch_setup_audit_trail(conn, asked_at - _TRAIL_SLACK)
    except OptoutError as refused:
        return [_trail_unknown(str(refused))]
    labels = {path: _labels(path, snapshot) for path in snapshot.stamps}
    return [
        _edit_finding(name_of(path), row)
        for path, stamp in snapshot.stamps.items()
        if stamp != NOT_THERE
        for row in _others(trail, _about(path, labels), stamp, (status, conn.org.user_id))
    ]


def _labels(path: str, snapshot: Snapshot) -> tuple[str, ...]:
    """What the trail may call a file; whether it is a page's name or its label is unverified."""
    name = name_of(path)
    if path.startswith("flexipages/"):
        return (name, read_page(snapshot.after[path], where=name).label)
    return (name.partition("-")[2] or name,)


def _about(path: str, labels: Mapping[str, tuple[str, ...]]) -> tuple[re.Pattern[str], int]:
    """What a row about this file says, and how many of the deploy's own rows say it.

    The deploy writes a row for each file, and a row names the file's object, too: that of any
    layout of Contact is one about the layout Contact.
    """
    called = "|".join(map(re.escape, labels[path]))
    about = re.compile(rf"(?<!\w)(?:{called})(?!\w)")
    alike = (any(map(about.search, (name_of(file), *each))) for file, each in labels.items())
    return about, sum(alike)


def _others(
    trail: list[AuditRow],
    about: tuple[re.Pattern[str], int],
    stamp: str,
    ours: tuple[DeployStatus, str],
) -> list[AuditRow]:
    """The rows about this file saved after `stamp` that our own deploy did not write."""
    (says, files), (status, user_id) = about, ours
    saved = datetime.fromisoformat(stamp.partition(" ")[0])
    rows = [
        (row, row.created_date)
        for row in trail
        if row.created_date is not None
        and row.created_date > saved + _SAME_SAVE
        and says.search(row.display)
    ]
    own = [id(row) for row, at in rows if _is_ours(row, at, status, user_id)][:files]
    end = status.completed_at
    return [row for row, at in rows if id(row) not in own and (end is None or at <= end)]


def _is_ours(row: AuditRow, at: datetime, status: DeployStatus, user_id: str) -> bool:
    start, end = status.started_at, status.completed_at
    if row.created_by_id[:15] != user_id[:15] or start is None or end is None:
        return False
    return start - _TRAIL_SLACK <= at <= end + _TRAIL_SLACK


def _edit_finding(name: str, row: AuditRow) -> Finding:
    return Finding(
        "edit-overwritten",
        Severity.FAIL,
        name,
        f"it was saved at {row.created_date:%H:%M:%S} UTC by {row.created_by_id}, after the last "
        "look and before the deploy ended; that edit was probably overwritten",
        fix="ask that user to look at it again; Setup > View Setup Audit Trail has the entry",
    )


def _trail_unknown(reason: str) -> Finding:
    return Finding(
        "edit-overwritten",
        Severity.UNKNOWN,
        "setup audit trail",
        f"whether somebody's edit was overwritten could not be asked: {reason}",
        fix="give the deploying user View Setup and Configuration",
    )
