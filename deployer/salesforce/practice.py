"""The practice org: find the one that runs on this data folder, or run one as our own child."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployer import state
from deployer.clock import Clock
from deployer.errors import BadInput, OptoutError, TryLater
from deployer.extras import require_extra
from deployer.salesforce.answers import Json, bad_answer, mapping, number, text
from deployer.salesforce.hosts import Loopback, trusted_origin
from deployer.salesforce.session import OrgSession
from deployer.settings.org_tables import Role
from deployer.settings.secret import Secret
from deployer.state import Hold

SERVER_FILE = "server.json"
_STARTING = ".starting.lock"
_USERS = ".users.lock"
_COMMAND = (sys.executable, "-m", "practice_org")
_START_S = 120.0
_STOP_S = 10.0


@dataclass(frozen=True, slots=True)
class PracticeIdentity:
    """One of the three: a JWT login."""

    username: str
    client_id: str
    jwt_key_file: Path


@dataclass(frozen=True, slots=True)
class PracticeOrg:
    """What server.json says: where the org listens, and who may log in."""

    https_url: str
    ca_file: Path
    org_id: str
    access_token: Secret
    identities: Mapping[Role, PracticeIdentity]
    pid: int
    key: Secret


def read_server(document: Any) -> PracticeOrg:
    """The document of server.json. Errors: BadInput when a key is missing."""
    body = mapping(document, "server.json")
    identities = mapping(body.get("identities") or {}, "identities")
    return PracticeOrg(
        https_url=text(body, "https_url"),
        ca_file=Path(text(body, "ca_file")),
        org_id=text(body, "org_id"),
        access_token=Secret(text(body, "access_token")),
        identities={role: _identity(identities.get(role.value) or body) for role in Role},
        pid=number(body, "pid"),
        key=Secret(text(body, "practice_key")),
    )


def _identity(body: Json) -> PracticeIdentity:
    return PracticeIdentity(
        username=text(body, "username"),
        client_id=text(body, "client_id"),
        jwt_key_file=Path(text(body, "jwt_key_file")),
    )


@contextmanager
def practice_org(data_dir: Path, clock: Clock) -> Iterator[PracticeOrg]:
    """The live org of this data folder; else one that runs until the block ends.

    Errors: TryLater when it does not come up; BadInput when it says something unexpected.
    """
    with ExitStack() as until_the_end:
        with state.wait_to_hold(data_dir / _STARTING, Hold.ALONE):
            found = find_live(data_dir, clock)
            if found is None:
                found = until_the_end.enter_context(_shared_child(data_dir))
            until_the_end.enter_context(state.wait_to_hold(data_dir / _USERS, Hold.SHARED))
        yield found


@contextmanager
def _shared_child(data_dir: Path) -> Iterator[PracticeOrg]:
    """Our child, which others may use meanwhile: it is stopped when the last has finished.

    It stops while nobody may start one, as two cannot have the same folder.
    """
    with ExitStack() as child:
        started = child.enter_context(start_child(data_dir))
        try:
            yield started
        finally:
            with (
                state.wait_to_hold(data_dir / _STARTING, Hold.ALONE),
                state.wait_to_hold(data_dir / _USERS, Hold.ALONE),
            ):
                child.close()


def find_live(data_dir: Path, clock: Clock) -> PracticeOrg | None:
    """The org that server.json names, if its process lives and answers."""
    try:
        found = read_server(json.loads((data_dir / SERVER_FILE).read_bytes()))
        return found if _is_alive(found.pid) and _answers(found, clock) else None
    except (OSError, ValueError, BadInput):
        return None  # absent, or left half-written by an org that was killed


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _answers(found: PracticeOrg, clock: Clock) -> bool:
    """Whether anything comes back, a refusal too: whoever refuses is there.

    Asked of the clock: Salesforce's own endpoints may have been made to fail on purpose.
    """
    door = open_door(found, clock)
    with suppress(OptoutError):
        door.request("GET", f"{found.https_url}/practice/clock", timeout=(2, 5), purpose="alive?")
    return bool(door.calls)


def open_door(found: PracticeOrg, clock: Clock) -> OrgSession:
    """A session for the org's own doors, /practice/..., which take its key and no login."""
    session = OrgSession(clock, loopback=Loopback.PRACTICE, ca_file=found.ca_file)
    session.pin(trusted_origin(found.https_url, None, Loopback.PRACTICE))
    session.headers["X-Practice-Key"] = found.key.reveal()
    return session


@contextmanager
def start_child(data_dir: Path) -> Iterator[PracticeOrg]:
    """Run the practice org on this data folder until the block ends, then stop it.

    It shares no code with us, so it is a process of its own; its stdin is ours, and it ends when
    we are killed. Errors: UsageError without the extra; TryLater with its own last words.
    """
    require_extra("practice", "the practice org")
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and package, no shell
            [*_COMMAND, "--data", str(data_dir), "--json", "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            start_new_session=True,  # Ctrl-C reaches us first; we stop it when we have finished
        )
        try:
            yield _first_line(child, words, data_dir)
        finally:
            _stop(child)


def _first_line(child: subprocess.Popen[bytes], words: Any, data_dir: Path) -> PracticeOrg:
    out = child.stdout
    if out is None:  # pragma: no cover - it was asked for as a pipe
        raise bad_answer("the practice org has no stdout")
    ready, _, _ = select.select([out], [], [], _START_S)
    line = out.readline() if ready else b""
    try:
        return read_server(json.loads(line))
    except ValueError as silent:
        words.seek(0)
        said = words.read().decode("utf-8", "replace").strip().splitlines()
        raise TryLater(
            f"the practice org did not start: {said[-1][:300] if said else 'it said nothing'}",
            where=str(data_dir),
            hint=f"run it by itself to see more: optout practice-org start --data {data_dir}",
        ) from silent


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
