"""What a check or a rule says, and what a command reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # pictures hold findings
    from deployer.model.pictures import Picture


class Severity(Enum):
    """How much a finding weighs; UNKNOWN is neither a pass nor a failure."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WARN = "warn"
    INFO = "info"
    PASS = "pass"  # noqa: S105 - not a password


_LINE = re.compile(r":(?P<line>\d+)(?::(?P<column>\d+))?(?::|\Z)")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; line and column count from 1, 0 means the whole file or the whole line."""

    file: str
    line: int = 0
    column: int = 0

    @classmethod
    def within(cls, file: str, where: str) -> Place:
        """The place that `where` names, as file:line:column, when most is about `file`.

        The file has to be known, since a file's own name may end in :12 too.
        """
        found = _LINE.match(where.removeprefix(file)) if where.startswith(file) else None
        if found is None:
            return cls(where or file)
        return cls(file, int(found["line"]), int(found["column"] or 0))


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one place: what is so, where, and what to do about it.

    `where` is file:line:column or an org component; `source` is Salesforce's page or the rule's
    own reason; `place` is set where it is in a file.
    """

    rule: str
    severity: Severity
    where: str
    what: str
    fix: str = ""
    source: str = ""
    place: Place | None = None

    @property
    def document(self) -> dict[str, str]:
        """The finding as --json shows it."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "where": self.where,
            "what": self.what,
            "fix": self.fix,
            "source": self.source,
        }


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
