"""Whose turn it is to write to a database file, among the threads of one process.

SQLite has one writer at a time, and lets the others try again after naps of up to 100 ms, in no
order. Here they wait in the order they came, and are woken.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary


class Turns:
    """A lock that goes to whoever has waited longest."""

    def __init__(self) -> None:
        self._own = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def take(self, wait_s: float) -> bool:
        """Wait for the turn, at most so many seconds; whether it was given."""
        with self._own:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=wait_s):
            return True
        with self._own:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it was given in the very last moment

    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def give_back(self) -> None:
        """Give the turn to the next one."""
        with self._own:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_OF_FILES: WeakValueDictionary[Path, Turns] = WeakValueDictionary()
_GUARD = Lock()


def turns_of(file: Path) -> Turns:
    """The turns of this file: the same ones for everybody in this process who asks."""
    with _GUARD:
        return _OF_FILES.setdefault(file.resolve(), Turns())
