"""A practice org that holds made-up layouts, to deploy to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benches.stage.layouts import write_layouts
from benches.start_up import OPTOUT

LAYOUTS = 40


@contextmanager
def practice_org(folder: Path, layouts: int = LAYOUTS) -> Iterator[dict[str, str]]:
    """A small one with so many; the environment in which to use it as the org `practice`."""
    write_layouts(folder / "project", layouts)
    env = {**os.environ, "OPTOUT_HOME": str(folder / "home")}
    words = ["--metadata", str(folder / "project"), "--contacts", "10", "--leads", "10", "--json"]
    with (
        (folder / "org.log").open("wb") as log,
        subprocess.Popen(
            [OPTOUT, "practice-org", "start", *words], stdout=subprocess.PIPE, stderr=log, env=env
        ) as org,
    ):
        try:
            _wait_until_it_serves(org, folder / "org.log")
            yield env
        finally:
            org.terminate()


def _wait_until_it_serves(org: subprocess.Popen[bytes], log: Path) -> None:
    """The org's first line says so."""
    if not (org.stdout and org.stdout.readline()):
        raise SystemExit(f"bench: the practice org did not start: {log.read_text()[-2000:]}")
