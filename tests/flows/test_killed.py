"""SIGKILL at every call of a deploy; then the same command again: nothing twice, nothing half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from walk import BUSY, FIELD, StepClock, Walk, a_walk, is_submit

from deployer.clock import SystemClock
from deployer.commands.options import open_connection
from deployer.layouts import find_field
from deployer.model.layouts import field_on
from deployer.rollout.desk import Options
from deployer.rollout.journal import OPEN_STEPS
from deployer.rollout.resume import settle_entry
from practice_org.app import handle

COMMAND = [sys.executable, "-c", "from deployer.cli import main; main()"]
DEPLOY = ["deploy", "--org", "practice", "--yes", "--assign", "layout-users"]
# A process that has everything loaded, and makes a child of itself for every command line it reads:
# to load anew took longer than the deploys. The child begins when it is told to, known by then.
LOADED = """
import os, sys
import deployer.commands.deploy, deployer.salesforce.connection, deployer.settings.loading
from deployer.cli import main

for line in iter(sys.stdin.readline, ""):
    child = os.fork()
    if not child:
        for said in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), said)
        sys.stdin.readline()
        main(line.split())
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

# A busy machine is slow, and no sentence here is about speed.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def walk(practice, private_home) -> Iterator[Walk]:
    # The child reads the machine's clock, so the org's is set to it; its jobs end at once.
    practice.clock.at = SystemClock().now()
    practice.org.set_setting("deploy_seconds", "0")
    with open_connection(
        "practice", "write", as_json=True, clock=StepClock(practice.clock)
    ) as conn:
        yield a_walk(practice, conn, private_home / "optout")


@pytest.fixture
def loaded(private_home) -> Iterator[subprocess.Popen]:
    """`LOADED`, in the environment of the test."""
    with subprocess.Popen(
        [sys.executable, "-c", LOADED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


@dataclass
class Killer:
    """Answers the child's requests and kills it around the n-th one that `counts`."""

    org: object
    loaded: subprocess.Popen
    at: int
    after: bool
    counts: object = field(default=lambda _request: True)
    child: int = 0
    seen: int = 0

    def __call__(self, request):
        if not self.child or not self.counts(request):
            return handle(self.org, request)
        self.seen += 1
        if self.seen != self.at:
            return handle(self.org, request)
        answer = handle(self.org, request) if self.after else BUSY
        os.kill(self.child, signal.SIGKILL)
        return answer

    def run(self) -> int:
        """The child's exit code: -9 when it was killed."""
        self.child = self._said(" ".join(DEPLOY))
        code = self._said("go")
        self.child = 0
        return code

    def _said(self, line: str) -> int:
        self.loaded.stdin.write(f"{line}\n")
        self.loaded.stdin.flush()
        return int(self.loaded.stdout.readline())


def check_done_once(walk: Walk, before: dict[str, bytes]) -> None:
    """Every target holds the field once, one real deploy did it, and restore undoes it."""
    deploys = [job for job in walk.jobs() if not job.options.check_only]
    assert [job.status for job in deploys] == ["Succeeded"]
    places = {
        name: find_field(walk.layouts()[name], field_on(name.split("-")[0], FIELD))
        for name in walk.holding()
    }
    assert all(place.count == 1 for place in places.values())
    assert walk.deploy().document["status"] == "nothing-to-do"
    assert not [e for e in walk.desk.journal.entries() if e.step in OPEN_STEPS]
    walk.restore()
    assert walk.changed_since(before) == set()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_around_the_submit_and_deployed_again(walk: Walk, switchboard, loaded, after: bool):
    before = walk.layouts()
    killer = switchboard.answer = Killer(walk.org, loaded, 1, after, is_submit)
    assert killer.run() == -signal.SIGKILL
    walk.deploy()
    check_done_once(walk, before)


def test_killed_after_the_submit_and_resumed(walk: Walk, switchboard, loaded):
    before = walk.layouts()
    killer = switchboard.answer = Killer(walk.org, loaded, 1, after=True, counts=is_submit)
    assert killer.run() == -signal.SIGKILL
    (entry,) = walk.desk.journal.entries()
    settle_entry(entry, walk.desk, Options(walk.desk.clock.monotonic_s() + 60))
    check_done_once(walk, before)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_call_and_deployed_again(
    walk: Walk, seeded, switchboard, loaded, after: bool
):
    for at in range(1, 100):
        seeded.db.backup(walk.org.db)
        walk.org.set_setting("deploy_seconds", "0")
        for entry in (walk.desk.journal.lock_path.parent / "deploys").glob("*"):
            entry.rename(entry.parent.parent / f"old-{at}-{entry.name}")
        before = walk.layouts()
        killer = switchboard.answer = Killer(walk.org, loaded, at, after)
        if killer.run() != -signal.SIGKILL:
            assert at > 15
            return
        walk.deploy()
        check_done_once(walk, before)
    raise AssertionError("the deploy never came to its end")


def test_two_optouts_at_once_do_it_once(walk: Walk, switchboard):
    before = walk.layouts()
    switchboard.answer = lambda request: handle(walk.org, request)
    both = [
        subprocess.Popen([*COMMAND, *DEPLOY], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [child.communicate(timeout=600)[1].decode() for child in both]
    codes = sorted(child.returncode for child in both)
    assert codes in ([0, 0], [0, 75])
    assert codes == [0, 0] or any("another optout" in text for text in said)
    check_done_once(walk, before)
