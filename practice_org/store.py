"""The data folder: who holds it, what is in it, and server.json while somebody serves it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from practice_org.certificates import write_private_file


class FolderBusy(Exception):
    """Another practice org serves this folder."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One org's files; readable by their owner only."""

    path: Path

    @property
    def database(self) -> Path:
        """The org's state."""
        return self.path / "org.sqlite"

    @property
    def server_file(self) -> Path:
        """How to reach the org; there only while it serves."""
        return self.path / "server.json"

    def key_file(self, name: str) -> Path:
        """The private key an identity signs its JWT with."""
        return self.path / f"{name}.key"


@contextmanager
def hold(path: Path) -> Iterator[DataFolder]:
    """Make the folder and keep everybody else out of it until the block ends.

    Errors: FolderBusy when it is held; OSError when it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path / "lock", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise FolderBusy(f"another practice org is using {path}") from held
        yield DataFolder(path)


def erase(folder: DataFolder) -> None:
    """Forget the org; certificates and keys stay, so that clients need no new setup."""
    for suffix in ("", "-wal", "-shm"):
        folder.database.with_name(folder.database.name + suffix).unlink(missing_ok=True)
    folder.server_file.unlink(missing_ok=True)


def write_server_file(folder: DataFolder, facts: Mapping[str, Any]) -> None:
    """Say in server.json, for the owner's eyes only, how to reach the org."""
    write_private_file(folder.server_file, json.dumps(facts, indent=1).encode())
