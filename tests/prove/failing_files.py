"""A disk that fails under files: the audit hook of Python stands before every open and rename.

A write that finds no room fails by the process's own limit on the size of files, so it is the
kernel that refuses, in the middle of whatever the program does. Source: Python, "Audit events
table"; setrlimit(2), RLIMIT_FSIZE.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from prove.failing import Trouble
from prove.points import caller

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_NAMES = {"os.mkdir": "mkdir", "os.rename": "rename", "os.remove": "remove"}
_CODES = {Trouble.EIO: errno.EIO, Trouble.BROKEN: errno.EIO, Trouble.READ_ONLY: errno.EROFS}
_REAL_FSYNC = os.fsync
# A hook cannot be taken away: it asks the disk that is watched just now.
_NOW: list[FailingFiles] = []


@dataclass(slots=True)
class FailingFiles:
    """A folder with `trouble` at file operation number `at` (None: at none)."""

    folder: Path
    trouble: Trouble = Trouble.EIO
    at: int | None = None
    names: list[str] = field(default_factory=list)
    failed: int = 0

    def told(self, kind: str, path: str) -> None:
        """One operation is about to be done. Errors: OSError in its place."""
        number = len(self.names)
        self.names.append(f"{kind} in {caller()}")
        if self.at is None or number < self.at or (number > self.at and not self.trouble.lasts):
            return
        self.failed += 1
        if self.trouble is not Trouble.FULL:
            code = _CODES[self.trouble]
            raise OSError(code, os.strerror(code), path)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    def mend(self) -> None:
        """Nothing is wrong any more."""
        self.at = None
        most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def watching(disk: FailingFiles) -> Iterator[FailingFiles]:
    """Have this process tell the disk of its file operations in that folder."""
    if not hasattr(os.fsync, "watched"):
        sys.addaudithook(_hear)
        _fsync.watched = True  # type: ignore[attr-defined]
        os.fsync = _fsync
    _NOW.append(disk)
    try:
        yield disk
    finally:
        disk.mend()
        _NOW.remove(disk)


def _hear(event: str, given: tuple) -> None:
    if not _NOW or (event != "open" and event not in _NAMES):
        return
    path = os.fsdecode(given[0]) if isinstance(given[0], str | bytes | os.PathLike) else ""
    if path.startswith(str(_NOW[-1].folder)) and (event != "open" or given[2] & _WRITES):
        _NOW[-1].told(_NAMES.get(event, "open"), path)


def _fsync(handle: int) -> None:
    if _NOW:
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        if path.startswith(str(_NOW[-1].folder)):
            _NOW[-1].told("fsync", path)
    _REAL_FSYNC(handle)
