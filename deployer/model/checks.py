"""A check declares the facts it needs, then answers one question from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deployer.model.facts import Fact
from deployer.model.findings import Finding, Severity

Facts = Mapping[str, Fact[object]]


@dataclass(frozen=True, slots=True)
class Check:
    """One question with a stable id.

    `needs` names the facts; when one of them is Unknown the check is not asked and its outcome is
    UNKNOWN with that reason. `link` is Salesforce's own page.
    """

    id: str
    title: str
    severity: Severity
    question: str
    needs: tuple[str, ...]
    answer: Callable[[Facts], list[Finding]]
    remedy: str
    link: str
