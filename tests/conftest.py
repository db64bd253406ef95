"""Fixtures every suite may use: a private home, a practice org in memory, and one on loopback.

`org` is a seeded org of the test's own, with a `clock` that moves only when told; `practice` is the
same org behind real http and https, announced in server.json where `--org practice` looks.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import canaries
import certifi
import pytest
import requests
import structlog
from canary_shapes import SECRETS, remember_facts
from hypothesis import settings
from org_clock import START, OrgClock
from org_copy import copy_of

from practice_org.announcement import announcement
from practice_org.app import handle, open_practice_org
from practice_org.certificates import Certificates, read_or_write_certificates
from practice_org.keys import read_or_write_key
from practice_org.org import Org
from practice_org.seed.identities import IDENTITIES
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size
from practice_org.server import Doors, Listening, asgi_app, listen, serve_until
from practice_org.store import DataFolder, write_server_file
from practice_org.wire import Request, Response

settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci")

LOGS = structlog.get_config()
MEMORY = Path("/dev/shm")  # noqa: S108 - what a test writes there is its own user's
ROOM_BYTES = 1 << 30


def pytest_configure(config) -> None:
    """Put the files of tests into memory where there is room: half of the time went into fsync.

    No test proves that a disk keeps what it was told to: power cuts are played from what was
    written and what was synced (tests/prove/recorder.py), on any file system. And keep the secrets
    of tests out of the keyring that this machine may have, and search every test for those that
    the product let out.
    """
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    if MEMORY.is_dir():
        free = os.statvfs(MEMORY)
        if os.access(MEMORY, os.W_OK) and free.f_bavail * free.f_frsize >= ROOM_BYTES:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    canaries.install(config)


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the real home: everything a program asks for points elsewhere."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("OPTOUT_HOME", str(home / "optout"))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    return home


@pytest.fixture(scope="session", autouse=True)
def few_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One authority for the 140 that are usual: each connection would read them all, for 15 ms.

    None of them has signed for an org of these tests.
    """
    first, end, _ = Path(certifi.where()).read_text("utf-8").partition("-----END CERTIFICATE-----")
    file = tmp_path_factory.mktemp("authorities") / "one.pem"
    file.write_text(f"{first}{end}\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certifi, "where", lambda: str(file))
        patch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(file))
        yield


@pytest.fixture(scope="session")
def org_files(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Certificates and keys, made once: they take longer than everything else."""
    folder = DataFolder(tmp_path_factory.mktemp("org"))
    for identity in IDENTITIES:
        read_or_write_key(folder.key_file(identity.name))
    return folder


@pytest.fixture(scope="session")
def certificates(org_files: DataFolder) -> Certificates:
    # The clients under test read the machine's clock, whatever the org's says.
    return read_or_write_certificates(org_files.path, START)


@pytest.fixture(autouse=True)
def logs_as_found() -> Iterator[None]:
    """What a test, a command that it runs or a wider fixture makes of the log is its own."""
    structlog.configure(**LOGS)
    yield
    structlog.configure(**LOGS)


@pytest.fixture(scope="session")
def seeded(org_files: DataFolder) -> Org:
    """The org that every test gets a copy of."""
    template = open_practice_org(":memory:", OrgClock(), seed=1)
    keys = {i.name: read_or_write_key(org_files.key_file(i.name)) for i in IDENTITIES}
    seed_org(template, Wish(Size(contacts=120, leads=90, users=60), public_keys=keys))
    for name in ("admin_password", *(f"client_secret:{i.name}" for i in IDENTITIES)):
        SECRETS.remember(f"{name} of the practice org", template.setting(name), for_good=True)
    return template


@pytest.fixture
def clock() -> OrgClock:
    return OrgClock()


@pytest.fixture
def org(seeded: Org, clock: OrgClock) -> Iterator[Org]:
    """A seeded org of the test's own, in memory."""
    copied = copy_of(seeded, clock, seed=2)
    yield copied
    copied.db.close()


@dataclass
class Switchboard:
    """The one server of the session, and what answers at the moment."""

    doors: Doors
    certificates: Certificates
    answer: Callable[[Request], Response] | None = None

    def __call__(self, request: Request) -> Response:
        return self.answer(request) if self.answer else Response(503)


@dataclass(frozen=True)
class Practice:
    """An org one can reach over http and https, and hold by its insides.

    `facts` is what `practice-org start --json` prints; `folder` holds server.json.
    """

    org: Org
    clock: OrgClock
    facts: dict
    folder: Path

    @property
    def http(self) -> str:
        return self.facts["instance_url"]

    @property
    def https(self) -> str:
        return self.facts["https_url"]


@pytest.fixture(scope="session")
def switchboard(certificates: Certificates) -> Iterator[Switchboard]:
    board = Switchboard(Doors(listen(0), listen(0)), certificates)
    up, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    serving = serve_until(stop, asgi_app(board), Listening(board.doors, certificates), up.set)
    thread = threading.Thread(target=loop.run_until_complete, args=(serving,))
    thread.start()
    assert up.wait(60)
    yield board
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture
def practice(
    org: Org,
    clock: OrgClock,
    switchboard: Switchboard,
    org_files: DataFolder,
    private_home: Path,
) -> Iterator[Practice]:
    """The org on loopback, found by `--org practice` through server.json."""
    facts = announcement(org, org_files, switchboard.doors, switchboard.certificates)
    remember_facts(facts)
    folder = DataFolder(private_home / "optout" / "practice-org")
    folder.path.mkdir(parents=True)
    write_server_file(folder, json.loads(json.dumps(facts)))
    switchboard.answer = lambda request: handle(org, request)
    yield Practice(org, clock, facts, folder.path)
    switchboard.answer = None
