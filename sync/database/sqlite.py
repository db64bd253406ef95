"""SQLite that keeps what it has acknowledged: one way to open a database file of ours.

With a log and synchronous=NORMAL a power cut loses commits that were already answered, so FULL.
WAL only where the library is 3.51.3 or newer; older ones can lose a transaction when a checkpoint
resets the log under a reader (SQLite release notes, 3.51.3), so they get a rollback journal. There
a commit is the journal's removal, which FULL does not sync: EXTRA does (SQLite, "PRAGMA
synchronous"), and without it the journal can come back and take an answered commit with it.
"""

from __future__ import annotations

import importlib
import os
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from deployer.state import PRIVATE_FILE, make_private_dir
from sync.database.telling import held
from sync.database.turns import Turns, turns_of
from sync.database.views import is_reading

FIRST_SOUND_WAL = (3, 51, 3)
BUSY_WAIT_S = 30.0
_TURN = "optout_turn"


class Journal(Enum):
    """How commits reach the disk."""

    WAL = "wal"
    ROLLBACK = "delete"


_SYNCHRONOUS = {Journal.WAL: "FULL", Journal.ROLLBACK: "EXTRA"}


def library() -> ModuleType:
    """The newest SQLite at hand: pysqlite3 brings its own, Python's may be years old."""
    for name in ("pysqlite3.dbapi2", "sqlite3.dbapi2"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise AssertionError  # pragma: no cover - Python has sqlite3


def journal(version: tuple[int, ...] | None = None) -> Journal:
    """Which journal this library (or that of `version`) can be trusted with."""
    sound = (version or library().sqlite_version_info) >= FIRST_SOUND_WAL
    return Journal.WAL if sound else Journal.ROLLBACK


def pragmas(kind: Journal) -> tuple[str, ...]:
    """What every connection is set to."""
    return (
        f"journal_mode = {kind.value}",
        f"synchronous = {_SYNCHRONOUS[kind]}",
        "foreign_keys = ON",
        "mmap_size = 0",
        "trusted_schema = OFF",
    )


def open_database(path: Path, busy_wait_s: float = BUSY_WAIT_S) -> Engine:
    """Open (or make) the database file, readable by its owner only.

    Errors: OSError when it cannot be made; TryLater from `writing` when others hold it too long.
    """
    make_private_dir(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
    engine = sqlalchemy.create_engine(
        f"sqlite:///{path}", module=library(), connect_args={"timeout": busy_wait_s}
    )
    event.listen(engine, "connect", _set_up)
    _take_turns(engine, turns_of(path), busy_wait_s)
    return engine


def _take_turns(engine: Engine, turns: Turns, wait_s: float) -> None:
    """Let writers of this process wait for each other before SQLite makes them."""

    def begin(connection: Connection) -> None:
        if is_reading(connection):
            connection.exec_driver_sql("BEGIN")
            return
        if _TURN not in connection.info:
            if not turns.take(wait_s):
                raise held(connection.engine)
            connection.info[_TURN] = turns
        _begin_writing(connection)

    def end(_connection: object, record: ConnectionPoolEntry, *_why: object) -> None:
        # After the commit, and after whatever went wrong instead.
        if mine := record.info.pop(_TURN, None):
            mine.give_back()

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", end)
    event.listen(engine, "invalidate", end)


def _set_up(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late (before the first write): two that read first would
    # both go on to write from what they read.
    connection.isolation_level = None
    for pragma in pragmas(journal()):
        connection.execute(f"PRAGMA {pragma}")


def _begin_writing(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except sqlalchemy.exc.OperationalError as busy:
        if "locked" not in str(busy.orig):
            raise
        raise held(connection.engine) from busy
