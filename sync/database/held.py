"""What whoever has to wait too long for another writer is told."""

from __future__ import annotations

from sqlalchemy import Engine

from deployer.errors import TryLater


def called(engine: Engine) -> str:
    """The database as a person reads it: the file, or the address without name and password."""
    url = engine.url
    if url.get_backend_name() == "sqlite":
        return str(url.database or "")
    return url.set(username=None, password=None, query={}).render_as_string()


def held(engine: Engine) -> TryLater:
    """Another writer kept the database for longer than this one may wait."""
    return TryLater(
        "another optout is writing to this database",
        where=called(engine),
        hint="wait until it has finished and run the same command again",
    )
