"""Where a soak keeps its ledger and its people: files of one machine, or a database of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from postgresql_house import Cluster
from sqlalchemy import URL

from deployer.clock import Clock, SystemClock
from sync.database.places import Place
from sync.database.postgresql import Room, open_postgresql
from sync.people.sql import SqlPeople, open_embedded, open_own

# Longer than a server needs to start, and shorter than anybody gives up.
AWAY_S = 1.0


class Store(Protocol):
    """One place for both; `env` is what a process is told of it by."""

    @property
    def env(self) -> Mapping[str, str]: ...

    @property
    def ledger(self) -> Place: ...

    def open_people(self, clock: Clock) -> SqlPeople:
        """The people as they are now; to be closed."""
        ...

    def restart(self, how: str) -> None:
        """Let what keeps them be away for a while; `how` is one of pg_ctl's ways to stop."""
        ...


@dataclass(frozen=True)
class Files:
    """Where they are in the home of a practice org unless somebody says otherwise."""

    home: Path
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def ledger(self) -> Path:
        return self.home / "sync" / "practice" / "ledger.sqlite"

    def open_people(self, clock: Clock) -> SqlPeople:
        return open_embedded(self.home / "people" / "practice.sqlite", clock)

    def restart(self, how: str) -> None:
        raise AssertionError(f"a file does not stop, {how} or otherwise")


@dataclass(frozen=True)
class Database:
    """A database that is new and empty, on a running server; it is reached over TCP."""

    server: Cluster
    ledger: URL
    env: Mapping[str, str]

    def open_people(self, clock: Clock) -> SqlPeople:
        return open_own(open_postgresql(self.ledger, Room.PEOPLE), clock)

    def restart(self, how: str) -> None:
        self.server.stop(how)
        SystemClock().sleep(AWAY_S)
        self.server.start()


def make_database(server: Cluster) -> Database:
    """One for both, as docs/operating/postgresql.md sets it up."""
    url = server.url(server.make_database(), host=server.address)
    address = url.render_as_string()
    return Database(server, url, {
        "OPTOUT_SYNC_LEDGER_URL": address, "OPTOUT_PEOPLE_URL": address,
        "OPTOUT_PEOPLE_ORG": "practice",
    })  # fmt: skip
