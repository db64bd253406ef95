"""What a command reports, before any format is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.model.findings import Finding, Severity
from deployer.model.pictures import Picture


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

    `verdict` and `steps` (what to do next, in order) are read before everything else; `headline` is
    one line each, most important first; `document` holds the command's own keys of the --json
    contract (`schema`, `ok`, `exit`, `org_id` are added by the writer). `cases` is everything that
    was looked at, well or not, `findings` what is worth a person's time. `fails_on` says which
    severities made the command fail. `stopped` is the error that ended it before it could answer.
    `picture` draws what a page would show; None when there is nothing to draw.
    """

    headline: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    diffs: tuple[Diff, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    exit: int = 0
    org_id: str | None = None
    verdict: str = ""
    steps: tuple[str, ...] = ()
    cases: tuple[Finding, ...] = ()
    fails_on: frozenset[Severity] = frozenset({Severity.FAIL})
    stopped: Finding | None = None
    picture: Callable[[], Picture] | None = None
