"""How a command drains: now, with whatever side answers, and what is said of one that does not."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from deployer.errors import OptoutError
from deployer.model.findings import Finding, Severity
from sync.desk import Desk
from sync.drain import drain


def drain_now(desk: Desk) -> tuple[OptoutError, ...]:
    """Bring what is due to both sides; what stopped a side is returned, not raised."""
    try:
        people = desk.open_people()
    except OptoutError as away:
        return (away,)
    return drain(desk.ledger, people, lambda: desk.open_door(people), secrets.token_hex(8)).problems


def to_findings(problems: Iterable[OptoutError]) -> list[Finding]:
    """What stopped a side, for a person."""
    return [
        Finding(p.org_code or p.code, Severity.WARN, p.where, p.message, p.hint) for p in problems
    ]
