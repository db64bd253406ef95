"""Times as texts: UTC with microseconds, so that they sort as they happened."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def read_moment(text: str) -> datetime | None:
    """The time that an ISO 8601 text names, without a zone in UTC; None when it names none."""
    try:
        return in_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):  # the first and last hours of the calendar, moved to UTC
        return None


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; one without a zone is taken to be UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
