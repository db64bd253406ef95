"""A practice org and `optout sync serve`, each a process of its own, and a look into them."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from prove.soak_store import Store
from sqlalchemy import func, select
from webhook_signing import KEY

from deployer.clock import SystemClock
from deployer.salesforce.practice import read_server
from deployer.salesforce.practice_faults import clear_faults, send_fault
from sync.database.places import open_place
from sync.database.postgresql import Room
from sync.database.views import reading
from sync.ledger.events import EventState
from sync.ledger.tables import EVENTS

COMMAND = [sys.executable, "-c", "from deployer.cli import main; main()"]
_SETTINGS = '[sync.senders.shop]\nsecret_env = "SHOP_SECRET"\n'
_SOQL = "/services/data/v63.0/query?q=SELECT+Id+FROM+Contact+WHERE+HasOptedOutOfEmail=false"
_START_S, _STOP_S = 120, 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A server at one moment: how many deliveries it has answered, its memory and open files."""

    life: int
    answered: int
    rss_mb: float
    files: int


@dataclass
class Soaked:
    """Everything is in `folder`; the server listens on `port` and is killed as often as one likes.

    `store` keeps ledger and people. `server` is the running one, `lives` how many there have been,
    and `spent_s` the CPU's seconds of those that are no more.
    """

    folder: Path
    port: int
    store: Store
    server: subprocess.Popen | None = None
    practice: subprocess.Popen | None = None
    lives: int = 0
    spent_s: float = 0.0
    samples: list[Sample] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """OPTOUT_HOME of every process."""
        return self.folder / "home"

    @property
    def env(self) -> dict[str, str]:
        secret = "whsec_" + base64.b64encode(KEY).decode()
        paths = os.pathsep.join(filter(None, sys.path))
        return {**os.environ, "OPTOUT_HOME": str(self.home), "SHOP_SECRET": secret,
                "PYTHONPATH": paths, **self.store.env}  # fmt: skip

    @property
    def asked(self) -> list[str]:
        """The words that every command of the sync takes."""
        settings = self.folder / "optout.toml"
        settings.write_text(_SETTINGS)
        return ["--org", "practice", "--config", str(settings), "--json"]

    # The org -------------------------------------------------------------------------------

    @contextmanager
    def org(self, contacts: int) -> Iterator[None]:
        """A practice org with so many contacts, for the block."""
        words = ["practice-org", "start", "--contacts", str(contacts), "--leads", "0", "--json"]
        process = self.practice = self._begin(*words)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_STOP_S)
            process.stdout.close()

    def fetch_contacts(self) -> list[str]:
        """The ids of all who are not opted out."""
        facts = json.loads((self.home / "practice-org" / "server.json").read_text())
        bearer = {"Authorization": f"Bearer {facts['access_token']}"}
        address = urlsplit(facts["instance_url"]).netloc
        ids, path = [], _SOQL
        with closing(http.client.HTTPConnection(address, timeout=_START_S)) as connection:
            while path:
                connection.request("GET", path, headers=bearer)
                page = json.loads(connection.getresponse().read())
                ids += [record["Id"] for record in page["records"]]
                path = page.get("nextRecordsUrl", "")
        return ids

    def upset(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Something goes wrong, until it is `calmed`."""
        for at, code in faults:
            send_fault(self._found, SystemClock(), {"at": at, "code": code})

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        clear_faults(self._found, SystemClock())

    @property
    def _found(self):
        server = self.home / "practice-org" / "server.json"
        return read_server(json.loads(server.read_bytes()))

    def rows(self, asked: str) -> list[tuple]:
        """Rows of the org's own file; best when it has ended."""
        with closing(sqlite3.connect(self.home / "practice-org" / "org.sqlite")) as db:
            return db.execute(asked).fetchall()

    def open_events(self) -> int:
        """How many events the server has still to do something about; only read."""
        open_ones = EVENTS.c.state != EventState.SETTLED.value
        engine = open_place(self.store.ledger, Room.LEDGER)
        try:
            with reading(engine) as db:
                asked = select(func.count()).select_from(EVENTS).where(open_ones)
                return db.scalar(asked) or 0
        finally:
            engine.dispose()

    # The server ----------------------------------------------------------------------------

    def serve(self) -> None:
        """Start a server; it answers when this returns."""
        words = ["sync", "serve", "--port", str(self.port), *self.asked]
        self.server = self._begin(*words)
        self.lives += 1

    def kill(self) -> None:
        """SIGKILL, and the next start."""
        self.spent_s += _cpu_s(self.server.pid)
        self.server.kill()
        self._reap()
        self.serve()

    def stop(self) -> int:
        """SIGTERM; how it ended."""
        self.server.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        code = self.server.wait(_STOP_S)
        self.server.stdout.close()
        return code

    def look(self, answered: int) -> None:
        """Note the server's memory and open files."""
        with suppress(OSError):
            status = Path(f"/proc/{self.server.pid}/status").read_text()
            rss = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            files = len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))
            self.samples.append(Sample(self.lives, answered, int(rss.split()[1]) / 1024, files))

    def cpu_s(self) -> dict[str, float]:
        """The CPU's seconds until now: of every server, of the org, and of this process."""
        return {
            "server": self.spent_s + _cpu_s(self.server.pid),
            "org": _cpu_s(self.practice.pid),
            "senders": time.process_time(),
        }

    def run(self, *words: str) -> None:
        """A command to its end, which must be a good one."""
        subprocess.run(
            [*COMMAND, *words, *self.asked], env=self.env, cwd=self.folder, check=True,
            capture_output=True, timeout=_START_S,
        )  # fmt: skip

    def _begin(self, *words: str) -> subprocess.Popen:
        """A command that says on its first line that it is there."""
        process = subprocess.Popen(
            [*COMMAND, *words], env=self.env, cwd=self.folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if not process.stdout.readline():
            raise AssertionError(f"{' '.join(words)} did not start, exit {process.wait(_STOP_S)}")
        return process


def _cpu_s(process: int) -> float:
    """What it has used of the CPU, in itself and for the system."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return int(door.getsockname()[1])
