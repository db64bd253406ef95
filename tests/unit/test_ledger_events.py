"""What the ledger keeps of an event, and how it answers a delivery."""

from __future__ import annotations

from bare_ledger import (
    NOW,
    accepted,
    event,
    rows,
)
from org_clock import START

from sync.ledger.events import Event, EventState, NewEvent, Selector, accept, accepted_events
from sync.ledger.tables import (
    EVENTS,
)


def test_the_words_that_a_ledger_has_stored_stay_what_they_are():
    assert [each.value for each in Selector] == ["person", "email", "salesforce"]
    assert [each.value for each in EventState] == ["accepted", "spread", "settled"]


def test_an_accepted_event_is_what_the_sender_gave(bare_ledger):
    (number,) = accepted(bare_ledger, "1")
    assert accepted_events(bare_ledger, 5) == [
        Event(number, NOW, NOW, Selector.PERSON, "ann", ("A", "B__c"), "newsletter", "asked")
    ]
    assert rows(
        bare_ledger, EVENTS.c.sender, EVENTS.c.event_key, EVENTS.c.body_hash, EVENTS.c.state
    ) == [("shop", "1", "hash of 1", "accepted")]


def test_an_event_says_nothing_more_than_it_was_given(bare_ledger):
    accept(bare_ledger, [NewEvent("shop", "1", "h", START, Selector.EMAIL, "a", ("A",))])
    (found,) = accepted_events(bare_ledger, 1)
    assert (found.source, found.reason, found.selector) == ("", "", Selector.EMAIL)


def test_the_oldest_events_are_given_first_and_no_more_than_asked_for(bare_ledger):
    first, second, _ = accepted(bare_ledger, "1", "2", "3")
    assert [each.id for each in accepted_events(bare_ledger, 2)] == [first, second]


def test_each_delivery_is_answered_in_its_order_and_the_first_of_a_lot_is_the_new_one(bare_ledger):
    (known,) = accepted(bare_ledger, "known")
    told = accept(bare_ledger, [event("a"), event("known"), event("b"), event("a")])
    assert [each.new for each in told] == [True, False, True, False]
    assert (told[1].id, told[0].id == told[3].id, told[0].id != told[2].id) == (known, True, True)
