"""Two runners in processes of their own, on the same files and the same clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context

from org_clock import START, OrgClock
from prove.points import Points
from prove.stages import Blow, Place, Stage, Started, begin_stage, open_house
from sync_house import House

from sync.ledger.lease import Busy
from sync.ledger.tables import METADATA

Work = Callable[[House, Place], None]
NO_BLOW = Blow()


class SharedClock(OrgClock):
    """One clock for all processes that are begun after it was made."""

    def __init__(self) -> None:
        # Without a lock: a runner that is stopped while one of its threads reads the time would
        # keep it, and with it everybody else.
        self._seconds = get_context("fork").RawValue("d", 0.0)

    @property
    def at(self) -> datetime:
        """Now."""
        return START + timedelta(seconds=self._seconds.value)

    @at.setter
    def at(self, moment: datetime) -> None:
        self._seconds.value = (moment - START).total_seconds()


@dataclass(frozen=True, slots=True)
class Race:
    """The run's files and the clock that all its runners read."""

    place: Place
    clock: SharedClock

    def begin(
        self, stage: Stage, work: Work, blow: Blow = NO_BLOW, place: Place | None = None
    ) -> Started:
        """Begin a runner; how it ended is noted: done, or busy."""

        def working(points: Points) -> None:
            points.tell = self._telling(stage, points.tell)
            with open_house(place or self.place, stage, points, self.clock) as house:
                try:
                    work(house, self.place)
                    self.place.note(f"ended-{stage.number}", "done")
                except Busy:
                    self.place.note(f"ended-{stage.number}", "busy")

        return begin_stage(self.place, stage, working, blow)

    def move(self, seconds: float) -> None:
        """Let time pass for all of them."""
        self.clock.at += timedelta(seconds=seconds)

    def _telling(self, stage: Stage, tell: Callable[[str], None]) -> Callable[[str], None]:
        """Note in what order all of them call the org, too."""

        def telling(name: str) -> None:
            tell(name)
            if name.startswith("org."):
                self.place.note("order", [stage.number, name])

        return telling

    def ended(self, stage: Stage) -> str:
        """How that runner ended: done, busy, or "" when it was killed."""
        return next(reversed(self.place.noted(f"ended-{stage.number}")), "")

    def trace(self, stage: Stage) -> list[str]:
        """The points that runner passed."""
        return self.place.noted(f"trace-{stage.number}")


@contextmanager
def gate() -> Iterator[Callable[[Work], Work]]:
    """Work that is begun inside the block starts when the block ends, all of it at once."""
    closed, opener = os.pipe()

    def behind(work: Work) -> Work:
        def waiting(house: House, place: Place) -> None:
            os.close(opener)
            os.read(closed, 1)
            work(house, place)

        return waiting

    yield behind
    os.close(opener)
    os.close(closed)


def note_ledger(house: House, place: Place) -> None:
    """Note everything the ledger holds."""
    with house.ledger.engine.connect() as db:
        rows = [[t.name, *row] for t in METADATA.sorted_tables for row in db.execute(t.select())]
    place.note("ledger", rows)
