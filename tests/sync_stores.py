"""Ledger and people store for one world after the other: two databases, put back each time."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from deployer.clock import Clock
from sync.ledger.ledger import Ledger, open_ledger
from sync.people.sql import SqlPeople, open_embedded


@dataclass(frozen=True, slots=True)
class Stores:
    """Both as they were when `kept` closed them, and their files' content.

    Engines are used again, since a new one has to learn every statement anew.
    """

    ledger: Ledger
    people: SqlPeople
    files: dict[Path, bytes]

    def anew(self, clock: Clock) -> tuple[Ledger, SqlPeople]:
        """Both as they were, by this clock; whoever had them before has closed them."""
        for file, content in self.files.items():
            file.write_bytes(content)
            shutil.rmtree(file.parent / "runs", ignore_errors=True)
        return replace(self.ledger, clock=clock), replace(self.people, clock=clock)


def open_stores(folder: Path, clock: Clock) -> tuple[Ledger, SqlPeople]:
    """Both, in this folder."""
    ledger = open_ledger(folder / "ledger.sqlite", clock)
    return ledger, open_embedded(folder / "people.sqlite", clock)


def kept(ledger: Ledger, people: SqlPeople) -> Stores:
    """Close both, and keep what is in them."""
    people.close()
    ledger.close()
    folder = Path(str(ledger.engine.url.database)).parent
    return Stores(ledger, people, {file: file.read_bytes() for file in folder.glob("*.sqlite")})
