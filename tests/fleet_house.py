"""Many practice orgs in one process, each behind sockets of its own, and settings that name them.

They are copies of one seeded org with ids of their own: a journal belongs to an org's id.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from org_clock import OrgClock
from org_copy import copy_of

from deployer.clock import SystemClock
from practice_org.announcement import announcement
from practice_org.app import handle
from practice_org.certificates import Certificates
from practice_org.ids import make_id
from practice_org.org import Org
from practice_org.server import Doors, Listening, asgi_app, listen, serve_until
from practice_org.store import DataFolder
from practice_org.wire import Request, Response


@dataclass
class Member:
    """One org of the fleet: its name in the settings, its insides, and what answers for it."""

    name: str
    org: Org
    doors: Doors
    settings: dict[str, dict[str, str]]

    def __post_init__(self) -> None:
        self.answer = lambda request: handle(self.org, request)

    def __call__(self, request: Request) -> Response:
        return self.answer(request)

    def kill_whoever_asks(self, home: Path) -> None:
        """Kill the child at work on this org as soon as it asks for anything."""

        def kill(_request: Request) -> Response:
            os.kill(child_of(self.name, home), signal.SIGKILL)
            return Response(503)

        self.answer = kill

    def log_in_as(self, username: str) -> None:
        """Let the settings name another user, whom the org does not know."""
        for identity in self.settings.values():
            identity["username"] = username


@dataclass
class Fleet:
    """The orgs by name, and what the settings say besides."""

    members: dict[str, Member]
    certificates: Certificates
    besides: str = ""

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    def write(self, folder: Path) -> Path:
        """The optout.toml that names them all."""
        file = folder / "optout.toml"
        file.write_text("\n".join([self.besides, *map(self._told, self.members.values())]))
        return file

    def _told(self, member: Member) -> str:
        lines = [
            f"[orgs.{member.name}]",
            f'instance_url = "{member.doors.https_url}"',
            f'ca_file = "{self.certificates.ca_file}"',
        ]
        for role, identity in member.settings.items():
            lines += [f"[orgs.{member.name}.{role}]", 'login = "jwt"']
            lines += [f'{key} = "{value}"' for key, value in identity.items()]
        return "\n".join(lines) + "\n"


@contextmanager
def fleet_of(
    names: Iterable[str], seeded: Org, keys: DataFolder, certificates: Certificates
) -> Iterator[Fleet]:
    """These orgs on loopback, at the machine's own time; their jobs end at once."""
    clock = OrgClock()
    clock.at = SystemClock().now()
    members = {}
    for number, name in enumerate(names, 2):
        org = own_org(copy_of(seeded, clock, seed=number), number)
        doors = Doors(listen(0), listen(0))
        told = announcement(org, keys, doors, certificates)
        members[name] = Member(name, org, doors, _logins(told))
    with _served(list(members.values()), certificates):
        yield Fleet(members, certificates)
    for member in members.values():
        member.org.db.close()


def own_org(org: Org, number: int) -> Org:
    """The copy with an id of its own; its jobs end at once."""
    former, own = org.setting("org_id"), make_id("00D", number)
    org.db.execute('UPDATE "Organization" SET "Id" = ? WHERE "Id" = ?', (own, former))
    org.set_setting("org_id", own)
    org.set_setting("deploy_seconds", "0")
    return org


def _logins(told: dict) -> dict[str, dict[str, str]]:
    """What the settings say of each role."""
    words = {"client_id": "client_id", "username": "username", "jwt_key_file": "key_file"}
    others = told["identities"]
    logins = {"deployer": told, "auditor": others["auditor"], "runner": others["runner"]}
    return {
        role: {word: login[theirs] for theirs, word in words.items()}
        for role, login in logins.items()
    }


@contextmanager
def _served(members: list[Member], certificates: Certificates) -> Iterator[None]:
    loop, stop, up = asyncio.new_event_loop(), asyncio.Event(), threading.Semaphore(0)

    async def serve() -> None:
        await asyncio.gather(*(
            serve_until(stop, asgi_app(m), Listening(m.doors, certificates), up.release)
            for m in members
        ))  # fmt: skip

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        for _ in members:
            assert up.acquire(timeout=60)
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def child_of(name: str, home: Path) -> int:
    """The process that works on this org, with a log below this folder. Errors: LookupError."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = file.read_text().split("\0")
            if f"--org={name}" in words and any(word.startswith(f"--log-file={home}")
                                                for word in words):  # fmt: skip
                return int(file.parent.name)
    raise LookupError(name)
