"""Facts -> an answer to each check -> one verdict. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from deployer.errors import Exit, UsageError
from deployer.model.checks import Check, Facts
from deployer.model.facts import Unknown
from deployer.model.findings import Finding, Severity

# Enum order is from the worst to the best.
_WEIGHT = {severity: place for place, severity in enumerate(Severity)}
WhenUnknown = Callable[[Check, Unknown], str]
"""What to type where a fact that a check needs is Unknown."""


class Verdict(Enum):
    """Whether people would see the field, could a machine tell."""

    READY = "ready"
    NOT_READY = "not-ready"
    UNKNOWN = "unknown"


EXITS = {
    Verdict.READY: Exit.DONE,
    Verdict.NOT_READY: Exit.SAID_NO,
    Verdict.UNKNOWN: Exit.COULD_NOT_TELL,
}


@dataclass(frozen=True, slots=True)
class Assessed:
    """What one check came to; `remedy` is what to type or click, "" when nothing is to mend."""

    check: Check
    outcome: Severity
    evidence: str
    remedy: str

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

    @property
    def finding(self) -> Finding:
        """The answer as every other format shows it."""
        return Finding(self.check.id, self.outcome, self.check.title, self.evidence,
                       self.remedy, self.check.link)  # fmt: skip


def assess(checks: Iterable[Check], facts: Facts, words: Mapping[str, str]) -> tuple[Assessed, ...]:
    """An answer for each check, in order; UNKNOWN with the reason when a fact it needs is.

    `words` fills {org}, {field}, {field_option} and {production} of a remedy; "ask_again", when
    there is one, is what to type where a fact is Unknown.
    """

    def ask_again(check: Check, _fact: Unknown) -> str:
        return words.get("ask_again") or check.remedy

    found = (answered(check, facts, ask_again) for check in checks)
    return tuple(replace(each, remedy=filled(each.remedy, words)) for each in found)


def to_verdict(
    assessed: Iterable[Assessed], fail_on: Severity, accepted: Collection[str]
) -> Verdict:
    """A failure beats an unknown, which beats ready; an accepted unknown does not count."""
    found = tuple(assessed)
    failing = {Severity.FAIL, fail_on}
    if any(each.outcome in failing for each in found):
        return Verdict.NOT_READY
    if any(each.outcome is Severity.UNKNOWN and each.check.id not in accepted for each in found):
        return Verdict.UNKNOWN
    return Verdict.READY


def accepted_ids(text: str, checks: Iterable[Check]) -> tuple[str, ...]:
    """The ids of --accept-unknown, as the checks spell them.

    Errors: UsageError for an id that no check has.
    """
    known = {check.id.casefold(): check.id for check in checks}
    wanted = [word for word in text.replace(",", " ").split() if word]
    for word in wanted:
        if word.casefold() not in known:
            raise UsageError(
                f"no check has the id {word!r}",
                where="--accept-unknown",
                hint=f"the ids are {' '.join(known.values())}",
            )
    return tuple(known[word.casefold()] for word in wanted)


def answered(check: Check, facts: Facts, when_unknown: WhenUnknown) -> Assessed:
    """What one check came to; the worst finding decides, the evidence is all that was found."""
    for name in check.needs:
        fact = facts[name]
        if isinstance(fact, Unknown):
            return Assessed(check, Severity.UNKNOWN, fact.reason, when_unknown(check, fact))
    found = check.answer(facts)
    outcome = min((each.severity for each in found), key=_WEIGHT.__getitem__)
    evidence = "; ".join(each.what for each in found)
    if outcome in {Severity.PASS, Severity.INFO}:
        return Assessed(check, outcome, evidence, "")
    fixes = dict.fromkeys(each.fix or check.remedy for each in found if each.severity is outcome)
    return Assessed(check, outcome, evidence, "; ".join(fixes))


def filled(remedy: str, words: Mapping[str, str]) -> str:
    """The remedy with its {placeholders} replaced."""
    for name, word in words.items():
        remedy = remedy.replace(f"{{{name}}}", word)
    return remedy
