"""What a flow stands on: a practice org of its own, a HOME of its own, and the clients."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from strangers_install import Clients
from strangers_package import write_files

SYSTEM_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
# In the flow's folder: a line for each request that came to its org.
NOTES = "notes.txt"
# More than two pages of 200, the smallest a client may ask for.
SEED = ("--contacts", "450", "--leads", "60", "--users", "12")


class Unexpected(Exception):
    """A client did something else than the flow expects."""


@dataclass(frozen=True, slots=True)
class Practice:
    """How a flow wants its org: settings (practice_org/COVERAGE.md), metadata files it has."""

    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """One flow's org (`facts` is the object of server.json), its HOME and the clients."""

    facts: Mapping[str, Any]
    home: Path
    clients: Clients
    optout: Path

    @property
    def http(self) -> str:
        return str(self.facts["instance_url"])

    @property
    def https(self) -> str:
        return str(self.facts["https_url"])

    @property
    def https_host(self) -> str:
        """localhost:PORT."""
        return urlsplit(self.https).netloc

    @property
    def token(self) -> str:
        return str(self.facts["access_token"])


@contextmanager
def open_stage(clients: Clients, folder: Path, practice: Practice) -> Iterator[Stage]:
    """Start a practice org in this folder until the block ends; this process trusts its CA."""
    home, data = folder / "home", folder / "optout/practice-org"
    home.mkdir(parents=True)
    optout = Path(sys.executable).with_name("optout")
    write_files(folder / "metadata", practice.files)
    loaded = ("--metadata", folder / "metadata") if practice.files else ()
    kept = ("--data", data, "--notes", folder / NOTES)
    command = [optout, "practice-org", "start", *kept, *SEED, *loaded]
    org = subprocess.Popen(
        [*command, "--json", "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        facts = json.loads((org.stdout and org.stdout.readline()) or b"{}")
        if not facts:
            raise Unexpected("the practice org did not start")
        stage = Stage(facts, home, clients, optout)
        _set_settings(data, practice.settings)
        os.environ.update(environment(stage, folder))
        yield stage
    finally:
        org.communicate()


def _set_settings(data: Path, settings: Mapping[str, str]) -> None:
    with sqlite3.connect(data / "org.sqlite", timeout=30) as db:
        db.executemany("INSERT OR REPLACE INTO setting VALUES (?, ?)", settings.items())
    db.close()


def environment(stage: Stage, folder: Path) -> dict[str, str]:
    """HOME, the CA for each kind of client, and no asking for updates."""
    ca_file = Path(stage.facts["ca_file"])
    bundle = folder / "bundle.pem"
    system = next((Path(name) for name in SYSTEM_BUNDLES if Path(name).exists()), None)
    bundle.write_bytes((system.read_bytes() if system else b"") + ca_file.read_bytes())
    return {
        "HOME": str(stage.home),
        "OPTOUT_HOME": str(folder / "optout"),
        "REQUESTS_CA_BUNDLE": str(bundle),
        "SSL_CERT_FILE": str(bundle),
        "NODE_EXTRA_CA_CERTS": str(ca_file),
        "NODE_PATH": str(stage.clients.jsforce),
        "NODE_COMPILE_CACHE": str(stage.clients.cache / "compiled"),
        "SF_DISABLE_TELEMETRY": "true",
        "SF_AUTOUPDATE_DISABLE": "true",
        "SF_SKIP_NEW_VERSION_CHECK": "true",
    }


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program said."""

    code: int
    out: str
    err: str


def run(command: list[str | Path], *, exits: int | None = 0, cwd: Path | None = None) -> Ran:
    """Run a client and print what it said; Unexpected when it exits otherwise (None: any)."""
    words = [str(word) for word in command]
    shown = " ".join([Path(words[0]).name, *words[1:]])
    print(f"$ {shown}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(words, capture_output=True, text=True, cwd=cwd, check=False)
    print(f"{done.stdout}{done.stderr}(exit {done.returncode}, {time.monotonic() - begun:.1f} s)")
    if exits is not None and done.returncode != exits:
        raise Unexpected(f"exit code {done.returncode} instead of {exits}: {shown}")
    return Ran(done.returncode, done.stdout, done.stderr)


def expect(is_so: object, sentence: str, seen: object = None) -> None:
    """Unexpected unless `is_so`; the sentence says what should have been."""
    if not is_so:
        raise Unexpected(f"{sentence}; seen: {str(seen)[:2000]}")


def known_bug(sentence: str) -> None:
    """Name a client's bug that the flow works around; the report shows these lines."""
    print(f"known client bug: {sentence}", flush=True)


def refresh_token(stage: Stage) -> str:
    """Log in as a browser does (authorization code with PKCE) and keep the refresh token."""
    verifier = secrets.token_urlsafe(48)
    digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    back = "http://localhost:1717/OauthRedirect"
    app = {"client_id": stage.facts["client_id"], "redirect_uri": back}
    asked = {
        **app,
        "response_type": "code",
        "code_challenge": digest,
        "code_challenge_method": "S256",
    }
    said = requests.post(
        f"{stage.https}/services/oauth2/authorize", asked, allow_redirects=False, timeout=30
    )
    (code,) = parse_qs(urlsplit(said.headers["Location"]).query)["code"]
    form = {**app, "grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    form["client_secret"] = stage.facts["client_secret"]
    got = requests.post(f"{stage.https}/services/oauth2/token", form, timeout=30)
    return str(got.json()["refresh_token"])
