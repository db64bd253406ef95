"""A disk that fails at one operation, or from one on: what a store is told by SQLite's own code.

Operations are those of the recorder: files that are made and removed, writes, truncations, syncs.
Source: SQLite, "Result and Error Codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from prove.points import caller
from prove.recorder import Recording

_FULL, _READONLY, _CANTOPEN = 13, 8, 14
_EIO = {"write": 778, "sync": 1034, "cut": 1546, "delete": 2570, "create": _CANTOPEN}


class Trouble(Enum):
    """What is wrong with the disk."""

    FULL = "it is full"
    EIO = "one operation fails"
    BROKEN = "everything fails"
    READ_ONLY = "it cannot be written any more"

    @property
    def lasts(self) -> bool:
        """Whether it stays until somebody mends it."""
        return self is not Trouble.EIO


_CODES: Mapping[Trouble, Mapping[str, int]] = {
    # What a full disk refuses is room: removing and syncing need none.
    Trouble.FULL: {"write": _FULL, "create": _CANTOPEN},
    Trouble.EIO: _EIO,
    Trouble.BROKEN: _EIO,
    Trouble.READ_ONLY: {**_EIO, "write": _READONLY},
}


@dataclass(slots=True)
class Failing(Recording):
    """A disk with `trouble` at operation number `at` (None: at none); `names` lists them all."""

    trouble: Trouble = Trouble.EIO
    at: int | None = None
    names: list[str] = field(default_factory=list)
    failed: int = 0

    def refuses(self, kind: str, name: str) -> int:
        number = len(self.names)
        # A journal's name is its database's and some letters more.
        self.names.append(f"{kind} {name.rpartition('/')[2]} in {caller()}")
        if self.at is None or number < self.at or (number > self.at and not self.trouble.lasts):
            return 0
        code = _CODES[self.trouble].get(kind, 0)
        self.failed += bool(code)
        return code

    def mend(self) -> None:
        """Nothing is wrong any more."""
        self.at = None

    def told(self, kind: str, address: int, at: int = 0, data: bytes = b"") -> None:
        """What was written is nobody's question here."""
