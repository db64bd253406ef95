"""A practice org that notes every request, for what tools ask of it to be counted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benches.stage.traffic import Notes
from benches.start_up import OPTOUT


@dataclass(frozen=True, slots=True)
class NotedOrg:
    """`facts` is the object of its server.json; `home` what OPTOUT_HOME is to be, `env` has it."""

    facts: Mapping[str, Any]
    home: Path
    notes: Notes

    @property
    def env(self) -> dict[str, str]:
        return env_of(self.home)

    @property
    def doors(self) -> tuple[str, ...]:
        """Options of a start at the same address: logins to it stay good for a copy of the org."""
        ports = {name: urlsplit(self.facts[f"{name}_url"]).port for name in ("instance", "https")}
        return ("--http-port", str(ports["instance"]), "--https-port", str(ports["https"]))


def env_of(home: Path) -> dict[str, str]:
    """The environment in which `--org practice` is the org in that home."""
    return {**os.environ, "OPTOUT_HOME": str(home)}


@contextmanager
def noted_org(home: Path, words: Sequence[str | Path] = ()) -> Iterator[NotedOrg]:
    """Serve the org in that home until the block ends; a new one is small."""
    notes = home / "notes.txt"
    home.mkdir(parents=True, exist_ok=True)
    notes.write_text("")
    small = ("--contacts", "10", "--leads", "10", "--notes", notes, "--json")
    with subprocess.Popen(
        [OPTOUT, "practice-org", "start", *small, *words],
        env=env_of(home), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            line = process.stdout.readline() if process.stdout else b""
            if not line:
                raise SystemExit("bench: the practice org did not start")
            yield NotedOrg(json.loads(line), home, Notes(notes))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
