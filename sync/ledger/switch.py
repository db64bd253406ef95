"""The nightly sync's switch: off until somebody by name switches it on. No setting does that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from sync.ledger.ledger import Ledger, from_text, note, read_meta, write_meta


class Turn(Enum):
    """What the switch is turned to."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Switch:
    """How the switch stands; `since` and `by` are None and "" while nobody has touched it."""

    turn: Turn = Turn.OFF
    since: datetime | None = None
    by: str = ""

    @property
    def on(self) -> bool:
        """Whether nights run."""
        return self.turn is Turn.ON


def read_switch(db: Connection) -> Switch:
    """How the nightly's switch stands. No night before `since` is owed."""
    word, since = read_meta(db, "nightly"), read_meta(db, "nightly_since")
    if not word:
        return Switch()
    return Switch(Turn(word), from_text(since), read_meta(db, "nightly_by"))


def turn_switch(ledger: Ledger, turn: Turn, by: str) -> bool:
    """Turn the switch, audited; whether that changed anything."""
    now = ledger.now()
    with ledger.engine.begin() as db:
        if read_switch(db).turn is turn:
            return False
        for name, value in (("nightly", turn.value), ("nightly_since", now), ("nightly_by", by)):
            write_meta(db, name, value)
        note(db, now, by, "enable" if turn is Turn.ON else "disable", "the nightly sync")
        return True
