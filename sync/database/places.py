"""Where a database of ours is: a file of this machine, or an address; and how it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from sqlalchemy import URL, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from deployer.errors import UsageError
from deployer.settings.table import Value
from sync.database.postgresql import Room, open_postgresql, refuse_forgetful
from sync.database.sqlite import BUSY_WAIT_S, open_database
from sync.database.telling import called_url

Place: TypeAlias = Path | URL
_LIKE = "postgresql+psycopg://USER@HOST/DATABASE"


def open_place(place: Place, room: Room, wait_s: float = BUSY_WAIT_S) -> Engine:
    """Open the database there; a writer waits at most so many seconds for others.

    Errors: OSError for a file that cannot be made; UsageError without the driver; OrgSaidNo for a
    server that forgets; DBAPIError when it is away.
    """
    if isinstance(place, Path):
        return open_database(place, wait_s)
    try:
        engine = open_postgresql(place, room, wait_s)
    except (ImportError, NoSuchModuleError) as absent:
        raise _no_driver(called_place(place)) from absent
    try:
        refuse_forgetful(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def called_place(place: Place) -> str:
    """The place as a person reads it, without name and password."""
    return str(place) if isinstance(place, Path) else called_url(place)


def read_url(given: Value) -> URL:
    """The address that a setting gives.

    Errors: UsageError for what is none, and for a password in a file that others may read.
    """
    row = given.setting
    try:
        url = make_url(str(given.value))
    except ArgumentError as wrong:
        raise UsageError(
            f"{row.name} is no database's address", where=given.source, hint=f"write {_LIKE}"
        ) from wrong
    if (url.password or "password" in url.query) and given.source != row.variable:
        raise UsageError(
            f"the password in {row.name} does not belong in this file",
            where=given.source,
            hint=f"set {row.variable}, or use ~/.pgpass; and change it: it was readable",
        )
    return url


def read_postgresql(given: Value) -> URL:
    """As `read_url`, of a PostgreSQL. Errors: UsageError, also for any other database."""
    url = read_url(given)
    if url.get_backend_name() != "postgresql":
        raise UsageError(
            f"{given.setting.name} names a database that cannot keep this",
            where=given.source,
            hint=f"write {_LIKE}",
        )
    return url


def _no_driver(where: str) -> UsageError:
    return UsageError(
        "the driver of this database is not installed",
        where=where,
        hint="pip install 'salesforce-optout[postgres]', and write " + _LIKE,
    )
