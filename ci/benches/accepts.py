"""How many webhooks a second `optout sync serve` makes durable, beside single commits."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from sqlite3 import sqlite_version

from benches.depth import Depth
from benches.rounds import rounds
from benches.row import Row, Side, row_beside
from benches.stage.house import House
from benches.stage.server import Server, serving

STEADY_GOAL = 1 / 0.9
BURST_GOAL = 1.0
_SENDERS = Path(__file__).parent / "stage/senders.py"
_COMMITS = Path(__file__).parent / "peers/single_commits.py"


@dataclass(frozen=True, slots=True)
class Load:
    """How much one round sends and commits, from how many senders, and how many rounds there are.

    While `steady` is sent, what was taken is brought to both sides; a burst finds nothing to do.
    """

    steady: int
    burst: int
    commits: int
    rounds: int
    steady_senders: int = 32
    burst_senders: int = 100

    @property
    def webhooks(self) -> int:
        return (self.steady + self.burst) * self.rounds


QUICK = Load(steady=1_000, burst=500, commits=500, rounds=2)
FULL = Load(steady=5_000, burst=1_000, commits=1_000, rounds=5)


def accept_rows(depth: Depth) -> Iterator[Row]:
    """Time for each durable accept beside that for each commit of one row, in the same folder."""
    load = QUICK if depth is Depth.QUICK else FULL
    with tempfile.TemporaryDirectory() as folder:
        # A tenth of the org's contacts are opted out to begin with.
        house = House(Path(folder), contacts=load.webhooks * 5 // 4)
        with house.org(), serving(house) as server:
            given = rounds(_sides(house, server, load), load.rounds, warm=False)
    single = Side("single commits, WAL, FULL", sqlite_version, tuple(given["commits"]))
    for name, goal, senders in (
        ("steady", STEADY_GOAL, load.steady_senders), ("burst", BURST_GOAL, load.burst_senders),
    ):  # fmt: skip
        each = tuple(given[name])
        ours = Side("optout", "", each, f"{1000 / sorted(each)[len(each) // 2]:,.0f}/s")
        title = f"{load.steady if name == 'steady' else load.burst:,} webhooks durable, {name}, "
        yield row_beside(("i", f"{title}{senders} senders"), ours, [single], goal, "ms each")


def _sides(house: House, server: Server, load: Load) -> dict[str, Callable[[], float]]:
    """Each gives milliseconds for one; the server has nothing left to do after any of them."""
    sent = count()

    def send(webhooks: int, senders: int) -> float:
        numbers = [next(sent) for _ in range(webhooks)]
        file = house.folder / "requests"
        file.write_bytes(b"\n".join(b64encode(_request(server, number)) for number in numbers))
        seconds = _seconds(_SENDERS, server.address, file, senders)
        server.wait_until_settled(numbers[-1] + 1)
        return seconds / webhooks * 1000

    def commit() -> float:
        return (
            _seconds(_COMMITS, house.folder / "single.sqlite", load.commits) / load.commits * 1000
        )

    return {
        "commits": commit,
        "steady": lambda: send(load.steady, load.steady_senders),
        "burst": lambda: send(load.burst, load.burst_senders),
    }


def _request(server: Server, number: int) -> bytes:
    body, headers = server.to_webhook(number)
    lines = [
        "POST /unsubscribes HTTP/1.1", f"host: {server.address}", f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode() + body


def _seconds(script: Path, *words: object) -> float:
    """What the script prints."""
    command = [sys.executable, "-P", script, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench: {script.name}: {done.stderr[-2000:]}")
    return float(done.stdout)
