"""A check declares the facts it needs, then answers one question from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from deployer.model.facts import Fact, Known
from deployer.model.findings import Finding, Severity

T = TypeVar("T")
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


def value(facts: Facts, name: str, kind: type[T]) -> T:
    """A fact that the check's `needs` name, so that it is known.

    Errors: TypeError when it is another thing or missing, which is a mistake of this program.
    """
    fact = facts[name]
    if isinstance(fact, Known) and isinstance(fact.value, kind):
        return fact.value
    raise TypeError(f"fact {name} is {fact!r}, not a known {kind.__name__}")
