"""The rows of a fleet as one Report. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from deployer.errors import Exit
from deployer.fleet.outcomes import Row, exit_of
from deployer.fleet.telling import fails
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report, Table

_SEVERITIES = {
    Exit.DONE: Severity.PASS,
    Exit.CHANGES_PENDING: Severity.WARN,
    Exit.COULD_NOT_TELL: Severity.UNKNOWN,
}
_NOTHING = "-"
# A row of a table is as wide as its longest cell; the rest is in every other format.
_WIDEST = 160


def to_report(rows: Sequence[Row], command: str, logs: str) -> Report:
    """How many of the orgs need somebody, what to do next with which, and a row for each.

    `command` is the verb as typed; `logs` is the folder with a log for each org.
    """
    left = [row for row in rows if fails(row.exit)]
    return Report(
        verdict=_verdict(rows, left),
        steps=_steps(left),
        headline=(f"a log for each org: {logs}",),
        tables=(_table(rows),),
        document=_document(rows, command, logs),
        exit=exit_of(row.exit for row in rows),
        cases=tuple(_case(row, command) for row in rows),
    )


def _verdict(rows: Sequence[Row], left: Sequence[Row]) -> str:
    many = f"{len(rows)} org{'' if len(rows) == 1 else 's'}"
    if not left:
        return f"{many}: {_counted(rows)}."
    return f"{len(left)} of {many} left to see to: {_counted(left)}."


def _counted(rows: Sequence[Row]) -> str:
    return ", ".join(f"{n} {word}" for word, n in Counter(row.result for row in rows).most_common())


def _steps(left: Sequence[Row]) -> tuple[str, ...]:
    """One line for each thing to do, with the orgs it is for; ORG is each of them."""
    orgs: dict[str, list[Row]] = {}
    for row in left:
        orgs.setdefault(_for_any(row), []).append(row)
    return tuple(
        f"{step if len(rows) > 1 else rows[0].next}; for {', '.join(row.org for row in rows)}"
        for step, rows in orgs.items()
    )


def _for_any(row: Row) -> str:
    """What is next for this org, in words that are the same for another."""
    return re.sub(rf"--org(?P<sep>[ =]){re.escape(row.org)}(?![\w-])", r"--org\g<sep>ORG", row.next)


def _table(rows: Sequence[Row]) -> Table:
    return Table(
        "Orgs",
        ("org", "result", "why", "what to type next"),
        tuple((row.org, row.result, _cut(row.why), _cut(row.next)) for row in rows),
    )


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}..."


def _document(rows: Sequence[Row], command: str, logs: str) -> dict[str, Any]:
    return {
        "command": command,
        "counts": dict(Counter(row.result for row in rows)),
        "logs": logs,
        "orgs": [
            {
                "org": row.org,
                "exit": int(row.exit),
                "result": row.result,
                "why": row.why,
                "next": None if row.next == _NOTHING else row.next,
                "alone": row.alone,
                "seconds": round(row.seconds, 1),
                "document": row.document,
            }
            for row in rows
        ],
    }


def _case(row: Row, command: str) -> Finding:
    severity = _SEVERITIES.get(row.exit, Severity.FAIL)
    fix = "" if row.next == _NOTHING else row.next
    return Finding(command, severity, row.org, f"{row.result}: {row.why}", fix)
