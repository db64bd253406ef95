"""One night at a time: a holder that slept past its lease writes nothing into the ledger again."""

from __future__ import annotations

import pytest
from bare_ledger import everything
from sqlalchemy import update
from store_kinds import BOTH

from sync.ledger.lease import LEASE_S, Busy, held, is_held, release, renew, take
from sync.ledger.ledger import write_meta
from sync.ledger.tables import LEASES

pytestmark = BOTH

ORG = "00D000000000001AAA"
OTHER = "00D000000000002AAA"


@pytest.fixture
def ledger(house):
    return house.ledger


def test_nobody_takes_a_lease_that_is_held_and_anybody_one_that_ran_out(ledger):
    first = take(ledger, ORG, "a")
    with pytest.raises(Busy):
        take(ledger, ORG, "b")
    ledger.clock.sleep(LEASE_S)
    second = take(ledger, ORG, "b")
    assert (first.epoch, second.epoch) == (1, 2)


def test_an_org_is_held_for_two_minutes_and_no_other_one_with_it(ledger):
    take(ledger, ORG, "a")
    ledger.clock.sleep(119)
    assert (is_held(ledger, ORG), is_held(ledger, OTHER)) == (True, False)
    ledger.clock.sleep(1)
    assert not is_held(ledger, ORG)


def test_a_lease_that_goes_just_as_far_as_is_believed_is_held(ledger):
    take(ledger, ORG, "a")
    with ledger.engine.begin() as db:
        db.execute(update(LEASES).values(expires_at=ledger.unbelievable()))
    assert is_held(ledger, ORG)
    with pytest.raises(Busy):
        take(ledger, ORG, "b")


def test_who_comes_second_and_who_comes_back_too_late_are_told_where_to_look(ledger):
    stale = take(ledger, ORG, "a")
    with pytest.raises(Busy, match="is under way") as second:
        take(ledger, ORG, "b")
    ledger.clock.sleep(LEASE_S)
    take(ledger, ORG, "b")
    with pytest.raises(Busy, match="has taken this nightly over") as late:
        renew(ledger, stale)
    for told in (second.value, late.value):
        assert (told.code, told.where) == ("busy", ORG)
        assert "optout sync status shows it" in told.hint


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
    before = everything(ledger)
    with pytest.raises(Busy), held(ledger, stale) as db:
        write_meta(db, "x", "lost")
    with pytest.raises(Busy):
        renew(ledger, stale)
    release(ledger, stale)
    assert everything(ledger) == before
