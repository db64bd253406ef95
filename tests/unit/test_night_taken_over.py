"""A night that slept past its lease, and which of its calls it was that took so long."""

from __future__ import annotations

import pytest
from bare_ledger import everything
from sqlalchemy import delete, select
from store_kinds import BOTH
from sync_house import House

from sync.database.views import reading
from sync.ledger.lease import LEASE_S, Busy, take
from sync.ledger.tables import LEASES

pytestmark = BOTH
CALLS = 23  # of this night, when nobody takes it over


class Overtaken(House):
    """A house in which another runner takes the night over while its n-th call is on the way."""

    at = 0
    calls = 0
    left = ()

    def answer(self, asked):
        with reading(self.ledger.engine) as db:
            held_by = db.scalar(select(LEASES.c.owner))
        self.calls += bool(held_by)
        if self.calls == self.at and not self.left:
            self.clock.sleep(LEASE_S)
            take(self.ledger, self.writer_org, "another")
            self.left = everything(self.ledger)
        return super().answer(asked)


@pytest.fixture
def overtaken(house):
    """Both ways there is something to write; the first run has been seen."""
    house.adopt()
    here, there, gone = house.contact(), house.lead(), house.contact()
    house.person("ann", here, gone, out=True)
    house.person("bob", there)
    house.tick(there)
    house.delete(gone)
    own = Overtaken(house.ledger, house.people, house.org, house.clock, house.numbers)
    own.writer_org = house.writer().org.org_id
    with house.ledger.engine.begin() as db:
        db.execute(delete(LEASES))
    return own


@pytest.mark.parametrize("at", range(1, CALLS, 3))
def test_a_night_that_was_taken_over_writes_nothing_more_into_the_ledger(overtaken, at):
    overtaken.at = at
    with pytest.raises(Busy):
        overtaken.night()
    assert overtaken.left
    assert everything(overtaken.ledger) == overtaken.left
