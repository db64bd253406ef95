"""What keeps the ledger and the people of a run: files of its own, or a database of its own.

In the block of `in_postgresql` all that is sown, copied and opened is in databases of one server;
processes that are begun there inherit it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from os import getpid
from pathlib import Path

from postgresql_house import Cluster, running
from walk import StepClock

from sync.database.postgresql import Room, open_postgresql
from sync.ledger.ledger import Ledger, open_ledger
from sync.ledger.tables import METADATA
from sync.people.sql import SqlPeople, open_embedded, open_own

_SERVERS: list[Cluster] = []
_NAMED = "database"
_NUMBERS = count()
_PATIENCE_S = 30.0


@contextmanager
def in_postgresql() -> Iterator[bool]:
    """Whether there is a server: then every run in this block has a database there."""
    with running() as server:
        if server is None:
            yield False
            return
        _SERVERS.append(server)
        try:
            yield True
        finally:
            _SERVERS.pop()


def is_postgresql() -> bool:
    """Whether runs have databases."""
    return bool(_SERVERS)


def prepare(folder: Path) -> None:
    """Give a world that is about to be sown its database, if it is to have one."""
    if _SERVERS:
        (folder / _NAMED).write_text(_SERVERS[-1].make_database())


def open_stores(folder: Path, ledger: str, clock: StepClock) -> tuple[Ledger, SqlPeople]:
    """The ledger and the people of this run; `ledger` is the name of its file."""
    if not _SERVERS:
        people = open_embedded(folder / "people.sqlite", clock)
        return open_ledger(folder / ledger, clock), people
    url = _SERVERS[-1].url((folder / _NAMED).read_text())
    return open_ledger(url, clock), open_own(open_postgresql(url, Room.PEOPLE), clock)


def take_away(folder: Path, name: str) -> None:
    """Let a file of a world not be there, or the ledger's tables in its stead."""
    if not _SERVERS:
        (folder / name).unlink()
        return
    engine = open_postgresql(_SERVERS[-1].url((folder / _NAMED).read_text()), Room.LEDGER)
    METADATA.drop_all(engine)
    engine.dispose()


@contextmanager
def copied(world: Path) -> Iterator[Path]:
    """A run's own copy of a world; gone after the block."""
    with tempfile.TemporaryDirectory(dir=world.parent) as folder:
        run = Path(folder) / "run"
        shutil.copytree(world, run)
        if not _SERVERS:
            yield run
            return
        server, name = _SERVERS[-1], f"run_{getpid()}_{next(_NUMBERS)}"
        template = (run / _NAMED).read_text()
        _wait_until_left(server, template)
        server.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        (run / _NAMED).write_text(name)
        try:
            yield run
        finally:
            server.ask(f"DROP DATABASE {name} WITH (FORCE)")


def _wait_until_left(server: Cluster, database: str) -> None:
    """A connection is closed here some time before the server knows it."""
    until = time.monotonic() + _PATIENCE_S
    while server.cut(database) and time.monotonic() < until:
        pass
