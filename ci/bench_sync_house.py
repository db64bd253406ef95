"""A practice org and a sync beside it, each a process of its own, to measure the sync in."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench_commands import OPTOUT
from bench_spent import run_measured

KEY = bytes(range(32))
_SETTINGS = '[sync.senders.shop]\nsecret_env = "SHOP_SECRET"\n'
_ALL = "/services/data/v63.0/query?q=SELECT+Id+FROM+Contact+WHERE+HasOptedOutOfEmail=false"


@dataclass(frozen=True, slots=True)
class Told:
    """What a command printed, and the most memory it ever had, in MB."""

    document: Mapping[str, Any]
    peak_mb: float


@dataclass(frozen=True, slots=True)
class House:
    """Everything is in `folder`; a new org gets so many contacts."""

    folder: Path
    contacts: int

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def ledger(self) -> Path:
        return self.home / "sync" / "practice" / "ledger.sqlite"

    @property
    def people(self) -> Path:
        return self.home / "people" / "practice.sqlite"

    @property
    def env(self) -> Mapping[str, str]:
        secret = "whsec_" + base64.b64encode(KEY).decode()
        return {**os.environ, "OPTOUT_HOME": str(self.home), "SHOP_SECRET": secret}

    @contextmanager
    def org(self) -> Iterator[None]:
        words = ["--contacts", str(self.contacts), "--leads", "0", "--json"]
        with self._running("practice-org", "start", *words):
            yield

    @contextmanager
    def serve(self) -> Iterator[dict[str, str]]:
        with self._running("sync", "serve", "--port", "0", "--json", *self._asked()) as said:
            yield said

    def run(self, *words: str) -> Told:
        """A command to its end; what it prints, and its peak memory."""
        spent = run_measured([OPTOUT, *words, "--json", *self._asked()], self.env)
        if spent.exit:
            raise SystemExit(f"bench: {' '.join(words)}: {spent.said[-2000:]!r}")
        return Told(json.loads(spent.said), spent.peak_mb)

    def fetch_contacts(self) -> list[str]:
        """The ids of all who are not opted out."""
        facts = json.loads((self.home / "practice-org" / "server.json").read_text())
        connection = http.client.HTTPConnection(urlsplit(facts["instance_url"]).netloc, timeout=60)
        bearer = {"Authorization": f"Bearer {facts['access_token']}"}
        ids: list[str] = []
        path = _ALL
        while path:
            connection.request("GET", path, headers=bearer)
            page = json.loads(connection.getresponse().read())
            ids += [record["Id"] for record in page["records"]]
            path = page.get("nextRecordsUrl", "")
        connection.close()
        return ids

    def _asked(self) -> list[str]:
        settings = self.folder / "optout.toml"
        settings.write_text(_SETTINGS)
        return ["--org", "practice", "--config", str(settings)]

    @contextmanager
    def _running(self, *words: str) -> Iterator[dict[str, str]]:
        """A command that says on its first line where it is, until the block ends."""
        with subprocess.Popen(
            [OPTOUT, *words], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            try:
                line = process.stdout.readline() if process.stdout else b""
                if not line:
                    raise SystemExit(f"bench: {' '.join(words)} did not start")
                yield json.loads(line)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)
