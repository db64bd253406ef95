"""Random orgs and a fault at a step of a deploy: all or nothing, said as it is, and given back.

A deploy is a process of its own against an org on disk; at one of its calls it is killed, its call
does not arrive, its answer does not, or the org says that it is busy. Whatever it says then, the
layouts and our permission set are what they were or what they were to become; the same command
again completes it, once; and a restore gives back what was there.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace

import stamina
from org_clock import START, OrgClock
from prove.deploy_orgs import fill
from prove.outcome import Outcome, Size, digest
from prove.stages import be_silent, start, wait_for
from prove.worlds import memory_folder
from walk import StepClock, Walk, a_walk

from deployer.errors import OptoutError
from deployer.layouts import layout_tree
from deployer.rollout.journal import SENT_STEPS
from deployer.salesforce.connection import connect_writer
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.login import Place, TokenLogin
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.app import handle, open_practice_org
from practice_org.inprocess import OrgAdapter
from practice_org.login.sessions import start_session
from practice_org.metadata.components import list_components
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import ADMIN_USERNAME
from practice_org.seed.people import Size as OrgSize
from practice_org.tables import find_rows
from practice_org.wire import Delivery, Request, Response, Sent

ORGS = {Size.SHORT: 40, Size.LONG: 600}
EACH = {Size.SHORT: 2, Size.LONG: 6}
BUSY = Response(503, b"<html>busy</html>", {"Content-Type": "text/html"})
KINDS = ("killed before", "killed after", "not arrived", "answer lost", "answer cut", "busy")
HOUR_S = 3_600.0
_LOST = Delivery(sent=Sent.NOTHING)
_CUT = Delivery(sent=Sent.HALF)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls the call of this number; none does when `at` is 0."""

    kind: str = ""
    at: int = 0


@dataclass
class Door:
    """The org's door, in the process that knocks: it notes, and does what the trouble says."""

    org: object
    trouble: Trouble
    asked: list[Request] = field(default_factory=list)

    def __call__(self, asked: Request) -> Response:
        self.asked.append(asked)
        if len(self.asked) != self.trouble.at:
            return handle(self.org, asked)
        return _BEFALL[self.trouble.kind](self.org, asked)


def _killed_before(_org: object, _asked: Request) -> Response:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _killed_after(org: object, asked: Request) -> Response:
    handle(org, asked)
    return _killed_before(org, asked)


_BEFALL = {
    "killed before": _killed_before,
    "killed after": _killed_after,
    "not arrived": lambda _org, _asked: Response(200, delivery=_LOST),
    "answer lost": lambda org, asked: replace(handle(org, asked), delivery=_LOST),
    "answer cut": lambda org, asked: replace(handle(org, asked), delivery=_CUT),
    "busy": lambda _org, _asked: BUSY,
}


def run(seed: int, size: Size) -> Outcome:
    """So many orgs, with a few troubles each."""
    be_silent()
    told: list[str] = []
    with memory_folder() as room:
        _seed(room / "seeded")
        for number in range(ORGS[size]):
            draw = Random(f"{seed}:{number}")  # noqa: S311 - repeatable on purpose
            told += [s and f"org {number}: {s}" for s in _try_org(room, draw, EACH[size])]
    return Outcome(len(told), tuple(filter(None, told)), digest(told))


def _seed(folder: Path) -> None:
    folder.mkdir()
    org = open_practice_org(folder / "org.sqlite", OrgClock(), seed=1)
    seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=6)))
    org.set_setting("deploy_seconds", "3")
    org.db.close()


def _try_org(room: Path, draw: Random, each: int) -> Iterator[str]:
    """One text for each trouble, "" where all went well."""
    made = _copied(room / "seeded", room / "made")
    with a_door(made) as (walk, _):
        fill(walk.org, draw)
    calls = len(undisturbed(_copied(made, room / "undisturbed")))
    for _ in range(each):
        trouble = Trouble(draw.choice(KINDS), draw.randint(1, calls))
        wrong = befallen(_copied(made, room / "befallen"), trouble)
        yield wrong and f"{trouble.kind} at call {trouble.at} of {calls}: {wrong}"
    for name in ("made", "undisturbed", "befallen"):
        shutil.rmtree(room / name)


def _copied(one: Path, other: Path) -> Path:
    shutil.rmtree(other, ignore_errors=True)
    return Path(shutil.copytree(one, other))


@contextmanager
def a_door(
    folder: Path, trouble: Trouble = Trouble(), hours: int = 0
) -> Iterator[tuple[Walk, Door]]:
    """The org of this folder, so many hours later, and a desk that deploys to it."""
    clock = OrgClock()
    clock.at = START
    clock.move(hours=hours)
    org = open_practice_org(folder / "org.sqlite", clock, seed=1)
    # Its random words are others each time that it is opened.
    org.rng.seed(org.db.execute("SELECT count(*) FROM session").fetchone()[0] + 1)
    door, step = Door(org, trouble), StepClock(clock)
    admin = find_rows(org, "User", Username=ADMIN_USERNAME)[0]["Id"]
    session = OrgSession(step, loopback=Loopback.PRACTICE)
    session.mount("https://", OrgAdapter(door, step.sleep))
    token = TokenLogin(Secret(start_session(org, admin)))
    place = Place(Origin("localhost"), None, Loopback.PRACTICE)
    with stamina.set_testing(True, attempts=4, cap=True):
        writer = connect_writer(token, place, session, step)
        yield a_walk(SimpleNamespace(org=org, clock=clock), writer, folder / "home"), door
    org.db.close()


def undisturbed(folder: Path) -> list[Request]:
    """The calls of a deploy that nothing befalls."""
    with a_door(folder) as (walk, door):
        walk.deploy()
        return door.asked


def befallen(folder: Path, trouble: Trouble) -> str:
    """What is wrong after this trouble, the same deploy again, and a restore; "" if nothing is."""
    with a_door(folder) as (walk, _):
        before = content(walk)
    ended = wait_for(start(lambda: _deploy(folder, trouble), folder / "error.txt"))
    if ended.error:
        return f"it ended in {ended.error}"
    if trouble.kind.startswith("killed") != (ended.signal == signal.SIGKILL):
        return f"it ended by signal {ended.signal}"
    with a_door(folder, hours=1) as (walk, _):
        half = content(walk)
        said = (folder / "said.txt").read_text() if (folder / "said.txt").exists() else "killed"
        walk.deploy()
        after = content(walk)
        wrong = _half(half, before, after, said) or _not_once(walk)
        if not wrong and any(e.step in SENT_STEPS for e in walk.desk.journal.entries()):
            walk.restore()
            changed = _differing(content(walk), before)
            wrong = f"the restore left {changed} changed" if changed else ""
    return wrong


def _deploy(folder: Path, trouble: Trouble) -> None:
    with a_door(folder, trouble) as (walk, _):
        try:
            said = str(walk.deploy().document["status"])
        except OptoutError as problem:
            said = f"refused {problem.code}: {problem.hint}"
        (folder / "said.txt").write_text(said)


def content(walk: Walk) -> dict[str, object]:
    """Every layout and permission set of the org, as trees."""
    handle(walk.org, Request("GET", "/services/data", {}, {}, b""))  # what is due is done by then
    return {
        f"{kind} {each.full_name}": layout_tree(each.body)
        for kind in ("Layout", "PermissionSet")
        for each in list_components(walk.org, kind)
    }


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _half(
    found: Mapping[str, object],
    before: Mapping[str, object],
    after: Mapping[str, object],
    said: str,
) -> str:
    """All or nothing, and what was said of it."""
    if found not in (before, after):
        return f"it was half done: {_differing(found, before)} of {_differing(after, before)}"
    if said == "done" and found != after:
        return "it said done, and nothing was"
    return ""


def _not_once(walk: Walk) -> str:
    done = [j for j in walk.jobs() if not j.options.check_only and j.status == "Succeeded"]
    if len(done) > 1:
        return f"{len(done)} deploys did it"
    status = walk.deploy().document["status"]
    return "" if status == "nothing-to-do" else f"the deploy after it says {status}"
