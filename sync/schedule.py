"""When the nightly sync is due: once a day at a wall-clock time of one zone.

A day's moment is the first instant at which a clock on that wall shows the time. In spring 02:30
may not exist: then it is as long after the gap began as the time is (03:30 new time); in autumn
01:30 exists twice: then the first counts (PEP 495, fold=0). So each day has exactly one moment.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from deployer.errors import UsageError

_WALL_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_FIXED = re.compile(r"UTC([+-])(0[0-9]|1[0-4]):([0-5][0-9])")
# A clock may be a little behind the one that wrote a time; a time further ahead than this was
# written by a clock that was wrong, and must not put off every night until then.
_BELIEVABLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every day at this time on a wall of this zone."""

    at: time
    zone: tzinfo


def to_schedule(at: str, zone: str, where: str = "") -> Schedule:
    """Read the settings `at` ("20:00") and `timezone` ("America/Los_Angeles", "UTC-08:00").

    Errors: UsageError when either is not one.
    """
    if shape := _WALL_TIME.fullmatch(at):
        return Schedule(time(int(shape[1]), int(shape[2])), _zone(zone, where))
    raise UsageError(
        f"at = {at!r} is no time of day", where=where, hint='write it like at = "20:00"'
    )


def due(
    schedule: Schedule, now: datetime, last_done: datetime | None, enabled_at: datetime
) -> datetime | None:
    """The moment that is owed (UTC), or None; of several missed nights only the last is owed.

    All times are aware. `last_done` is when the last finished run began, not when it ended: a run
    that takes a day must not swallow the next night. Nothing before `enabled_at` is owed.
    """
    owed = max(moment for moment in _around(schedule, now) if moment <= now)
    done = last_done if last_done is not None and last_done - now <= _BELIEVABLE else None
    enabled = enabled_at - now > _BELIEVABLE or owed >= enabled_at
    return owed if enabled and (done is None or owed > done) else None


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first moment (UTC) later than `after`."""
    return min(moment for moment in _around(schedule, after) if moment > after)


def _around(schedule: Schedule, moment: datetime) -> list[datetime]:
    """The moments of the days around; two on each side, since a zone may skip a whole day."""
    day = moment.astimezone(schedule.zone).date()
    days = [day + timedelta(days=shift) for shift in range(-2, 3)]
    return [datetime.combine(d, schedule.at, schedule.zone).astimezone(UTC) for d in days]


def _zone(name: str, where: str) -> tzinfo:
    if shape := _FIXED.fullmatch(name):
        offset = timedelta(hours=int(shape[2]), minutes=int(shape[3]))
        return timezone(-offset if shape[1] == "-" else offset)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise UsageError(
            f"timezone = {name!r} is not known here", where=where, hint=_zone_hint()
        ) from unknown


def _zone_hint() -> str:
    if zoneinfo.available_timezones():
        return 'write it like "America/Los_Angeles", or a fixed offset like "UTC-08:00"'
    return "this system has no time zones: pip install tzdata, or write it like UTC-08:00"
