"""PostgreSQL that keeps what it has acknowledged, one writer at a time as in SQLite.

Every writing transaction first takes one advisory lock of its schema (PostgreSQL, "Explicit
Locking"), so whatever was proven with SQLite's one writer holds here, too. It runs READ COMMITTED:
there each statement sees what was committed before it, while under REPEATABLE READ the view would
be as old as the wait for the lock. Nothing is left to the session, since a pooler may give each
transaction another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import OperationalError

from deployer.errors import OrgSaidNo
from sync.database.telling import called, held
from sync.database.views import is_reading, reading

WRITING_WAIT_S = 30.0
# A writer that is cut off from the network keeps the others waiting no longer than this. Longer
# than any request to an org that is made inside a transaction (a resubscribe's) may take.
SILENT_S = 150
_LOCK_NOT_AVAILABLE = "55P03"
# Whoever reads rows by and by has a cursor for that; these are no rows.
_PLAINLY: Mapping[str, object] = {"stream_results": False, "yield_per": None}

# What a connection notices when the other machine is gone, instead of waiting for hours (libpq,
# "Database Connection Control Functions"). No prepared statements: poolers lose them.
CONNECTING: Mapping[str, object] = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 40_000,
    "client_encoding": "utf8",
    "application_name": "optout",
    "prepare_threshold": None,
}
_READ = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
# set_config: what SET LOCAL does, where it is needed: a server or a role may answer commits before
# they are on its disk, and one that waits for a standby must go on doing so.
_WRITE = """
SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL lock_timeout = {wait_ms};
SET LOCAL idle_in_transaction_session_timeout = {silent_ms};
SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') = 'off';
SELECT pg_advisory_xact_lock({room}, hashtext(current_schema()))
"""
_TURN = """
SET LOCAL lock_timeout = '5s';
SET LOCAL idle_in_transaction_session_timeout = '60s';
SELECT pg_advisory_xact_lock({room}, hashtext(current_schema()))
"""
_LOOK = """
SELECT current_setting('fsync'), current_setting('full_page_writes'),
    current_setting('server_encoding'), current_schema()
"""


class Room(Enum):
    """What is kept there; each has a writer of its own, and one may wait inside the other.

    SPREADING is for `one_at_a_time`.
    """

    LEDGER = 1_869_640_801
    PEOPLE = 1_869_640_802
    SPREADING = 1_869_640_803


def open_postgresql(url: URL, room: Room, wait_s: float = WRITING_WAIT_S) -> Engine:
    """An engine for this address; nothing is asked of the server before the first transaction.

    Errors: ImportError without psycopg; TryLater from `Engine.begin` when others write for longer
    than `wait_s`, which is also how long a row may be locked by somebody who is none of ours.
    """
    engine = sqlalchemy.create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args=dict(CONNECTING)
    )
    write = _WRITE.format(
        wait_ms=max(1, round(wait_s * 1000)), silent_ms=SILENT_S * 1000, room=room.value
    )

    def begin(connection: Connection) -> None:
        if is_reading(connection):
            connection.exec_driver_sql(_READ, execution_options=_PLAINLY)
        else:
            _begin_writing(connection, write)

    event.listen(engine, "begin", begin)
    return engine


def _begin_writing(connection: Connection, write: str) -> None:
    try:
        connection.exec_driver_sql(write, execution_options=_PLAINLY)
    except OperationalError as busy:
        if getattr(busy.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise held(connection.engine) from busy


@contextmanager
def one_at_a_time(engine: Engine, room: Room) -> Iterator[None]:
    """Keep others out of such blocks of this room meanwhile, in PostgreSQL.

    It saves work that many would do alike, and nothing may rest on it: who has waited for some
    seconds goes on, and so does everybody on SQLite, where one process is at work.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with reading(engine) as db:
        try:
            db.exec_driver_sql(_TURN.format(room=room.value))
        except OperationalError as busy:
            if getattr(busy.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
        yield


def refuse_forgetful(engine: Engine) -> None:
    """Refuse a server that can lose what it has acknowledged, or texts that it is given.

    Errors: OrgSaidNo naming the setting. synchronous_commit needs no look: every writing
    transaction of ours sees to it.
    """
    with reading(engine) as db:
        fsync, full_pages, encoding, schema = db.exec_driver_sql(_LOOK).one()
    wrong = [
        f"{name} = {found}"
        for name, found, needed in (
            ("fsync", fsync, "on"),
            ("full_page_writes", full_pages, "on"),
            ("the database's encoding", encoding, "UTF8"),
        )
        if found != needed
    ]
    if schema is None:
        # Also, its lock would be none.
        wrong.append("no schema of its search_path exists")
    if wrong:
        raise OrgSaidNo(
            f"this PostgreSQL cannot keep what must not be lost: {', '.join(wrong)}",
            where=called(engine),
            hint="docs/operating/postgresql.md says how to put it right",
        )
