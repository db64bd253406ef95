"""The org's time in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class OrgClock:
    """The org's time: stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, **delta: float) -> None:
        """Let time pass: move(seconds=30), move(hours=3)."""
        self.at += timedelta(**delta)
