"""The calls that the wire can harm, and what must be so after it did."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

from begun_night import begun_night, tick_by_bulk
from org_clock import OrgClock
from org_copy import copy_of
from prove.disk_files import kept, mended, sent
from prove.fault_cells import SITES, Act
from prove.fault_house import Template
from prove.faults import DAY_S, unhealed, unsafe
from prove.net_house import NetHouse, Wire
from prove.oracle import changes
from prove.toxic_proxy import Toxic
from walk import StepClock, Walk, a_walk

from deployer.errors import Exit, OptoutError
from deployer.model.findings import Severity
from deployer.readiness.assessing import assess
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.gathering import fetch_facts
from deployer.salesforce.client import Connection
from practice_org.app import open_practice_org
from practice_org.org import Org
from sync.ledger.ledger import open_ledger
from sync.people.sql import open_embedded

_LATER = {Exit.TRY_LATER, Exit.STILL_RUNNING}
FIELD = "HasOptedOutOfEmail"


@dataclass(frozen=True, slots=True)
class Kit:
    """What every case begins from: the wire, a sync, an org to deploy to.

    `answers` is what each check of readiness comes to on a wire that is well, `holding` which
    layouts hold the field before and after a deploy.
    """

    wire: Wire
    sync: Template
    seeded: Org
    answers: dict[str, Severity]
    holding: tuple[set[str], ...]


@dataclass(frozen=True, slots=True)
class Site:
    """One call of one command: the `after` first ones at its place are other calls."""

    name: str
    place: str
    after: int
    work: Callable[[Kit, Site, Toxic | None], Iterator[str]]


def every_site() -> list[Site]:
    """Every call, in one order."""
    calls = [
        Site(f"{each.name} ({each.act.value})", each.place, each.after, _SYNC[each.act])
        for each in SITES
        if each.place not in ("query.row", "bulk.job", "bulk.row")
    ]
    return [
        *calls,
        *(Site(f"{place} {after} ({name})", place, after, work)
          for name, work, places in _DEPLOYS for place, after in places),
    ]  # fmt: skip


# Push, night, bulk ------------------------------------------------------------------------------


def push(kit: Kit, site: Site, toxic: Toxic | None) -> Iterator[str]:
    """A drain: whatever befalls it ends in what it reports."""
    with _sync_house(kit) as house:
        _harm(kit, site, toxic)
        problems = house.drain().problems
        yield from _ended(kit, toxic, next(iter(problems), None))
        yield from _after_sync(kit, house)


def night(kit: Kit, site: Site, toxic: Toxic | None) -> Iterator[str]:
    """A night that may write all it finds."""
    with _sync_house(kit) as house:
        house.drain()
        _harm(kit, site, toxic)
        yield from _run(kit, toxic, lambda: house.night(approve_all=True))
        yield from _after_sync(kit, house)


def bulk(kit: Kit, site: Site, toxic: Toxic | None) -> Iterator[str]:
    """A bulk job of a night."""
    with _sync_house(kit) as house:
        house.drain()
        begun = begun_night(house)
        _harm(kit, site, toxic)
        yield from _run(kit, toxic, lambda: tick_by_bulk(begun, kit.sync.records[:2]))
        yield from _after_sync(kit, house)


@contextmanager
def _sync_house(kit: Kit) -> Iterator[NetHouse]:
    with tempfile.TemporaryDirectory(prefix="optout-net-") as name:
        folder = Path(name)
        for file in kit.sync.folder.glob("*.sqlite"):
            shutil.copy(file, folder / file.name)
        at = OrgClock()
        org = open_practice_org(":memory:", at, seed=2)
        kit.sync.org.db.backup(org.db)
        kit.wire.turn_to(org, at)
        clock = StepClock(at)
        ledger = open_ledger(folder / "ledger.sqlite", clock)
        people = open_embedded(folder / "people.sqlite", clock)
        house = NetHouse(ledger, people, org, clock, count(), wire=kit.wire)
        yield house
        kit.wire.turn_to(None)
        people.close()
        ledger.close()
        org.db.close()


def _after_sync(kit: Kit, house: NetHouse) -> Iterator[str]:
    """Safe now, and a day later, on a wire that is well, all is done, once."""
    yield from unsafe(house, kit.sync)
    _heal(kit, house.org)
    house.clock.sleep(DAY_S)
    yield from unhealed(house, kit.sync)
    real = Counter((c.record, c.field) for c in changes(house) if not c.before and c.after)
    yield from (f"{record} was changed {n} times" for (record, _), n in real.items() if n > 1)


# Deploy, restore, readiness ---------------------------------------------------------------------


def deploy(kit: Kit, site: Site, toxic: Toxic | None) -> Iterator[str]:
    """A deploy: all or nothing, and what was sent is on disk."""
    with _walk(kit) as walk:
        yield from _deployed((kit, site, toxic), walk, walk.layouts(), walk.deploy)


def restore(kit: Kit, site: Site, toxic: Toxic | None) -> Iterator[str]:
    """The way back."""
    with _walk(kit) as walk:
        first = walk.layouts()
        walk.deploy()
        yield from _deployed((kit, site, toxic), walk, first, walk.restore)


def _deployed(
    case: tuple[Kit, Site, Toxic | None], walk: Walk, first: dict[str, bytes],
    work: Callable[[], object],
) -> Iterator[str]:  # fmt: skip
    kit, site, toxic = case
    most = len(sent(walk)) + 1
    _harm(kit, site, toxic)
    yield from _run(kit, toxic, work)
    if walk.holding() not in kit.holding:
        yield f"{sorted(walk.holding())} alone hold the field"
    if len(sent(walk)) > most:
        yield "it was sent twice"
    _heal(kit, walk.org)
    yield from kept(walk)
    yield from mended(walk, first)


def _harm(kit: Kit, site: Site, toxic: Toxic | None) -> None:
    if toxic is not None:
        kit.wire.harm(toxic, site.place, site.after)


def _heal(kit: Kit, org: Org) -> None:
    kit.wire.turn_to(org, kit.wire.clock)


def _run(kit: Kit, toxic: Toxic | None, work: Callable[[], object]) -> Iterator[str]:
    """Whatever it raises that is no error of ours is a traceback to somebody, and goes on up."""
    problem = None
    try:
        work()
    except OptoutError as told:
        problem = told
    yield from _ended(kit, toxic, problem)


def _ended(kit: Kit, toxic: Toxic | None, problem: OptoutError | None) -> Iterator[str]:
    """Done, or to be tried again later: what befell the wire is nobody's no."""
    if toxic is not None and not kit.wire.proxy.hurt:
        yield "it never came to that call"
    well = toxic is None or toxic.is_harmless
    if problem and (well or problem.exit not in _LATER):
        yield f"ended with {problem.exit.name}: {problem}"


@contextmanager
def _walk(kit: Kit) -> Iterator[Walk]:
    with tempfile.TemporaryDirectory(prefix="optout-net-") as folder:
        at = OrgClock()
        org = copy_of(kit.seeded, at, seed=2)
        kit.wire.turn_to(org, at)
        conn = kit.wire.writer(org, StepClock(at), "deployer")
        yield a_walk(SimpleNamespace(org=org, clock=at), conn, Path(folder) / "optout")
        kit.wire.turn_to(None)
        org.db.close()


def readiness(kit: Kit, site: Site, toxic: Toxic | None) -> Iterator[str]:
    """A look writes nothing, and what it says is so: else it says that it does not know."""
    at = OrgClock()
    org = copy_of(kit.seeded, at, seed=2)
    kit.wire.turn_to(org, at)
    conn = kit.wire.writer(org, StepClock(at), "auditor")
    before = list(org.db.execute("SELECT * FROM audit"))
    seen: dict[str, Severity] = {}
    _harm(kit, site, toxic)
    yield from _run(kit, toxic, lambda: seen.update(_answers(conn)))
    for name, told in seen.items():
        if told not in (kit.answers[name], Severity.UNKNOWN):
            yield f"check {name} comes to {told.value}, and it is {kit.answers[name].value}"
    if list(org.db.execute("SELECT * FROM audit")) != before:
        yield "a look has changed something"
    kit.wire.turn_to(None)
    org.db.close()


def _answers(conn: Connection) -> dict[str, Severity]:
    """What each check of readiness comes to."""
    found = assess(CHECKS, fetch_facts(conn, Asked(FIELD)), {})
    return {each.check.id: each.outcome for each in found}


def make_kit(wire: Wire, sync: Template, seeded: Org) -> Kit:
    """With what a look and a deploy see and do on a wire that is well."""
    kit = Kit(wire, sync, seeded, {}, ())
    with _walk(kit) as walk:
        answers = _answers(wire.writer(walk.org, walk.desk.clock, "auditor"))
        before = walk.holding()
        walk.deploy()
        return replace(kit, answers=answers, holding=(before, walk.holding()))


_SYNC = {Act.DRAIN: push, Act.NIGHT: night, Act.BULK: bulk}
_DEPLOYS = (
    ("deploy", deploy, (
        ("metadata.list", 0), ("composite", 0), ("tooling", 0), ("metadata.retrieve", 0),
        ("metadata.checkRetrieveStatus", 0), ("metadata.retrieve", 1), ("deploy.start", 0),
        ("deploy.poll", 0), ("metadata.list", 1), ("deploy.start", 1), ("deploy.poll", 4),
        ("query", 0),
    )),
    ("restore", restore, (("deploy.start", 1), ("deploy.poll", 4), ("record.delete", 0))),
    ("readiness", readiness, (
        ("composite", 0), ("composite", 8), ("tooling", 3), ("tooling", 10), ("limits", 0),
        ("record.get", 0),
    )),
)  # fmt: skip
