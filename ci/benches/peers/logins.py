"""The Salesforce CLI and CumulusCI, logged in to a practice org before any clock runs.

Each has a HOME of its own in a folder, which may be copied: the login stays good for the org at
the same address.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benches.start_up import OPTOUT
from strangers_install import Clients
from strangers_package import write_files
from strangers_stage import Stage, environment, refresh_token

PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Peer:
    """What its commands begin with, and what has to be in their environment."""

    begins: tuple[str | Path, ...]
    more: Mapping[str, str]

    def env(self, home: Path) -> dict[str, str]:
        """The environment for the login in `home`."""
        return {**os.environ, **self.more, "HOME": str(home)}


def log_in_sf(facts: Mapping[str, Any], home: Path, clients: Clients) -> Peer:
    """By access token; the org is the default one."""
    stage = _stage(facts, home, clients)
    peer = Peer((clients.node, clients.sf), environment(stage, home))
    words = ("--instance-url", stage.https, "--set-default", "--no-prompt", "--json")
    done = subprocess.run(
        [*peer.begins, "org", "login", "access-token", *words], check=False, capture_output=True,
        env={**peer.env(home), "SF_ACCESS_TOKEN": stage.token}, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"bench: sf did not log in: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return peer


def log_in_cci(facts: Mapping[str, Any], home: Path, clients: Clients) -> Peer:
    """By refresh token, which it turns into a session at each start; the org is called bench.

    Its project is home/project, a git repository as it insists; cumulusci.yml is still to come.
    """
    stage = _stage(facts, home, clients)
    project = home / PROJECT
    project.mkdir()
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    commit = ("commit", "-q", "--allow-empty", "-m", "start")
    subprocess.run(["git", *who, *commit], cwd=project, check=True)
    # It asks for a newer release of itself unless it has just done so.
    write_files(home, {".cumulusci/cumulus_timestamp": str(time.time())})
    # The same door without TLS, whose certificate this process would not trust.
    plain = Stage({**facts, "https_url": stage.http}, home, clients, OPTOUT)
    org = {
        "instance_url": stage.https,
        "id": f"{stage.https}/id/{facts['org_id']}/unknown",
        "username": facts["username"],
        "access_token": stage.token,
        "refresh_token": refresh_token(plain),
        "client_id": facts["client_id"],
        "client_secret": facts["client_secret"],
    }
    more = {"CUMULUSCI_KEY": "0123456789abcdef", "CUMULUSCI_ORG_BENCH": json.dumps(org)}
    return Peer((clients.cci,), {**environment(stage, home), **more})


def _stage(facts: Mapping[str, Any], home: Path, clients: Clients) -> Stage:
    home.mkdir(parents=True)
    return Stage(facts, home, clients, OPTOUT)
