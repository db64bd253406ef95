"""How many people see the field, as one line an object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Headline:
    """One object's active users, each counted once; the five verdicts sum up to `users`."""

    object: str
    users: int
    edits: int = 0
    sees: int = 0
    partly: int = 0
    hidden: int = 0
    unknown: int = 0
