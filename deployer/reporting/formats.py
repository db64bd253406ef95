"""What every format for machines shares: which cases there are, what they say, texts made safe."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.errors import Exit, OptoutError
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report
from deployer.reporting.visible import to_visible

_LEFT = {Exit.CHANGES_PENDING: Severity.WARN, Exit.COULD_NOT_TELL: Severity.UNKNOWN}
"""What an exit code says, where it is not a failure."""


def stopped_by(error: OptoutError) -> Report:
    """The report of a command that an error ended: it answers nothing, and is never empty."""
    code = error.org_code or error.code
    return Report(
        verdict=str(error),
        steps=(error.hint,),
        exit=int(error.exit),
        stopped=Finding(code, Severity.FAIL, error.where, error.message, error.hint),
    )


def cases_of(report: Report) -> tuple[Finding, ...]:
    """Everything that was looked at; never empty, and never better than the exit code."""
    if report.stopped is not None:
        return (report.stopped,)
    cases = report.cases or report.findings
    severities = {case.severity for case in cases}
    if report.exit == Exit.DONE:
        return cases or (_outcome(report, Severity.PASS),)
    said = _LEFT.get(Exit(report.exit), Severity.FAIL)
    if severities & {said, *report.fails_on}:
        return cases
    return (*cases, _outcome(report, said))


def _outcome(report: Report, severity: Severity) -> Finding:
    said = "\n".join(filter(None, (report.verdict, *report.headline)))
    return Finding("outcome", severity, "", said or f"exit code {int(report.exit)}")


def title_of(finding: Finding) -> str:
    """What a case is about, on one line: the rule, and the thing or the file, without its line."""
    where = finding.place.file if finding.place else finding.where
    return on_one_line(f"{finding.rule} {where}")


def story_of(finding: Finding) -> str:
    """What is so, what to do about it and who says so, a line each."""
    fix = f"next: {finding.fix}" if finding.fix else ""
    source = f"see {finding.source}" if finding.source else ""
    return safe("\n".join(filter(None, (finding.what, fix, source))))


def safe(text: str) -> str:
    """The text without what XML, a log or a page cannot hold or would turn its order round by."""
    return to_visible(text, keep="\n\t")


def on_one_line(text: str) -> str:
    """The text, safe, with every run of spaces and line ends as one space."""
    return " ".join(safe(text).split())


def numbered(titles: Iterable[str]) -> list[str]:
    """The titles in order, the second of two equal ones with (2); no two are equal."""
    found: list[str] = []
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for title in titles:
        name = title
        while name in taken:
            counts[title] = counts.get(title, 1) + 1
            name = f"{title} ({counts[title]})"
        taken.add(name)
        found.append(name)
    return found
