"""The words of an answer: findings without their check's id, which the asker adds."""

from __future__ import annotations

from deployer.model.findings import Finding, Severity

HELP = "https://help.salesforce.com/s/articleView?id="
DEVELOPER = "https://developer.salesforce.com/docs/atlas.en-us."
MOST_NAMED = 10


def passed(what: str) -> list[Finding]:
    """All is well, and this is how we know."""
    return [Finding("", Severity.PASS, "", what)]


def said(severity: Severity, what: str, fix: str = "", where: str = "") -> Finding:
    """One finding; `fix` stands in for the check's own remedy."""
    return Finding("", severity, where, what, fix)


def named(names: list[str] | tuple[str, ...]) -> str:
    """The names in a sentence; a long list is cut and says how many more there are."""
    more = len(names) - MOST_NAMED
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
