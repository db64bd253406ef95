"""Opt-outs that are not through: refused, or late."""

from __future__ import annotations

from deployer.model.checks import Check, Facts
from deployer.model.findings import Finding, Severity
from sync.checks.facts import needed, status_of
from sync.status import Word

PAGE = "docs/operating/checks.md"


def is_refused(facts: Facts) -> list[Finding]:
    """S08: Whether something refused waits for a person."""
    status = status_of(facts)
    if found := needed(facts, Word.QUARANTINE):
        return found
    if status.quarantine:
        said = f"{status.quarantine:,} refused opt-outs are acknowledged, and tried again daily"
        return [_say(Severity.WARN, said)]
    return [_say(Severity.PASS, "nothing is in quarantine")]


def is_late(facts: Facts) -> list[Finding]:
    """S09: Whether an accepted opt-out is late."""
    status = status_of(facts)
    if found := needed(facts, Word.UNAPPLIED):
        return found
    apart = [
        f"{count:,} {what}"
        for count, what in (
            (status.backlog, "still to be applied"),
            (status.waiting, "waiting for a Salesforce Id"),
            (status.handed_over, "handed over and not yet confirmed"),
        )
        if count
    ]
    said = ", ".join(apart) or "every opt-out that was accepted is applied on both sides"
    return [_say(Severity.INFO if apart else Severity.PASS, said)]


def _say(severity: Severity, what: str) -> Finding:
    return Finding("opt-outs", severity, "", what)


CHECKS = (
    Check(
        "S08", "nothing refused", Severity.FAIL,
        "Is there a refused opt-out that nobody has acknowledged?",
        ("status",), is_refused, "optout sync quarantine list", f"{PAGE}#s08",
    ),
    Check(
        "S09", "nothing late", Severity.FAIL,
        "Has an accepted opt-out waited for more than four hours to be applied?",
        ("status",), is_late, "optout doctor", f"{PAGE}#s09",
    ),
)  # fmt: skip
