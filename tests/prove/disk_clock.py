"""Clocks that are set forward and back, and days of 23 and 25 hours: a night a day is owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

from sync.schedule import due, to_schedule

# A change of each kind: Europe's and America's clocks, half an hour, at midnight, a day left out.
CHANGES = (
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/Los_Angeles", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/Los_Angeles", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 4, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, tzinfo=UTC)),
    ("UTC+00:00", datetime(2026, 1, 1, tzinfo=UTC)),
)
TIMES = ("00:00", "00:30", "02:00", "02:30", "03:00", "12:00", "20:00", "23:45")
TICK = timedelta(minutes=15)
JUMPS = (timedelta(0), timedelta(hours=-1), timedelta(days=-1), timedelta(days=1))
# However a clock was set: two days of real time later a night has been.
LONGEST = timedelta(days=2, hours=2)


@dataclass(frozen=True, slots=True)
class Watch:
    """One schedule around one change, with a clock that jumps at the change's noon (UTC)."""

    zone: str
    change: datetime
    at: str
    jump: timedelta

    @property
    def name(self) -> str:
        """As it is told."""
        return f"{self.at} in {self.zone} around {self.change:%Y-%m-%d}, jump {self.jump}"


def every_watch() -> list[Watch]:
    """Every change with every time and every jump."""
    rows = product(CHANGES, TIMES, JUMPS)
    return [Watch(zone, change, at, jump) for (zone, change), at, jump in rows]


def wrong_nights(watch: Watch, owed=due) -> Iterator[str]:
    """What is wrong with the nights of the week around: none twice, none left out for long."""
    schedule = to_schedule(watch.at, watch.zone)
    begun = watch.change - timedelta(days=3)
    enabled = begun - timedelta(days=30)
    done: list[datetime] = []
    real: list[datetime] = []
    for number in range(int(timedelta(days=7) / TICK)):
        moment = begun + number * TICK
        shown = moment + (watch.jump if moment >= watch.change + timedelta(hours=12) else TICK * 0)
        if owed(schedule, shown, max(done, default=None), enabled) is not None:
            done.append(shown)
            real.append(moment)
    yield from _told(watch, [each.astimezone(schedule.zone) for each in done], real, begun)


def _told(
    watch: Watch, nights: Sequence[datetime], real: Sequence[datetime], begun: datetime
) -> Iterator[str]:
    moments = [begun, *real, begun + timedelta(days=7)]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    if max(gaps) > LONGEST:
        yield f"{watch.name}: no night for {max(gaps)}"
    if not watch.jump and max(gaps) > timedelta(hours=25):
        yield f"{watch.name}: a day has no night"
    # The first one is owed since before; from then on a night begins within a tick of its time.
    if not watch.jump and len(real) not in (7, 8):
        yield f"{watch.name}: {len(real)} nights in a week"
    days = [night.date() for night in nights[1:]]
    if not watch.jump and len(days) != len(set(days)):
        yield f"{watch.name}: two nights on one day"
