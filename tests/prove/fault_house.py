"""A sync for one cell: copied from one that was made ready, with a login that can be renewed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import stamina
from org_clock import OrgClock
from sync_house import ORIGIN, RUNNER, House
from walk import StepClock

from deployer.salesforce.client import Writer
from deployer.salesforce.connection import connect_writer
from deployer.salesforce.hosts import Loopback
from deployer.salesforce.login import ClientCredentialsLogin, Place
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.app import open_practice_org
from practice_org.faults.places import places_of
from practice_org.inprocess import OrgAdapter
from practice_org.org import Org
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize
from practice_org.wire import Request, Response
from sync.ledger.events import Selector
from sync.ledger.ledger import open_ledger
from sync.people.sql import open_embedded

NOBODY = OrgSize(contacts=0, leads=0, users=10)


@dataclass
class FaultHouse(House):
    """A house that logs in itself, and notes what it asked for; `wanted` are records to tick."""

    asked: list[frozenset[str]] = field(default_factory=list)

    def answer(self, asked: Request) -> Response:
        self.asked.append(places_of(asked))
        return super().answer(asked)

    def writer(self, username: str = RUNNER) -> Writer:
        name = username.partition("@")[0]
        session = OrgSession(self.clock, loopback=Loopback.PRACTICE)
        session.mount("https://", OrgAdapter(self.answer, self.clock.sleep))
        id_, secret = (self.org.setting(f"client_{what}:{name}") for what in ("id", "secret"))
        login = ClientCredentialsLogin(id_, Secret(secret))
        return connect_writer(login, Place(ORIGIN, None, Loopback.PRACTICE), session, self.clock)


@dataclass(frozen=True, slots=True)
class Template:
    """A sync that is ready for a fault: all `records` are to be ticked, all `persons` marked.

    `pushed` are events that wait for a drain, and the records each must reach.
    """

    folder: Path
    org: Org
    records: tuple[str, ...]
    persons: tuple[str, ...]
    pushed: dict[int, tuple[str, ...]]


def make_template(folder: Path) -> Template:
    """Adopted; then people were opted out on either side, two of them by events still to push."""
    clock = OrgClock()
    org = open_practice_org(":memory:", clock, seed=1)
    seed_org(org, Wish(NOBODY))
    with _opened(folder, org, clock) as house:
        house.adopt()
        loser, winner, *ids = (house.contact() for _ in range(6))
        lead = house.lead()
        house.merge(winner, loser)
        house.person("ann", ids[0], lead, out=True)
        house.person("bob", ids[1])
        house.person("cleo", ids[2])
        house.person("dan", loser, ids[3])
        house.tick(ids[1])
        pushed = {
            house.accept(Selector.PERSON, "cleo"): (ids[2],),
            house.accept(Selector.PERSON, "dan"): (winner, ids[3]),
        }
    records = (ids[0], lead, ids[1], ids[2], winner, ids[3])
    return Template(folder, org, records, ("ann", "bob", "cleo", "dan"), pushed)


@contextmanager
def copied(template: Template) -> Iterator[FaultHouse]:
    """A house of one's own that begins where the template ended."""
    with tempfile.TemporaryDirectory(prefix="optout-cell-") as name:
        folder = Path(name)
        for file in template.folder.glob("*.sqlite"):
            shutil.copy(file, folder / file.name)
        clock = OrgClock()
        org = open_practice_org(":memory:", clock, seed=2)
        template.org.db.backup(org.db)
        with _opened(folder, org, clock) as house:
            yield house
        org.db.close()


@contextmanager
def _opened(folder: Path, org: Org, at: OrgClock) -> Iterator[FaultHouse]:
    clock = StepClock(at)
    ledger = open_ledger(folder / "ledger.sqlite", clock)
    people = open_embedded(folder / "people.sqlite", clock)
    with stamina.set_testing(True, attempts=2, cap=True):
        yield FaultHouse(ledger, people, org, clock, count())
    people.close()
    ledger.close()
