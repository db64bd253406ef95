"""Workers and a server that calls them, each a process of its own, over one PostgreSQL."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL
from webhook_signing import KEY

from deployer.clock import SystemClock

COMMAND = [sys.executable, "-c", "from deployer.cli import main; main()"]
SETTINGS = '[sync.senders.shop]\nsecret_env = "SHOP_SECRET"\n'
PATIENCE_S = 60.0
CLOCK = SystemClock()


@dataclass
class Program:
    """One running program, and what it said on its first line."""

    process: subprocess.Popen
    said: dict

    def kill(self) -> None:
        """As a machine that loses its power."""
        self.process.kill()
        self.process.wait()

    def stop(self, patience_s: float = PATIENCE_S) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience_s)


@dataclass
class Workers:
    """Starts programs on one ledger and one people store, both in PostgreSQL."""

    home: Path
    address: str
    running: list[subprocess.Popen] = field(default_factory=list)

    def start(self, *words: str, before: Sequence[str] = (), **env: str) -> Program:
        """`before` is a line that runs the rest elsewhere, such as in another network."""
        settings = self.home / "optout.toml"
        settings.write_text(SETTINGS)
        process = subprocess.Popen(
            [*before, *COMMAND, *words, "--org", "practice", "--config", str(settings), "--json"],
            text=True, cwd=self.home, env={**os.environ, **self.settings(), **env},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.running.append(process)
        return Program(process, json.loads(process.stdout.readline()))

    def worker(self, **where: object) -> Program:
        return self.start("worker", **where)

    def server(self) -> Program:
        return self.start("sync", "serve", "--port", "0", "--no-drain")

    def settings(self) -> dict[str, str]:
        return {
            "SHOP_SECRET": "whsec_" + base64.b64encode(KEY).decode(),
            "OPTOUT_SYNC_LEDGER_URL": self.address,
            "OPTOUT_PEOPLE_URL": self.address,
            "OPTOUT_PEOPLE_ORG": "practice",
        }

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()
            process.stdout.close()


@contextmanager
def workers_at(home: Path, database: URL) -> Iterator[Workers]:
    """What still runs at the end is killed."""
    house = Workers(home, database.render_as_string())
    try:
        yield house
    finally:
        house.end()


def wait_until(holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> float:
    """Seconds until it held."""
    begun = CLOCK.monotonic_s()
    while not holds():
        assert CLOCK.monotonic_s() < begun + patience_s, "it never came to that"
        CLOCK.sleep(0.1)
    return CLOCK.monotonic_s() - begun
