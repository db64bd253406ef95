"""What only the org can say: who it is, what the runner may write, calls left, the time."""

from __future__ import annotations

from datetime import timedelta

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from sync.checks.facts import Chosen, Seen, Writable
from sync.status import StatusFacts

PAGE = "docs/operating/checks.md"
# A signed login lives three minutes, and Salesforce allows little for clocks that differ.
SKEW_WARN_S = 30
SKEW_FAIL_S = 120
# The org counts the calls of the last 24 hours; an older number says nothing of today's.
_FRESH = timedelta(hours=24)


def is_bound_org(facts: Facts) -> list[Finding]:
    """S10: Whether this is the org that the ledger belongs to."""
    bound, found = value(facts, "ledger", StatusFacts).org_id, value(facts, "org-id", str)
    if not bound:
        return [_say(Severity.INFO, f"the ledger belongs to no org yet; this one is {found}")]
    if bound == found:
        return [_say(Severity.PASS, f"this is {found}, the org the ledger belongs to")]
    return [_say(Severity.FAIL, f"the ledger belongs to {bound}, and this org is {found}")]


def is_writable(facts: Facts) -> list[Finding]:
    """S11: Whether the runner may edit every field it has to tick.

    Source: REST API guide, "sObject Describe" (type, updateable).
    """
    writable = value(facts, "writable", Writable)
    wrong = [_say(Severity.FAIL, f"{each.place}: {each.what}") for each in writable.wrong]
    names = ", ".join(writable.fields)
    return wrong or [_say(Severity.PASS, f"the runner may edit {names}")]


def has_calls_left(facts: Facts) -> list[Finding]:
    """S12: Whether API calls are left.

    Source: REST API guide, "Limits" (DailyApiRequests).
    """
    seen, percent = value(facts, "budget", Seen), value(facts, "chosen", Chosen).budget_percent
    now = value(facts, "ledger", StatusFacts).now
    used, allowed = seen.budget.used, seen.budget.allowed
    said = (
        f"{used:,} of {allowed:,} API calls of the day were used at {seen.at:%Y-%m-%d %H:%M} UTC "
        f"({seen.by}); a night may use {percent} %"
    )
    if now - seen.at > _FRESH:
        return [_say(Severity.INFO, said)]
    if used >= allowed:
        return [_say(Severity.FAIL, f"{said}; none is left, so nothing reaches the org")]
    over = seen.budget.is_over(percent)
    return [_say(Severity.WARN if over else Severity.PASS, said)]


def is_in_time(facts: Facts) -> list[Finding]:
    """S13: Whether our clock agrees with the org's."""
    off = value(facts, "clock", float)
    said = f"this machine's clock is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the org"
    if abs(off) <= SKEW_WARN_S:
        return [_say(Severity.PASS, said)]
    return [_say(Severity.FAIL if abs(off) > SKEW_FAIL_S else Severity.WARN, said)]


def _say(severity: Severity, what: str) -> Finding:
    return Finding("org", severity, "", what)


CHECKS = (
    Check(
        "S10", "the right org", Severity.FAIL,
        "Is this the org that the ledger belongs to?",
        ("ledger", "org-id"), is_bound_org,
        "correct the org's settings; if it was replaced: optout sync rebind --reason ... --by ...",
        f"{PAGE}#s10",
    ),
    Check(
        "S11", "the runner may write", Severity.FAIL,
        "Is every field to be ticked a checkbox that the runner's user may edit?",
        ("writable",), is_writable, "optout deploy --assign USERNAME", f"{PAGE}#s11",
    ),
    Check(
        "S12", "calls left", Severity.FAIL,
        "Are enough of the day's API calls left for a night, and for pushes?",
        ("ledger", "chosen", "budget"), has_calls_left,
        "find what uses them (Setup > System Overview), or raise api_budget_percent under [sync]",
        f"{PAGE}#s12",
    ),
    Check(
        "S13", "clocks agree", Severity.FAIL,
        "Does this machine's clock agree with the org's?",
        ("clock",), is_in_time, "set this machine's clock (timedatectl)", f"{PAGE}#s13",
    ),
)  # fmt: skip
