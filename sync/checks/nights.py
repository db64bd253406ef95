"""Whether nights run, of which field, and how the last ones went."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from sync.checks.facts import Chosen, needed, status_of
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.ledger import from_text
from sync.ledger.runs import Run
from sync.status import DRY_RUN, StatusFacts, Word

PAGE = "docs/operating/checks.md"


def is_adopted(facts: Facts) -> list[Finding]:
    """S03: Whether a person has seen and approved the first run of the chosen field."""
    chosen = value(facts, "chosen", Chosen)
    names = ", ".join(chosen.fields)
    if chosen.adopted:
        return [_say(Severity.PASS, f"somebody has seen and approved the first run of {names}")]
    return [_say(Severity.WARN, f"nobody has approved a first run of {names}: every night is held")]


def is_on(facts: Facts) -> list[Finding]:
    """S04: Whether the nightly is switched on."""
    switch = value(facts, "ledger", StatusFacts).switch
    if switch.on:
        since = f" since {switch.since:%Y-%m-%d %H:%M} UTC" if switch.since else ""
        return [_say(Severity.PASS, f"the nightly sync is on, by {switch.by}{since}")]
    by = f" (by {switch.by})" if switch.by else ""
    return [
        _say(
            Severity.WARN,
            f"the nightly sync is off{by}: what is opted out in the org does not reach the people "
            "side, and what is imported does not reach the org",
        )
    ]


def is_crossed_over(facts: Facts) -> list[Finding]:
    """S05: Whether pushed opt-outs go to another field than the chosen one.

    Source: Marketo, "Syncing unsubscribes": with the sync off, Email Opt Out is set.
    """
    chosen = value(facts, "chosen", Chosen)
    on = value(facts, "ledger", StatusFacts).switch.on
    if on or EMAIL_OPT_OUT in chosen.fields:
        names = ", ".join(chosen.fields if on else (EMAIL_OPT_OUT,))
        return [_say(Severity.PASS, f"pushed opt-outs go to {names}, as chosen")]
    return [
        _say(
            Severity.WARN,
            f"{', '.join(chosen.fields)} is chosen, but with the nightly off pushed opt-outs go to "
            "Email Opt Out, which marketing may share: it ends marketing mail to them too",
        )
    ]


def is_held(facts: Facts) -> list[Finding]:
    """S06: Whether the last run held writes back."""
    return needed(facts, Word.HELD) or [_say(Severity.PASS, "the last run held nothing back")]


def has_succeeded(facts: Facts) -> list[Finding]:
    """S07: Whether nights succeed while they are on."""
    runs = value(facts, "ledger", StatusFacts).runs
    if found := needed(facts, Word.NO_SUCCESS):
        return found
    last = status_of(facts).last_run
    if last is None:
        return [_say(Severity.INFO, "no night has run yet")]
    if last.outcome == "failed":
        why = last.facts.get("error") or "optout sync runs shows where"
        return [_say(Severity.WARN, f"the last run failed: {why}")]
    done = next((run for run in runs if run.kind != DRY_RUN and run.outcome == "done"), None)
    said = f"the last that was done began {_when(done)}" if done else "none was done yet"
    return [_say(Severity.PASS if done else Severity.INFO, said)]


def _when(run: Run) -> str:
    return f"{from_text(run.started_at):%Y-%m-%d %H:%M} UTC"


def _say(severity: Severity, what: str) -> Finding:
    return Finding("nights", severity, "", what)


CHECKS = (
    Check(
        "S03", "adopted", Severity.WARN,
        "Has a person approved the first run of the chosen field in this org?",
        ("chosen",), is_adopted, "optout sync adopt", f"{PAGE}#s03",
    ),
    Check(
        "S04", "nightly on", Severity.WARN,
        "Do nights run, so that both sides are made to say the same?",
        ("ledger",), is_on, "optout sync enable --by NAME", f"{PAGE}#s04",
    ),
    Check(
        "S05", "pushes go where was chosen", Severity.WARN,
        "Does the nightly being off send pushed opt-outs to another field than the chosen one?",
        ("ledger", "chosen"), is_crossed_over, "optout sync enable --by NAME", f"{PAGE}#s05",
    ),
    Check(
        "S06", "nothing held", Severity.FAIL,
        "Did the last run hold writes back that a person has to look at?",
        ("status",), is_held, "optout sync runs", f"{PAGE}#s06",
    ),
    Check(
        "S07", "nights succeed", Severity.FAIL,
        "While nights are on, has one been done within the last 26 hours?",
        ("ledger", "status"), has_succeeded, "optout sync runs", f"{PAGE}#s07",
    ),
)  # fmt: skip
