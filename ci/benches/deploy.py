"""The field on every layout of an org, from an empty folder to a checked deploy."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benches.depth import Depth
from benches.org import LAYOUTS, practice_org
from benches.row import Row, Side, row_within
from benches.start_up import OPTOUT

MOST_CALLS = 12


def rows(depth: Depth) -> Iterator[Row]:  # noqa: ARG001
    """One deploy of many layouts to a practice org: API calls."""
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
    yield row_within(("b", f"API calls for {LAYOUTS} layouts"), calls, MOST_CALLS, "calls")
