"""Handed over: open until the other system shows it, never written twice, never forgotten."""

from __future__ import annotations

import pytest
from other_system import OtherSystem
from sqlalchemy import insert
from store_kinds import BOTH

from deployer.errors import TryLater
from sync.ledger.backlog import read_backlog
from sync.ledger.events import Selector
from sync.ledger.handed_over import handed_over, note_handed_over
from sync.ledger.open_rows import read_open_rows
from sync.ledger.tables import RESUBSCRIBE_MEMBERS, RESUBSCRIBES
from sync.night.night import Outcome
from sync.people.files.inputs import Nobody, Source
from sync.people.files.store import open_files

pytestmark = BOTH

FILLERS = 60


class Files:
    """A house whose people are another system's."""

    def __init__(self, house, folder) -> None:
        self.house, self.other = house, OtherSystem(folder)
        source = Source(self.other.input, {}, Nobody.BELIEVED)
        house.people = open_files(source, self.other.output, folder / "own", house.clock)

    def show(self) -> None:
        self.other.take_in()
        self.other.export()

    def hand_over(self, person_id: str) -> None:
        """As a night does."""
        self.other.put(person_id)
        self.house.people.mark([self.house.mark_of(person_id)])
        with self.house.ledger.engine.begin() as db:
            note_handed_over(db, [person_id], self.house.ledger.now())

    def handed(self) -> list[str]:
        with self.house.ledger.engine.begin() as db:
            return [each.person_id for each in handed_over(db)]


@pytest.fixture
def files(house, tmp_path):
    made = Files(house, tmp_path)
    yield made
    house.people.close()


def test_a_push_is_handed_over_once_and_settled_when_the_export_shows_it(files, house):
    contact = house.contact()
    files.other.put("ann", contact)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    house.drain()
    assert (house.ticked(contact), house.settled(event), files.handed()) == (True, False, ["ann"])
    assert len(files.other.rows()) == 1
    files.show()
    house.drain()
    assert (house.settled(event), files.handed(), house.out("ann")) == (True, [], True)


def test_somebody_unknown_is_handed_over_and_reached_when_the_export_has_them(files, house):
    event = house.accept(Selector.EMAIL, "new@example.com")
    house.drain()
    assert [row["change"] for row in files.other.rows()] == ["added", "unsubscribed"]
    contact = house.contact()
    files.other.put("crm-7", contact, out=True, email="New@example.com")
    house.drain()
    assert (house.ticked(contact), house.settled(event), files.handed()) == (True, True, [])


def test_a_night_goes_both_ways_and_the_next_one_writes_nothing(files, house):
    first, second = house.contact(), house.contact()
    files.other.put("ann", first, out=True)
    files.other.put("bob", second)
    house.tick(second)
    assert house.adopt().writes == {"salesforce": 1, "people": 1}
    assert (house.ticked(first), [r["person_id"] for r in files.other.rows()]) == (True, ["bob"])
    files.other.export()
    again = house.night()
    assert (again.writes, again.planned["people"]) == ({"salesforce": 0, "people": 0}, 0)
    assert (len(files.other.files()), files.handed()) == (1, ["bob"])


def test_who_was_shown_and_cleared_there_and_opted_out_again_is_handed_over_again(files, house):
    contact = house.contact()
    files.other.put("bob", contact)
    house.tick(contact)
    house.adopt()
    files.show()
    house.drain()
    assert files.handed() == []
    files.other.put("bob", contact)
    assert house.night().writes["people"] == 1
    assert len(files.other.files()) == 2


def test_a_night_that_is_killed_after_handing_over_repeats_it_and_loses_nothing(files, house):
    contact = house.contact()
    files.other.put("bob", contact)
    house.tick(contact)
    house.people.mark([house.mark_of("bob")])  # the file is there, and the ledger knows nothing
    house.adopt()
    assert (files.handed(), len(files.other.files())) == (["bob"], 2)


def test_an_export_that_is_away_leaves_opt_outs_open_and_named_records_written(files, house):
    contact = house.contact()
    files.other.put("ann", contact)
    files.other.input.unlink()
    event = house.accept(Selector.SALESFORCE, contact)
    house.drain()
    assert (house.ticked(contact), house.settled(event)) == (True, False)
    with pytest.raises(TryLater, match="no such file"):
        house.adopt()
    files.other.export()
    house.drain()
    assert files.handed() == ["ann"]


def test_a_shrunken_export_holds_what_would_be_written_into_it(files, house):
    contacts = [house.contact() for _ in range(FILLERS)]
    for number, contact in enumerate(contacts):
        files.other.people[f"p{number}"] = dict.fromkeys(
            ("email", "unsubscribed", "unsubscribed_at", "source", "reason"), ""
        ) | {"unsubscribed": "true"}
        files.other.ids[f"p{number}"] = {contact}
    files.other.export()
    house.adopt()
    for person in files.other.people.values():
        person["unsubscribed"] = ""
    files.other.export()
    held = house.night()
    assert (held.outcome, held.held["people"], files.other.files()) == (Outcome.HELD, FILLERS, [])


def test_the_backlog_tells_how_many_and_since_when(files, house):
    files.other.put("ann")
    began = house.clock.now()
    files.hand_over("bob")
    house.accept(Selector.PERSON, "ann")
    house.drain()
    with house.ledger.engine.begin() as db:
        backlog = read_backlog(db)
        assert [row.state for row in read_open_rows(db, ["bob"])] == ["handed-over"]
    assert (backlog.handed_over, backlog.open) == (2, 0)
    assert backlog.handed_over_since >= began


def test_a_resubscribe_ends_what_was_handed_over(files, house):
    files.hand_over("bob")
    now = house.ledger.now()
    with house.ledger.engine.begin() as db:
        db.execute(insert(RESUBSCRIBES).values(
            id=1, at=now, org_at=now, person_id="bob", by="Mia", reason="", fields="",
            state="cleared", org_id="", owner="", epoch=1,
        ))  # fmt: skip
        db.execute(insert(RESUBSCRIBE_MEMBERS).values(
            resubscribe_id=1, side="people", key="bob", person_id="bob", standing="live",
            opted_out=1, stamp="",
        ))  # fmt: skip
    assert files.handed() == []
