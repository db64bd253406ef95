"""What a database says when it cannot, without the data that its own words may hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from deployer.errors import OrgSaidNo, TryLater
from sync.database.telling import called, said_by


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors into TryLater (away, locked, full) or OrgSaidNo (refused)."""
    try:
        yield
    except (OperationalError, InterfaceError, NoneFree) as away:
        raise TryLater(
            f"the people database cannot be used now: {said_by(away)}",
            where=called(engine),
            hint="check that it is up, writable and not full, then run the same command again",
        ) from away
    except DBAPIError as refused:
        raise OrgSaidNo(
            f"the people database refused: {said_by(refused)}",
            where=called(engine),
            hint="check the [people] settings and what this login may do there",
        ) from refused
