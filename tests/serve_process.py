"""`optout sync serve` as a process of its own, asked over a socket."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from serve_house import said
from webhook_signing import KEY, delivery

from deployer.clock import SystemClock

COMMAND = [sys.executable, "-c", "from deployer.cli import main; main()"]
SERVE = ["sync", "serve", "--port", "0", "--org", "practice", "--json"]
SETTINGS = '[sync.senders.shop]\nsecret_env = "SHOP_SECRET"\n'
PATIENCE_S = 30


@dataclass
class Server:
    """A running server and the ledger's folder."""

    process: subprocess.Popen
    url: str
    home: Path

    def post(self, number: int, **fields: str) -> requests.Response:
        now = SystemClock().now()
        body = said(now, number, **fields)
        headers = delivery(body, KEY, f"msg_{number}", now)
        return requests.post(f"{self.url}/unsubscribes", body, headers=headers, timeout=100)

    def meter(self, name: str) -> float:
        text = requests.get(f"{self.url}/metrics", timeout=100).text
        return float(next(x.split()[1] for x in text.splitlines() if x.startswith(f"{name} ")))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def start(private_home) -> Iterator[Callable[[], Server]]:
    """Start a server; what still runs at the end is killed."""
    running: list[subprocess.Popen] = []
    settings = private_home / "optout.toml"
    settings.write_text(SETTINGS)
    secret = "whsec_" + base64.b64encode(KEY).decode()

    def start_it() -> Server:
        process = subprocess.Popen(
            [*COMMAND, *SERVE, "--config", str(settings)], text=True, cwd=private_home,
            env={**os.environ, "SHOP_SECRET": secret},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        running.append(process)
        url = json.loads(process.stdout.readline())["url"]
        return Server(process, url, private_home / "optout")

    yield start_it
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_until(holds: Callable[[], bool]) -> None:
    clock = SystemClock()
    deadline = clock.monotonic_s() + PATIENCE_S
    while not holds():
        assert clock.monotonic_s() < deadline
        clock.sleep(0.05)
