"""A sync in one process: ledger, people and a practice org that share one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import stamina
from resubscribe_house import opt_out
from sync_house import House
from walk import StepClock

from practice_org.org import Org
from sync.ledger.ledger import open_ledger
from sync.people.sql import open_embedded


@pytest.fixture
def house(org: Org, clock: Callable[[], datetime], tmp_path: Path) -> Iterator[House]:
    """Nobody is opted out yet on either side, and no field has been adopted."""
    step = StepClock(clock)
    ledger = open_ledger(tmp_path / "ledger.sqlite", step)
    people = open_embedded(tmp_path / "people.sqlite", step)
    for sobject in ("Contact", "Lead"):
        org.db.execute(f'UPDATE "{sobject}" SET "HasOptedOutOfEmail" = 0')  # noqa: S608 - ours
    with stamina.set_testing(True, attempts=2, cap=True):
        yield House(ledger, people, org, step, count())
    people.close()
    ledger.close()


@pytest.fixture
def adopted(house: House) -> House:
    """A house whose first run a person has seen."""
    house.adopt()
    return house


@pytest.fixture
def ann(house: House) -> str:
    """Ann, opted out on both sides; the id of her record."""
    contact = house.contact()
    opt_out(house, "ann", contact)
    return contact
