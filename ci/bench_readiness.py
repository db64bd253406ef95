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

from bench_commands import OPTOUT
from bench_rows import NOISE, Row, count_row
from bench_spent import run_measured
from large_org import USERS, add_large, add_users, large_profiles

from deployer.clock import SystemClock
from practice_org.app import open_practice_org
from practice_org.store import DataFolder

FEW = 1_000
MOST_CALLS = 120
MOST_MORE = 1.1
_LOOK = ["readiness", "--org", "practice", "--identity", "deployer", "--json"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look as a process of its own: calls, the most memory it ever had, its own CPU."""

    calls: int
    peak_mb: float
    cpu_s: float


def readiness_rows(looks: int) -> Iterator[Row]:
    """60 layouts, 40 profiles and 30 record types, looked at with few users and with many."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "OPTOUT_HOME": folder}
        data = DataFolder(Path(folder) / "practice-org")
        with _served(env):
            pass
        few = _looked(data, env, FEW, looks)
        many = _looked(data, env, USERS - FEW, looks)
    name = f"a look at {USERS:,} users"
    yield count_row(f"{name}, API calls", many.calls, f"{few.calls} for {FEW:,}", MOST_CALLS)
    yield _ratio(f"{name}, memory", (many.peak_mb, few.peak_mb), "MB", 1)
    yield _ratio(f"{name}, CPU", (many.cpu_s, few.cpu_s), "s", NOISE)


def _ratio(name: str, both: tuple[float, float], unit: str, slack: float) -> Row:
    ours, beside = both
    held = ours / beside
    return Row(name, f"{ours:.3g} {unit}", f"{beside:.3g} {unit} for {FEW:,}", held, held, held,
               "x", MOST_MORE, slack)  # fmt: skip


def _looked(data: DataFolder, env: Mapping[str, str], more: int, looks: int) -> Look:
    """The org with so many more users in the large profiles; of some looks the cheapest in CPU."""
    org = open_practice_org(data.database, SystemClock().now)
    org.user_id = org.setting("admin_user_id")
    if not large_profiles(org):
        add_large(org, 0)
    with org.transaction():
        add_users(org, large_profiles(org), more)
    org.db.close()
    with _served(env):
        return min((_look(env) for _ in range(looks)), key=lambda look: look.cpu_s)


def _look(env: Mapping[str, str]) -> Look:
    spent = run_measured([OPTOUT, *_LOOK], env)
    document = json.loads(spent.said)
    if "verdict" not in document:
        raise SystemExit(f"bench: the look failed: {spent.said[-2000:]!r}")
    return Look(len(document["api_calls"]), spent.peak_mb, spent.cpu_s)


@contextmanager
def _served(env: Mapping[str, str]) -> Iterator[None]:
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
