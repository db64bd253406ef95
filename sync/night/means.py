"""What one run works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync.ledger.ledger import Ledger
from sync.org_records import OrgDoor
from sync.people.protocol import People


@dataclass(frozen=True, slots=True)
class Night:
    """One run's means; `fields` are the API names to tick, the first of them the one to read.

    `folder` is the run's own, for files that may be large; `alive` renews the lease, and raises
    when it is lost.
    """

    ledger: Ledger
    people: People
    door: OrgDoor
    run_id: str
    fields: tuple[str, ...]
    folder: Path
    alive: Callable[[], None]
