"""The field on one layout of an org and on forty, from a fresh org to a checked deploy."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benches.cost import cost_rounds, cost_rows
from benches.deploy_tools import make_pattern, runs
from benches.depth import Depth
from benches.row import Row, Side, row_within
from benches.stage.org import LAYOUTS, practice_org
from benches.start_up import OPTOUT
from strangers_install import cache_folder, install_clients

MOST_CALLS = 12
_EVEN = {"peak memory": 1.0, "API calls": 1.0, "on the wire": 1.0}
GOALS = {
    1: {"wall": 0.5, "CPU": 0.5, **_EVEN},
    LAYOUTS: {"wall": 0.2, "CPU": 0.2, **_EVEN},
}


def rows(depth: Depth) -> Iterator[Row]:
    """Calls within what was promised, then each size beside the peers."""
    yield _calls()
    clients = install_clients(cache_folder())
    full = depth is Depth.FULL
    with tempfile.TemporaryDirectory() as folder:
        pattern = make_pattern(Path(folder), LAYOUTS, clients)
        for count, goals in GOALS.items():
            wanted = sorted(pattern.before)[:count]
            given = cost_rounds(runs(pattern, wanted), 5 if full else 1, warm=full)
            name = f"the field on {count} layout{'s' * (count > 1)}"
            yield from cost_rows(("b", name), given, goals)


def _calls() -> Row:
    """One deploy of many layouts to a practice org: API calls without polls."""
    with tempfile.TemporaryDirectory() as folder, practice_org(Path(folder)) as env:
        words = ["--org", "practice", "--layout", "Contact-Bench *", "--yes", "--json"]
        done = subprocess.run(
            [OPTOUT, "deploy", *words], check=False, capture_output=True, text=True, env=env
        )
    answer = json.loads(done.stdout)
    added = sum(layout["outcome"] == "added" for layout in answer.get("layouts", ()))
    if done.returncode or added != LAYOUTS:
        raise SystemExit(
            f"bench: the deploy put {added} of {LAYOUTS} layouts: {done.stdout[-2000:]}"
        )
    calls = Side("optout", "", (answer["api_calls"],), f"and {answer['polls']} polls")
    return row_within(("b", f"API calls for {LAYOUTS} layouts"), calls, MOST_CALLS, "calls")
