"""A PostgreSQL of the tests' own: Debian's programs, in memory, under a user that is not root.

It sorts texts as English does, which is not how times sort: what compares texts must not mind.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

NOT_THERE = "the programs of PostgreSQL are not there: apt-get install postgresql"
_PREFIX, _OWNER = "optout-pg-", "owner"
_USERS = ("postgres", "nobody")
_SETTINGS = {
    # It is in memory anyway; what may never be off is on, as the product asks for.
    "max_wal_size": "64MB", "shared_buffers": "32MB", "max_connections": "60",
    "logging_collector": "off", "autovacuum": "off",
}  # fmt: skip


def programs() -> Path | None:
    """The folder with the newest version's programs; Debian has a folder for each."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3])
    )
    return found[-1].parent if found else None


@dataclass
class Cluster:
    """One server; `address` is where it listens besides its socket, `settings` are more of them."""

    folder: Path
    programs: Path
    port: int
    address: str = "127.0.0.1"
    numbers: Iterator[int] = field(default_factory=count)
    settings: Mapping[str, str] = field(default_factory=dict)

    def url(self, database: str, user: str = "postgres", host: str = "") -> URL:
        """By its socket, or by the host that is named."""
        where = {"host": host} if host else {}
        query = {} if host else {"host": str(self.folder)}
        return URL.create(
            "postgresql+psycopg", user, port=self.port, database=database, query=query, **where
        )

    def make_database(self) -> str:
        """A new and empty one; its name."""
        name = f"test_{next(self.numbers)}"
        self.ask(f"CREATE DATABASE {name}")
        return name

    def ask(self, *statements: str, database: str = "postgres") -> list[tuple]:
        """As the administrator, each by itself; the rows of the last one."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as db:
            for statement in statements:
                found = db.execute(statement)
            return found.fetchall() if found.description else []

    def conninfo(self, database: str) -> str:
        """For libpq, by the socket and as the administrator."""
        return f"host={self.folder} port={self.port} user=postgres dbname={database}"

    def cut(self, database: str) -> int:
        """Cut all connections to this database; how many."""
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
        return len(self.ask(end.format(database)))

    def start(self) -> None:
        """Up, and answering."""
        where = f"-p {self.port} -k {self.folder} -c listen_addresses={self.address}"
        given = {**_SETTINGS, **self.settings}
        rest = " ".join(f"-c {name}={value}" for name, value in given.items())
        self._run("pg_ctl", "-w", "-t", "60", "-l", "log", "-o", f"{where} {rest}", "start")

    def stop(self, how: str = "immediate") -> None:
        """As a crash does it, unless told otherwise."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def make(self) -> None:
        """What is on disk before the first start."""
        self._run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync",
                  "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US",
                  "--wal-segsize=1")  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, "-D", self.folder / "postgresql-data", *arguments],
            user=_user(), group=_group(), extra_groups=[] if os.geteuid() == 0 else None,
            cwd=self.folder, check=True, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip


def _entry() -> pwd.struct_passwd | None:
    """Who runs it when we are root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in _USERS if name in known)


def _user() -> int | None:
    entry = _entry()
    return entry.pw_uid if entry else None


def _group() -> int | None:
    entry = _entry()
    return entry.pw_gid if entry else None


@contextmanager
def running(address: str = "127.0.0.1", **settings: str) -> Iterator[Cluster | None]:
    """A server that is gone afterwards; None where the programs are not there."""
    found = programs()
    if found is None:
        yield None
        return
    _clear_away(found)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_home()))
    try:
        (folder / _OWNER).write_text(str(os.getpid()))
        if (entry := _entry()) is not None:
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        folder.chmod(0o755)
        cluster = Cluster(folder, found, _free_port(), address, settings=settings)
        cluster.make()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def _home() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    return memory if memory.is_dir() else Path(tempfile.gettempdir())


def _clear_away(found: Path) -> None:
    """End the servers of tests that were killed: nobody else does."""
    for owner in _home().glob(f"{_PREFIX}*/{_OWNER}"):
        with suppress(OSError, ValueError):
            if not Path(f"/proc/{int(owner.read_text())}").exists():
                with suppress(subprocess.SubprocessError):  # it may be gone by itself
                    Cluster(owner.parent, found, 0).stop()
                shutil.rmtree(owner.parent)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this test process."""
    with running() as server:
        if server is None:
            pytest.skip(NOT_THERE)
        yield server


@pytest.fixture
def database(cluster: Cluster) -> URL:
    """The address of a database in which nothing is yet."""
    return cluster.url(cluster.make_database())
