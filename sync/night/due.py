"""Whether a night is owed now: the switch, the clock on the wall, and the last run."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import func, select

from sync.database.views import reading
from sync.ledger.ledger import Ledger, from_text
from sync.ledger.switch import read_switch
from sync.ledger.tables import RUNS
from sync.night.night import Outcome
from sync.schedule import Schedule, due

# A night that was held has done what it may; approving it is another run.
_COUNTS = (Outcome.DONE.value, Outcome.HELD.value)


class Owed(Enum):
    """What the clock and the switch say."""

    NOW = "now"
    NOT_YET = "not yet"
    DISABLED = "disabled"


def owed(ledger: Ledger, schedule: Schedule) -> Owed:
    """Whether a night is owed; several missed ones are one."""
    with reading(ledger.engine) as db:
        switch = read_switch(db)
        last = db.scalar(
            select(func.max(RUNS.c.started_at)).where(
                RUNS.c.kind == "nightly", RUNS.c.outcome.in_(_COUNTS)
            )
        )
    if not switch.on or switch.since is None:
        return Owed.DISABLED
    last_done = from_text(last) if last else None
    moment = due(schedule, ledger.clock.now(), last_done, switch.since)
    return Owed.NOW if moment is not None else Owed.NOT_YET
