"""Asking checks: facts -> an answer each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deployer.model.checks import Check, Facts
from deployer.model.facts import Unknown
from deployer.model.findings import Finding, Severity
from sync.checks.facts import NOT_ASKED

# Enum order is from the worst to the best.
_WEIGHT = {severity: place for place, severity in enumerate(Severity)}
_HOW_TO_ASK = "optout sync status --ask-org"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check came to; `remedy` is what to type, "" when there is nothing to mend."""

    check: Check
    outcome: Severity
    evidence: str
    remedy: str

    @property
    def was_asked(self) -> bool:
        """Whether anybody looked: the org's checks are asked only when somebody wants that."""
        return self.outcome is not Severity.UNKNOWN or self.evidence != NOT_ASKED.reason

    @property
    def document(self) -> dict[str, str]:
        """The answer as --json shows it."""
        return {
            "id": self.check.id,
            "title": self.check.title,
            "outcome": self.outcome.value,
            "evidence": self.evidence,
            "remedy": self.remedy,
            "link": self.check.link,
        }


def ask(checks: Iterable[Check], facts: Facts) -> list[Answer]:
    """An answer for each check, in order; UNKNOWN with the reason when a fact it needs is."""
    return [_ask(check, facts) for check in checks]


def _ask(check: Check, facts: Facts) -> Answer:
    for name in check.needs:
        fact = facts[name]
        if isinstance(fact, Unknown):
            remedy = _HOW_TO_ASK if fact == NOT_ASKED else "optout doctor"
            return Answer(check, Severity.UNKNOWN, fact.reason, remedy)
    return _to_answer(check, check.answer(facts))


def _to_answer(check: Check, found: Sequence[Finding]) -> Answer:
    """The worst finding decides; the evidence is everything that was found."""
    outcome = min((each.severity for each in found), key=_WEIGHT.__getitem__)
    mend = outcome not in {Severity.PASS, Severity.INFO}
    fixes = dict.fromkeys(each.fix or check.remedy for each in found if each.severity is outcome)
    return Answer(
        check, outcome, "; ".join(each.what for each in found), "; ".join(fixes) if mend else ""
    )
