"""Ids that died: found whatever the clocks say, and settled once there is evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from store_kinds import BOTH

from practice_org.org import to_timestamp
from sync.ledger.ledger import Ledger, from_text, read_meta
from sync.night.night import Outcome
from sync.night.reading import OVERLAP

pytestmark = BOTH

NOTHING = (Outcome.DONE, {"salesforce": 0, "people": 0})


class Ahead:
    """A runner's clock that runs days before the org's."""

    def __init__(self, clock) -> None:
        self.clock = clock

    def now(self):
        return self.clock.now() + timedelta(days=3)

    def monotonic_s(self):
        return self.clock.monotonic_s()

    def sleep(self, seconds):
        self.clock.sleep(seconds)


def again(house):
    summary = house.night()
    return summary.outcome, summary.writes


def test_a_merge_is_found_although_the_runners_clock_is_ahead(house):
    early = replace(house, ledger=Ledger(house.ledger.engine, Ahead(house.clock)))
    early.adopt()
    loser, winner = early.contact(), early.contact()
    early.person("ann", loser)
    early.merge(winner, loser)
    early.tick(winner)
    early.night()
    assert early.out("ann")
    assert again(early) == NOTHING


@pytest.mark.parametrize("held", [0, 1], ids=["account", "contact"])
def test_who_holds_the_loser_of_two_person_accounts_is_reached_from_the_winner(adopted, held):
    loser, winner = adopted.person_account(), adopted.person_account()
    adopted.person("ann", loser[held])
    adopted.merge(winner[0], loser[0])
    adopted.tick(winner[0])
    adopted.night()
    assert adopted.out("ann")
    assert again(adopted) == NOTHING


@pytest.mark.parametrize("held", [0, 1], ids=["account", "contact"])
def test_the_loser_of_two_person_accounts_is_written_as_the_winner(adopted, held):
    loser, winner = adopted.person_account(), adopted.person_account()
    adopted.person("ann", loser[held], out=True)
    adopted.merge(winner[0], loser[0])
    assert adopted.night().writes["salesforce"] == 1
    assert adopted.ticked(winner[0])
    assert again(adopted) == NOTHING


def test_a_deleted_record_stays_settled_when_the_bin_is_emptied(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact, out=True)
    adopted.delete(contact)
    adopted.night()
    adopted.purge()
    assert again(adopted) == NOTHING
    assert (adopted.cases(), adopted.night().needs_a_person) == ([], False)


def test_a_merge_that_shows_late_is_found_the_next_night(adopted):
    loser, winner = adopted.contact(), adopted.contact()
    adopted.person("ann", loser)
    adopted.clock.sleep(3_600)
    adopted.merge(winner, loser)
    adopted.tick(winner)
    adopted.clock.sleep(60)
    adopted.fault("query.row", "LATE_VISIBLE:600")
    adopted.night()
    assert not adopted.out("ann")
    adopted.clear_faults()
    adopted.clock.sleep(20 * 3_600)
    adopted.night()
    assert adopted.out("ann")


def test_what_died_at_the_very_moment_that_is_looked_back_to_is_found(adopted):
    loser, winner = adopted.contact(), adopted.contact()
    adopted.person("ann", loser)
    adopted.merge(winner, loser)
    adopted.tick(winner)
    with adopted.ledger.engine.begin() as db:
        until = from_text(read_meta(db, "harvested_at")) - OVERLAP
    update = 'UPDATE "Contact" SET "SystemModstamp" = ? WHERE "Id" = ?'
    adopted.org.db.execute(update, (to_timestamp(until), loser))
    adopted.night()
    assert adopted.out("ann")
