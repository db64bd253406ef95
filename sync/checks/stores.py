"""Whether what is kept on this side belongs together."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from sync.checks.facts import Stores

PAGE = "docs/operating/checks.md"


def is_bound_store(facts: Facts) -> list[Finding]:
    """S14: Whether the people store is the one that the ledger belongs to."""
    stores = value(facts, "stores", Stores)
    if not stores.bound:
        return [_say(Severity.INFO, "the ledger belongs to no people store yet")]
    if stores.bound == stores.found:
        return [_say(Severity.PASS, "the people store is the one the ledger belongs to")]
    return [
        _say(
            Severity.FAIL,
            f"the ledger belongs to people store {stores.bound}, and the settings name "
            f"{stores.found}: another one, or a new and empty one in its place",
        )
    ]


def _say(severity: Severity, what: str) -> Finding:
    return Finding("stores", severity, "", what)


CHECKS = (
    Check(
        "S14", "the right people store", Severity.FAIL,
        "Is the people store the one that the ledger belongs to?",
        ("stores",), is_bound_store,
        "put the old store back; if it is gone: optout sync rebind --reason ... --by ...",
        f"{PAGE}#s14",
    ),
)  # fmt: skip
