"""Asking the sync's checks: facts -> an answer each. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.model.checks import Check, Facts
from deployer.model.facts import Unknown
from deployer.model.findings import Severity
from deployer.readiness.assessing import Assessed, answered
from sync.checks.facts import NOT_ASKED

_HOW_TO_ASK = "optout sync status --ask-org"


def ask(checks: Iterable[Check], facts: Facts) -> list[Assessed]:
    """An answer for each check, in order; UNKNOWN with the reason when a fact it needs is."""
    return [answered(check, facts, _when_unknown) for check in checks]


def was_asked(answer: Assessed) -> bool:
    """Whether anybody looked: the org's checks are asked only when somebody wants that."""
    return answer.outcome is not Severity.UNKNOWN or answer.evidence != NOT_ASKED.reason


def _when_unknown(_check: Check, fact: Unknown) -> str:
    return _HOW_TO_ASK if fact == NOT_ASKED else "optout doctor"
