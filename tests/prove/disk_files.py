"""Deploy and restore on a disk that fails: nothing is sent that could not be put back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from org_clock import OrgClock
from org_copy import copy_of
from prove.disk_store import TOLD
from prove.failing import Trouble
from prove.failing_files import FailingFiles, watching
from sync_house import ORIGIN
from walk import StepClock, Walk, a_walk

from deployer.planning.snapshot import from_bytes
from deployer.reporting.problems import to_error
from deployer.rollout.journal import OPEN_STEPS, Step
from deployer.salesforce.connection import connect_writer
from deployer.salesforce.hosts import Loopback
from deployer.salesforce.login import ClientCredentialsLogin, Place
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.app import handle, open_practice_org
from practice_org.inprocess import OrgAdapter
from practice_org.org import Org
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize
from practice_org.wire import Request, Response

ACTS: dict[str, Callable[[Walk], object]] = {
    "deploy": lambda walk: walk.deploy(),
    "restore": lambda walk: (walk.deploy(), walk.restore()),
}
_BEFORE_SENDING = {Step.PREPARED, Step.CHECKED}


@dataclass(frozen=True, slots=True)
class FileCase:
    """`trouble` at file operation `at` of a walk; None: no trouble."""

    act: str
    trouble: Trouble = Trouble.EIO
    at: int | None = None


@dataclass(frozen=True, slots=True)
class FileRun:
    """What happened: the file operations by name, and what is wrong."""

    case: FileCase
    names: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def title(self) -> str:
        """The walk, the trouble and where it began."""
        case = self.case
        if case.at is None:
            return case.act
        return f"{case.act}, {case.trouble.value} at {self.names[case.at]} (operation {case.at})"


def seeded_org() -> Org:
    """The org that every walk gets a copy of; its jobs take a while."""
    org = open_practice_org(":memory:", OrgClock(), seed=1)
    seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=3)))
    org.set_setting("deploy_seconds", "3")
    return org


def connect_deployer(org: Org, clock: StepClock, answer: Callable[[Request], Response]):
    """A client of the deployer's own login, with no socket between."""
    session = OrgSession(clock, loopback=Loopback.PRACTICE)
    session.mount("https://", OrgAdapter(answer, clock.sleep))
    id_, secret = (org.setting(f"client_{what}:deployer") for what in ("id", "secret"))
    place = Place(ORIGIN, None, Loopback.PRACTICE)
    return connect_writer(ClientCredentialsLogin(id_, Secret(secret)), place, session, clock)


@contextmanager
def _opened(seeded: Org, home: Path) -> Iterator[Walk]:
    clock = OrgClock()
    org = copy_of(seeded, clock, seed=2)
    conn = connect_deployer(org, StepClock(clock), lambda asked: handle(org, asked))
    yield a_walk(SimpleNamespace(org=org, clock=clock), conn, home)
    org.db.close()


def run_file_case(seeded: Org, root: Path, case: FileCase) -> FileRun:
    """One walk on a disk that fails, and what can be done once it is mended."""
    with tempfile.TemporaryDirectory(dir=root) as folder, _opened(seeded, Path(folder)) as walk:
        disk = FailingFiles(Path(folder), case.trouble, case.at)
        before = walk.layouts()
        with watching(disk):
            wrong = list(_acted(walk, case))
        names = tuple(disk.names)
        wrong += kept(walk)
        wrong += mended(walk, before)
    return FileRun(case, names, tuple(wrong))


def _acted(walk: Walk, case: FileCase) -> Iterator[str]:
    try:
        ACTS[case.act](walk)
    except TOLD as problem:
        told = to_error(problem) if isinstance(problem, OSError) else problem
        if case.at is None or "should not have happened" in str(told):
            yield f"it ended with {type(problem).__name__}: {problem}"
    except Exception as problem:  # noqa: BLE001 - whatever else escapes is a traceback to somebody
        yield f"it ended with {type(problem).__name__}: {problem}"


def sent(walk: Walk) -> list:
    """The org's deploys that were no checks."""
    return [job for job in walk.jobs() if not job.options.check_only]


def kept(walk: Walk) -> Iterator[str]:
    """What was sent has an entry and a snapshot that can be read, written before it was."""
    entries = walk.desk.journal.entries()
    for entry in entries:
        try:
            from_bytes(walk.desk.journal.read_snapshot(entry.key), entry.key)
        except TOLD as problem:
            yield f"the snapshot of {entry.step.value} cannot be read: {problem}"
    able = [entry for entry in entries if entry.step not in _BEFORE_SENDING]
    if len(sent(walk)) > len(able):
        yield f"{len(sent(walk))} deploys were sent, and {len(able)} of them are on disk"


def mended(walk: Walk, before: dict[str, bytes]) -> Iterator[str]:
    """The same commands on a disk that is well: done, once, and undone."""
    try:
        walk.deploy()
        done = walk.deploy().document["status"]
        held = walk.holding()
        walk.restore()
    except TOLD as problem:
        yield f"after mending: {type(problem).__name__}: {problem}"
        return
    if done != "nothing-to-do" or not held:
        yield f"after mending a second deploy says {done}, {len(held)} layouts hold the field"
    if left := walk.changed_since(before):
        yield f"after mending and restoring {sorted(left)} are not as before"
    if any(entry.step in OPEN_STEPS for entry in walk.desk.journal.entries()):
        yield "after mending a deploy is left open"
    if bad := {job.status for job in sent(walk)} - {"Succeeded"}:
        yield f"deploys ended as {sorted(bad)}"
