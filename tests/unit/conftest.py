"""A sync in one process: ledger, people and a practice org that share one clock."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import stamina
from bare_ledger import _clock, _db, _ledger  # noqa: F401 - fixtures of these tests
from org_clock import OrgClock
from org_copy import copy_of
from postgresql_house import cluster, database  # noqa: F401 - fixtures of these tests
from resubscribe_house import opt_out
from store_kinds import SQLITE
from sync_house import House
from walk import StepClock

from practice_org.org import Org
from sync.database.copying import copy_tables, empty_tables
from sync.database.places import Place
from sync.database.views import reading
from sync.ledger.ledger import open_ledger
from sync.ledger.tables import METADATA
from sync.people.sql import open_embedded


@dataclass(frozen=True)
class Left:
    """A house as it was left: its files, its org, its time, and the first number not taken yet."""

    folder: Path
    org: Org
    at: datetime
    number: int

    @contextmanager
    def again(self, folder: Path, org: Org, clock: OrgClock, at: Place | None) -> Iterator[House]:
        """A copy in this folder, over this org, with the ledger at this place."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        self.org.db.backup(org.db)
        clock.at = self.at
        if at is not None:
            self._put_ledger(at, StepClock(clock))
        with opened(folder, org, clock, at, self.number) as house:
            yield house

    def _put_ledger(self, at: Place, clock: StepClock) -> None:
        ours, theirs = open_ledger(self.folder / "ledger.sqlite", clock), open_ledger(at, clock)
        with reading(ours.engine) as source, theirs.engine.begin() as target:
            empty_tables(target, METADATA.sorted_tables)
            copy_tables(source, target, METADATA.sorted_tables)
        ours.close()
        theirs.close()


@contextmanager
def opened(
    folder: Path, org: Org, clock: OrgClock, at: Place | None = None, number: int = 0
) -> Iterator[House]:
    step = StepClock(clock)
    ledger = open_ledger(at or folder / "ledger.sqlite", step)
    people = open_embedded(folder / "people.sqlite", step)
    with stamina.set_testing(True, attempts=2, cap=True):
        yield House(ledger, people, org, step, count(number), folder=folder)
    people.close()
    ledger.close()


def left(folder: Path, seeded: Org, live: Callable[[House], object]) -> Left:
    """What is left of a house after `live`."""
    clock = OrgClock()
    # Its tokens are others than those of the orgs that this one is copied into.
    org = copy_of(seeded, clock, seed=3)
    with opened(folder, org, clock) as house:
        live(house)
    return Left(folder, org, clock.at, next(house.numbers))


def untick_all(house: House) -> None:
    for sobject in ("Contact", "Lead"):
        house.org.db.execute(f'UPDATE "{sobject}" SET "HasOptedOutOfEmail" = 0')  # noqa: S608 - ours


def adopt(house: House) -> None:
    untick_all(house)
    house.adopt()


@pytest.fixture(scope="session")
def new_house(seeded: Org, tmp_path_factory: pytest.TempPathFactory) -> Left:
    return left(tmp_path_factory.mktemp("new"), seeded, untick_all)


@pytest.fixture(scope="session")
def adopted_house(seeded: Org, tmp_path_factory: pytest.TempPathFactory) -> Left:
    return left(tmp_path_factory.mktemp("adopted"), seeded, adopt)


@pytest.fixture
def store() -> str:
    """What keeps the ledger; `store_kinds.BOTH` runs a module's tests on either."""
    return SQLITE


@pytest.fixture
def ledger_at(store: str, request: pytest.FixtureRequest) -> Place | None:
    """The address of a ledger that is no file; None for the file that a house has."""
    return None if store == SQLITE else request.getfixturevalue("database")


@pytest.fixture
def house(
    new_house: Left, org: Org, clock: OrgClock, tmp_path: Path, ledger_at: Place | None
) -> Iterator[House]:
    """Nobody is opted out yet on either side, and no field has been adopted."""
    with new_house.again(tmp_path, org, clock, ledger_at) as copied:
        yield copied


@pytest.fixture
def adopted(
    adopted_house: Left, org: Org, clock: OrgClock, tmp_path: Path, ledger_at: Place | None
) -> Iterator[House]:
    """A house whose first run a person has seen."""
    with adopted_house.again(tmp_path, org, clock, ledger_at) as copied:
        yield copied


@pytest.fixture
def ann(house: House) -> str:
    """Ann, opted out on both sides; the id of her record."""
    contact = house.contact()
    opt_out(house, "ann", contact)
    return contact
