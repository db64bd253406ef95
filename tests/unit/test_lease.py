"""One night at a time: a holder that slept past its lease writes nothing into the ledger again."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from store_kinds import BOTH
from sync_house import House

from sync.database.views import reading
from sync.ledger.lease import LEASE_S, Busy, held, release, renew, take
from sync.ledger.ledger import write_meta
from sync.ledger.tables import LEASES, METADATA

pytestmark = BOTH

ORG = "00D000000000001AAA"


@pytest.fixture
def ledger(house):
    return house.ledger


def rows(ledger) -> list:
    """Everything the ledger holds."""
    with ledger.engine.connect() as db:
        tables = METADATA.sorted_tables
        return [(each.name, *row) for each in tables for row in db.execute(each.select())]


def test_nobody_takes_a_lease_that_is_held_and_anybody_one_that_ran_out(ledger):
    first = take(ledger, ORG, "a")
    with pytest.raises(Busy):
        take(ledger, ORG, "b")
    ledger.clock.sleep(LEASE_S)
    second = take(ledger, ORG, "b")
    assert (first.epoch, second.epoch) == (1, 2)


def test_a_renewed_lease_is_held_for_its_whole_time_again(ledger):
    lease = take(ledger, ORG, "a")
    ledger.clock.sleep(LEASE_S - 1)
    renew(ledger, lease)
    ledger.clock.sleep(LEASE_S - 1)
    with pytest.raises(Busy):
        take(ledger, ORG, "b")


def test_a_lease_that_ran_out_and_that_nobody_took_is_still_its_holders(ledger):
    lease = take(ledger, ORG, "a")
    ledger.clock.sleep(LEASE_S + 1)
    with held(ledger, lease) as db:
        write_meta(db, "x", "kept")
    renew(ledger, lease)


@pytest.mark.parametrize("owner", ["a", "b"])
def test_a_stale_holder_can_neither_write_nor_renew_nor_end_the_lease_of_another(ledger, owner):
    stale = take(ledger, ORG, "a")
    ledger.clock.sleep(LEASE_S)
    take(ledger, ORG, owner)
    before = rows(ledger)
    with pytest.raises(Busy), held(ledger, stale) as db:
        write_meta(db, "x", "lost")
    with pytest.raises(Busy):
        renew(ledger, stale)
    release(ledger, stale)
    assert rows(ledger) == before


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
            self.left = rows(self.ledger)
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


@pytest.mark.parametrize("at", [*range(1, 30, 3)])
def test_a_night_that_was_taken_over_writes_nothing_more_into_the_ledger(overtaken, at):
    overtaken.at = at
    with pytest.raises(Busy):
        overtaken.night()
    assert overtaken.left
    assert rows(overtaken.ledger) == overtaken.left
