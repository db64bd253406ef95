"""A look at the readiness of a large org: what 20,000 users cost more than 1,000."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benches.depth import Depth
from benches.row import Row, Side, row_beside, row_within
from benches.spent import run_measured
from benches.start_up import OPTOUT
from large_org import USERS, add_large, add_users, large_profiles

from deployer.clock import SystemClock
from practice_org.app import open_practice_org
from practice_org.store import DataFolder

FEW = 1_000
MOST_CALLS = 120
MOST_MORE = 1.1
LOOK = ["readiness", "--org", "practice", "--identity", "deployer", "--json"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look as a process of its own: calls, the most memory it ever had, its own CPU."""

    calls: int
    peak_mb: float
    cpu_s: float


def rows(depth: Depth) -> Iterator[Row]:
    """60 layouts, 40 profiles and 30 record types, looked at with few users and with many."""
    looks = 1 if depth is Depth.QUICK else 3
    with tempfile.TemporaryDirectory() as folder:
        env, data = large_org(Path(folder), 0), DataFolder(Path(folder) / "practice-org")
        few = _looked(data, env, FEW, looks)
        many = _looked(data, env, USERS - FEW, looks)
    name = f"a look at {USERS:,} users"
    calls = Side("optout", "", (many.calls,), f"{few.calls} for {FEW:,}")
    yield row_within(("k", f"{name}, API calls"), calls, MOST_CALLS, "calls")
    yield _grown(f"{name}, memory", many.peak_mb, few.peak_mb, "MB")
    yield _grown(f"{name}, CPU", many.cpu_s, few.cpu_s, "s")


def _grown(name: str, many: float, few: float, unit: str) -> Row:
    ours, beside = Side("optout", "", (many,)), Side(f"{FEW:,} users", "", (few,))
    return row_beside(("k", name), ours, [beside], MOST_MORE, unit)


def _looked(data: DataFolder, env: Mapping[str, str], more: int, looks: int) -> Look:
    """The org with so many more users in the large profiles; of some looks the cheapest in CPU."""
    _enlarge(data, more)
    with served(env):
        return min((_look(env) for _ in range(looks)), key=lambda look: look.cpu_s)


def _enlarge(data: DataFolder, users: int) -> None:
    org = open_practice_org(data.database, SystemClock().now)
    org.user_id = org.setting("admin_user_id")
    if not large_profiles(org):
        add_large(org, 0)
    with org.transaction():
        add_users(org, large_profiles(org), users)
    org.db.close()


def large_org(home: Path, users: int) -> dict[str, str]:
    """A new one in that home, not running; the environment in which it is `practice`."""
    env = {**os.environ, "OPTOUT_HOME": str(home)}
    with served(env):
        pass
    _enlarge(DataFolder(home / "practice-org"), users)
    return env


def _look(env: Mapping[str, str]) -> Look:
    spent = run_measured([OPTOUT, *LOOK], env)
    document = json.loads(spent.said)
    if "verdict" not in document:
        raise SystemExit(f"bench: the look failed: {spent.said[-2000:]!r}")
    return Look(len(document["api_calls"]), spent.peak_mb, spent.cpu_s)


@contextmanager
def served(env: Mapping[str, str]) -> Iterator[None]:
    """The practice org while it serves; a new one on the first time."""
    words = ["practice-org", "start", "--contacts", "10", "--leads", "10", "--json"]
    with subprocess.Popen(
        [OPTOUT, *words], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            if not (process.stdout and process.stdout.readline()):
                raise SystemExit("bench: the practice org did not start")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
