"""The sync's checks for another report: every fact, the org's too, and one answer each."""

from __future__ import annotations

from pathlib import Path

from deployer.errors import OptoutError
from deployer.model.findings import Severity
from deployer.readiness.assessing import Assessed
from sync.checks.asking import ask
from sync.checks.catalogue import CHECKS
from sync.checks.gathering import fetch_org, gather, read_facts
from sync.desk import Ask, open_desk


def answers(org: str | None, config: Path | None) -> list[Assessed]:
    """What each check of the sync came to; all UNKNOWN when there is no ledger to look at."""
    try:
        with open_desk(Ask(org, config, as_json=True)) as desk:
            ledger = read_facts(desk)
            return ask(CHECKS, gather(desk, ledger) | fetch_org(desk, ledger))
    except OptoutError as away:
        return [Assessed(check, Severity.UNKNOWN, away.message, "optout sync status")
                for check in CHECKS]  # fmt: skip
