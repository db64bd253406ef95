"""Who takes part, and whom the ids that are kept cannot reach any more."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from sync.checks.facts import DeadIds
from sync.people.model import PeopleCount

PAGE = "docs/operating/checks.md"


def has_ids(facts: Facts) -> list[Finding]:
    """S01: Whether people have a Salesforce Id: only those take part."""
    count = value(facts, "people", PeopleCount)
    if not count.people:
        return [_say(Severity.WARN, "the people store is empty")]
    without = count.people - count.with_id
    if not without:
        return [_say(Severity.PASS, f"all {count.people:,} people have a Salesforce Id")]
    return [
        _say(
            Severity.INFO,
            f"people with a Salesforce Id, who take part: {count.with_id:,}; without one, who do "
            f"not: {without:,}",
        )
    ]


def has_dead_ids(facts: Facts) -> list[Finding]:
    """S02: Whether ids are known that no record has any more."""
    dead = value(facts, "dead-ids", DeadIds)
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (dead.moved, "live on under another id and are followed"),
            (dead.deleted, "are deleted, and looked at again every night"),
            (dead.lost, "are not shown to the runner at all"),
        )
        if count
    ]
    if not parts:
        return [_say(Severity.PASS, "no id is known to be dead")]
    worst = Severity.WARN if dead.lost else Severity.INFO
    return [_say(worst, f"of the ids met so far {', '.join(parts)}")]


def _say(severity: Severity, what: str) -> Finding:
    return Finding("people", severity, "", what)


CHECKS = (
    Check(
        "S01", "people have an Id", Severity.WARN,
        "How many people have a Salesforce Id? Only they take part.",
        ("people",), has_ids, "optout people import FILE.csv", f"{PAGE}#s01",
    ),
    Check(
        "S02", "no dead ids", Severity.WARN,
        "Do people hold ids of records that were merged, converted, deleted or never seen?",
        ("dead-ids",), has_dead_ids, "optout sync quarantine list", f"{PAGE}#s02",
    ),
)  # fmt: skip
