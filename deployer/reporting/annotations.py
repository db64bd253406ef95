"""A Report as GitHub's workflow commands: lines in the log that become annotations.

Source: GitHub, "Workflow commands for GitHub Actions"; how a text is escaped is in the toolkit's
packages/core/src/command.ts. A step keeps at most ten annotations of each kind.
"""

from __future__ import annotations

from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report
from deployer.reporting.formats import cases_of, on_one_line, safe, title_of

MOST_OF_A_KIND = 10
_MOST_TITLE = 255
_KINDS = ("error", "warning", "notice")
_KIND_OF = {Severity.FAIL: "error", Severity.UNKNOWN: "warning", Severity.WARN: "warning"}


def to_annotations(report: Report, _name: str = "") -> str:
    """A line each for what is not well, errors first; the last line counts what had no room.

    What is only information gets a notice where it is worth a person's time. Empty when all is
    well.
    """
    lines: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for case in cases_of(report):
        if kind := "error" if case.severity in report.fails_on else _KIND_OF.get(case.severity):
            lines[kind].append(_line(kind, case))
    notices = (each for each in report.findings if each.severity is Severity.INFO)
    lines["notice"] = [_line("notice", each) for each in notices]
    said = [line for kind in _KINDS for line in lines[kind][:MOST_OF_A_KIND]]
    left = {kind: len(lines[kind]) - MOST_OF_A_KIND for kind in _KINDS}
    more = ", ".join(_count(left[kind], kind) for kind in _KINDS if left[kind] > 0)
    said += [f"and {more} more, for which a step has no annotations left"] if more else []
    return "".join(f"{line}\n" for line in said)


def pause_commands(token: str) -> tuple[str, str]:
    """Two lines: between them the runner takes no line of the log for a command.

    What an org calls its layouts is in the log too, and `token` is what it cannot know.
    """
    return f"::stop-commands::{token}", f"::{token}::"


def _line(kind: str, case: Finding) -> str:
    facts = {"title": title_of(case)[:_MOST_TITLE]}
    if case.place is not None:
        place = case.place
        facts = {"file": on_one_line(place.file), "title": on_one_line(case.rule)}
        facts |= {"line": str(place.line)} if place.line else {}
        facts |= {"col": str(place.column)} if place.column else {}
    given = ",".join(f"{key}={_property(value)}" for key, value in facts.items())
    fix = f"\nnext: {case.fix}" if case.fix else ""
    return f"::{kind} {given}::{_data(safe(f'{case.what}{fix}'))}"


def _count(number: int, kind: str) -> str:
    return f"{number} {kind}{'' if number == 1 else 's'}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
