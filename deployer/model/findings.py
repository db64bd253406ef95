"""What a check or a rule says of one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


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
