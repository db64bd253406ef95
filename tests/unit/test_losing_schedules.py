"""Orders of events that lose an opt-out in a careless program, each by its name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from serve_house import facts_of, make_desk, said
from sync_house import SALES, Away

from deployer.errors import TryLater
from practice_org.actions.org_rules import set_sharing
from practice_org.tables import find_rows, update_row
from sync.ledger.events import NewEvent, Selector, accept
from sync.people.model import Person

DAY = 86_400
YEAR = timedelta(days=366)


class MarksFail(Away):
    """A people store that can be read and not written."""

    def __getattr__(self, name):
        if self.away and name != "mark":
            return getattr(self.people, name)
        return super().__getattr__(name)


def taken(house, sender="shop", key="msg_1", selected="ann", **values):
    """A sender's unsubscribe is accepted; its event's id."""
    asked = {"occurred_at": house.clock.now(), "fields": house.fields, **values}
    made = NewEvent(sender, key, f"{selected} says so", selector=Selector.PERSON,
                    selected=selected, **asked)  # fmt: skip
    return accept(house.ledger, [made])[0]


def sees_everything(house, value):
    """Whether the runner sees and edits records that it does not own."""
    (runner,) = find_rows(house.org, "PermissionSet", Name="Opt_Out_Runner")
    for row in find_rows(house.org, "ObjectPermissions", ParentId=runner["Id"]):
        rights = dict.fromkeys(("PermissionsViewAllRecords", "PermissionsModifyAllRecords"), value)
        update_row(house.org, "ObjectPermissions", row["Id"], rights)
    set_sharing(house.org, house.admin, "public" if value else "private")


def test_one_webhook_id_from_two_senders_is_two_unsubscribes(house):
    contacts = {name: house.contact() for name in ("ann", "bob")}
    for name, contact in contacts.items():
        house.person(name, contact)
    events = [taken(house, "shop", selected="ann"), taken(house, "crm", selected="bob")]
    house.drain()
    assert [event.new for event in events] == [True, True]
    assert all(house.ticked(each) for each in contacts.values())


def test_one_webhook_id_with_another_body_is_another_unsubscribe(house):
    contacts = [house.contact(), house.contact()]
    house.person("ann", contacts[0])
    house.person("bob", contacts[1])
    assert [taken(house, selected=name).new for name in ("ann", "bob", "bob")] == [1, 1, 0]
    house.drain()
    assert [house.ticked(each) for each in contacts] == [True, True]


def test_the_field_chosen_after_an_unsubscribe_was_taken_is_not_its_field(house):
    house.install(SALES)
    contact, other = house.contact(), house.contact()
    house.person("ann", contact)
    house.person("bob", other)
    first = house.accept(Selector.PERSON, "ann")
    house.fields = (SALES,)
    second = house.accept(Selector.PERSON, "bob")
    house.drain()
    assert (house.ticked(contact), house.ticked(contact, SALES)) == (True, False)
    assert (house.ticked(other), house.ticked(other, SALES)) == (False, True)
    assert (house.settled(first), house.settled(second)) == (True, True)


def test_two_unsubscribes_of_two_fields_are_one_write_of_both(house):
    house.install(SALES)
    contact = house.contact()
    house.person("ann", contact)
    events = [house.accept(Selector.PERSON, "ann", (field,)) for field in (SALES, *house.fields)]
    house.drain()
    assert (house.ticked(contact), house.ticked(contact, SALES)) == (True, True)
    assert (all(map(house.settled, events)), house.writes(contact)) == (True, 1)


def test_an_import_that_says_subscribed_does_not_undo_what_is_in_quarantine(house):
    contact = house.contact()
    house.person("ann", contact)
    house.rule("Contact", active=True)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    house.person("ann", contact, out=False, email="ann@example.com")
    house.rule("Contact", active=False)
    house.clock.sleep(DAY)
    house.drain()
    assert (house.out("ann"), house.ticked(contact), house.settled(event)) == (True, True, True)


def test_an_import_after_a_quarantine_brings_the_id_that_was_wrong(adopted):
    gone, right = adopted.contact(), adopted.contact()
    adopted.person("ann", gone)
    adopted.delete(gone)
    adopted.purge()
    adopted.accept(Selector.PERSON, "ann")
    adopted.drain()
    adopted.person("ann", right)
    adopted.night()
    assert adopted.ticked(right)
    assert adopted.cases() == [(gone, "NOT_FOUND")]


def test_people_that_cannot_be_written_after_the_org_was_are_marked_by_a_later_drain(house):
    contact = house.contact()
    house.person("ann", contact)
    house.people = MarksFail(house.people)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.ticked(contact), house.out("ann"), house.settled(event)) == (True, False, False)
    house.people.away = False
    house.clock.sleep(600)
    house.drain()
    assert (house.out("ann"), house.settled(event), house.writes(contact)) == (True, True, 1)


def test_a_night_whose_people_cannot_be_written_is_made_good_by_the_next(adopted):
    here, there = adopted.contact(), adopted.contact()
    adopted.person("ann", here, out=True)
    adopted.person("bob", there)
    adopted.tick(there)
    adopted.people = MarksFail(adopted.people)
    with pytest.raises(TryLater):
        adopted.night()
    adopted.people.away = False
    adopted.night()
    assert (adopted.ticked(here), adopted.out("bob")) == (True, True)


def test_an_unsubscribe_that_comes_a_year_late_still_opts_out_and_dates_it_right(house):
    contact = house.contact()
    house.person("ann", contact)
    now = house.clock.now()
    taken(house, key="new", occurred_at=now)
    house.drain()
    taken(house, key="late", occurred_at=now - YEAR)
    house.drain()
    (person,) = house.people.find(["ann"])
    assert (house.ticked(contact), person.unsubscribed_at) == (True, now - YEAR)


def test_an_unsubscribe_after_one_was_settled_and_undone_by_hand_opts_out_again(house):
    contact = house.contact()
    house.person("ann", contact)
    for key in ("first", "second"):
        event = taken(house, key=key)
        house.drain()
        assert (house.ticked(contact), house.out("ann"), house.settled(event.id)) == (1, 1, 1)
        house.tick(contact, value=False)
        house.people.clear("ann", house.clock.now(), "asked by phone", "ada")


def test_what_was_undone_by_hand_on_both_sides_is_not_done_again_by_old_events(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact)
    adopted.accept(Selector.PERSON, "ann")
    adopted.drain()
    adopted.tick(contact, value=False)
    adopted.people.clear("ann", adopted.clock.now(), "asked by phone", "ada")
    adopted.clock.sleep(DAY)
    assert adopted.night().writes == {"salesforce": 0, "people": 0}
    assert (adopted.ticked(contact), adopted.out("ann")) == (False, False)


def test_one_person_with_two_records_has_both_ticked_whichever_is_found_ticked(adopted):
    first, second = adopted.contact(), adopted.lead()
    adopted.person("ann", first, second)
    adopted.tick(second)
    adopted.night()
    assert (adopted.ticked(first), adopted.out("ann")) == (True, True)


def test_two_persons_who_share_a_record_are_both_opted_out_by_a_night(adopted):
    shared, own = adopted.contact(), adopted.contact()
    adopted.person("ann", shared, out=True)
    adopted.person("bob", shared, own)
    adopted.night()
    assert [adopted.ticked(shared), adopted.ticked(own), adopted.out("bob")] == [True] * 3


def test_a_record_that_is_undeleted_after_it_was_settled_as_gone_is_ticked_by_the_night(adopted):
    contact = adopted.contact()
    adopted.person("ann", contact)
    adopted.delete(contact)
    event = adopted.accept(Selector.PERSON, "ann")
    adopted.drain()
    assert adopted.settled(event)
    adopted.undelete(contact)
    adopted.night()
    assert adopted.ticked(contact)


def test_a_record_the_runner_cannot_see_is_never_settled_and_ticked_once_it_can(house):
    contact = house.contact()
    house.person("ann", contact)
    sees_everything(house, 0)
    event = house.accept(Selector.PERSON, "ann")
    house.drain()
    assert (house.settled(event), house.cases()) == (False, [(contact, "NOT_FOUND")])
    sees_everything(house, 1)
    house.clock.sleep(DAY)
    house.drain()
    assert (house.ticked(contact), house.settled(event), house.cases()) == (True, True, [])


def test_two_people_with_one_address_are_both_opted_out_in_any_case_of_it(house):
    contacts = [house.contact(), house.contact()]
    house.person("ann", contacts[0], email="Office@Example.com")
    house.person("bob", contacts[1], email="office@example.COM")
    event = house.accept(Selector.EMAIL, "OFFICE@example.com")
    house.drain()
    assert (house.out("ann"), house.out("bob"), house.settled(event)) == (True, True, True)
    assert [house.ticked(each) for each in contacts] == [True, True]


def test_an_address_that_changes_after_the_drain_leaves_the_opt_out_where_it_is(house):
    contact = house.contact()
    house.person("ann", contact, email="old@example.com")
    house.accept(Selector.EMAIL, "old@example.com")
    house.drain()
    house.people.add(Person("ann", "new@example.com"))
    assert (house.out("ann"), house.ticked(contact)) == (True, True)


@pytest.mark.slow
def test_a_thousand_taken_while_the_org_is_down_are_all_applied_afterwards(house):
    contacts = [house.contact() for _ in range(1000)]
    everybody = (Person(f"person-{n}", salesforce_ids=(each,)) for n, each in enumerate(contacts))
    house.people.join(everybody, lambda _told, _change: None)
    house.fault("any", "HTML_503", times=10_000)
    desk = make_desk(house.ledger, lambda: facts_of(house.ledger))
    answers = desk.post(*[said(house.clock.now(), number) for number in range(1000)])
    house.drain()
    assert ({each.status for each in answers}, any(map(house.ticked, contacts))) == ({202}, False)
    house.clear_faults()
    house.clock.sleep(DAY)
    house.drain()
    assert all(map(house.ticked, contacts))
