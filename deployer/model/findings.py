"""What a check or a rule says, and what a command reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Severity(Enum):
    """How much a finding weighs; UNKNOWN is neither a pass nor a failure."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WARN = "warn"
    INFO = "info"
    PASS = "pass"  # noqa: S105 - not a password


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place: what is so, where, and what to do about it.

    `where` is file:line:column or an org component; `source` is Salesforce's page or the rule's
    own reason.
    """

    rule: str
    severity: Severity
    where: str
    what: str
    fix: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for a person to read; machines read `Report.document`."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """A unified diff of one named thing; `text` ends with a newline unless empty."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a command has to say, before any format is chosen.

    `headline` is one line each, most important first; `document` holds the command's own keys of
    the --json contract (`schema`, `ok`, `exit`, `org_id` are added by the writer).
    """

    headline: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    diffs: tuple[Diff, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    exit: int = 0
    org_id: str | None = None
