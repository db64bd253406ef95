"""What a database says when it cannot, without the data that its own words may hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from deployer.errors import OrgSaidNo, TryLater


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors into TryLater (away, locked, full) or OrgSaidNo (refused).

    Only SQLite's words are repeated: other databases put the values of a row into theirs.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as away:
        raise TryLater(
            f"the people database cannot be used now: {_words(engine, away)}",
            where=_where(engine),
            hint="check that it is up, writable and not full, then run the same command again",
        ) from away
    except DBAPIError as refused:
        raise OrgSaidNo(
            f"the people database refused: {_words(engine, refused)}",
            where=_where(engine),
            hint="check the [people] settings and what this login may do there",
        ) from refused


def _words(engine: Engine, problem: DBAPIError) -> str:
    return str(problem.orig) if engine.dialect.name == "sqlite" else type(problem.orig).__name__


def _where(engine: Engine) -> str:
    return str(engine.url.database or "")
