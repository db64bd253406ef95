"""A practice org and a sync beside it, each a process of its own, to measure the sync in."""

from __future__ import annotations

import base64
import csv
import http.client
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benches.spent import Spent, run_measured
from benches.start_up import OPTOUT

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
    """Everything is in `folder`; a new org gets so many contacts. `more` is environment besides."""

    folder: Path
    contacts: int
    more: Mapping[str, str] = field(default_factory=dict)

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
        return {
            **os.environ, "OPTOUT_HOME": str(self.home), "SHOP_SECRET": secret, **self.more,
        }  # fmt: skip

    @contextmanager
    def org(self, *more: str) -> Iterator[None]:
        words = ["--contacts", str(self.contacts), "--leads", "0", "--json", *more]
        with self._running("practice-org", "start", *words):
            yield

    @contextmanager
    def serve(self) -> Iterator[dict[str, str]]:
        with self._running("sync", "serve", "--port", "0", "--json", *self._asked()) as said:
            yield said

    @contextmanager
    def worker(self) -> Iterator[dict[str, str]]:
        with self._running("worker", "--json", *self._asked()) as said:
            yield said

    def run(self, *words: str) -> Told:
        """A command to its end; what it prints, and its peak memory."""
        spent = self.spend(*words)
        return Told(json.loads(spent.said), spent.peak_mb)

    def spend(self, *words: str) -> Spent:
        """A command to its end, and what it took."""
        spent = run_measured([OPTOUT, *words, "--json", *self._asked()], self.env)
        if spent.exit:
            raise SystemExit(f"bench: {' '.join(words)}: {spent.said[-2000:]!r}")
        return spent

    def slow(self, seconds: float) -> None:
        """From now on the org takes so long for each call."""
        fault = ("practice-org", "fault", "add", "--at", "any", "--code", f"SLOW:{seconds}")
        subprocess.run([OPTOUT, *fault], env=self.env, check=True, stdout=subprocess.DEVNULL)

    def fetch_contacts(self) -> list[str]:
        """The ids of all who are not opted out."""
        ids: list[str] = []
        path = _ALL
        while path:
            page = self._fetch(path)
            ids += [record["Id"] for record in page["records"]]
            path = page.get("nextRecordsUrl", "")
        return ids

    def import_people(self, contacts: Sequence[str]) -> None:
        """Somebody for each contact, person-0 and so on, not opted out."""
        file = self.folder / "people.csv"
        with file.open("w", newline="") as text:
            lines = csv.writer(text)
            lines.writerow(("person_id", "email", "salesforce_id", "unsubscribed"))
            for number, each in enumerate(contacts):
                lines.writerow((f"person-{number}", f"p{number}@example.com", each, "false"))
        self.run("people", "import", str(file))

    def fetch_calls(self) -> int:
        """How many API calls the org has counted today, this one included."""
        day = self._fetch("/services/data/v63.0/limits")["DailyApiRequests"]
        return int(day["Max"]) - int(day["Remaining"])

    def _fetch(self, path: str) -> dict[str, Any]:
        facts = json.loads((self.home / "practice-org" / "server.json").read_text())
        connection = http.client.HTTPConnection(urlsplit(facts["instance_url"]).netloc, timeout=60)
        connection.request(
            "GET", path, headers={"Authorization": f"Bearer {facts['access_token']}"}
        )
        with closing(connection):
            told: dict[str, Any] = json.loads(connection.getresponse().read())
        return told

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
