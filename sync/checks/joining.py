"""The sync's checks for another report: every fact, the org's too, and one answer each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deployer.errors import OptoutError
from deployer.model.findings import Severity
from deployer.readiness.assessing import Assessed
from deployer.salesforce.session import OrgCall
from sync.checks.asking import ask
from sync.checks.catalogue import CHECKS
from sync.checks.gathering import fetch_org, gather, read_facts
from sync.desk import Ask, open_desk


@dataclass(frozen=True, slots=True)
class Joined:
    """What each check of the sync came to, and the calls to the org that took, the runner's."""

    assessed: tuple[Assessed, ...]
    calls: tuple[OrgCall, ...] = ()


def answers(org: str | None, config: Path | None) -> Joined:
    """An answer for each check of the sync; all UNKNOWN when there is no ledger to look at."""
    calls: list[OrgCall] = []
    try:
        with open_desk(Ask(org, config, as_json=True)) as desk:
            ledger = read_facts(desk)
            found = ask(CHECKS, gather(desk, ledger) | fetch_org(desk, ledger, calls))
    except OptoutError as away:
        found = [Assessed(check, Severity.UNKNOWN, away.message, "optout sync status")
                 for check in CHECKS]  # fmt: skip
    return Joined(tuple(found), tuple(calls))
