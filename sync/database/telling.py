"""How a person reads of a database: its name, what is wrong with it, who holds it."""

from __future__ import annotations

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from deployer.errors import TryLater

# What of an address's options says which database it is: a socket's folder, a schema.
_WHERE = ("host", "port", "options")
_RAISED = "P0001"


def called(engine: Engine) -> str:
    """The database as a person reads it."""
    return called_url(engine.url)


def called_url(url: URL) -> str:
    """The file, or the address without user, password and whatever else is nobody's business."""
    if url.get_backend_name() == "sqlite":
        return str(url.database or "")
    where = {name: value for name, value in url.query.items() if name in _WHERE}
    plain = URL.create(
        url.get_backend_name(), host=url.host, port=url.port, database=url.database, query=where
    )
    return plain.render_as_string()


def said_by(problem: SQLAlchemyError) -> str:
    """What the driver says, without the data that a server's own words may hold.

    SQLite quotes nothing. Servers put the values of a row into their words; PostgreSQL not where
    it only says that it is away, full or busy, or repeats what a trigger of ours says.
    """
    if not isinstance(problem, DBAPIError):
        return "all its connections are in use"  # the pool's own error
    driver, cause = type(problem.orig).__module__.partition(".")[0], problem.orig
    if "sqlite" in driver:
        return str(cause)
    if getattr(cause, "sqlstate", None) == _RAISED or (
        driver == "psycopg" and isinstance(problem, OperationalError | InterfaceError)
    ):
        # Only what a server says has a diagnosis; the rest is about the connection.
        said = getattr(getattr(cause, "diag", None), "message_primary", None)
        return str(said or cause).strip()
    return type(cause).__name__


def held(engine: Engine) -> TryLater:
    """Another writer kept the database for longer than this one may wait."""
    return TryLater(
        "another optout is writing to this database",
        where=called(engine),
        hint="wait until it has finished and run the same command again",
    )
