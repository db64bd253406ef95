"""Which deliveries are one event: the same sender, key and body, and nothing less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.ledger.events import NewEvent, Selector, accept, accepted_events


@pytest.fixture
def event(house):
    return NewEvent("shop", "msg_1", "hash-1", house.clock.now(), Selector.PERSON, "ann", ("F",))


def test_the_same_event_again_is_the_same(house, event):
    (first,) = accept(house.ledger, [event])
    (again,) = accept(house.ledger, [event])
    assert (first.id == again.id, first.new, again.new) == (True, True, False)


@pytest.mark.parametrize(
    "other", [{"sender": "crm"}, {"key": "msg_2"}, {"body_hash": "hash-2"}], ids=str
)
def test_another_sender_key_or_body_is_another_event(house, event, other):
    both = [event, replace(event, **other)]
    assert [each.new for each in accept(house.ledger, both)] == [True, True]
    assert [each.new for each in accept(house.ledger, both)] == [False, False]
    assert len(accepted_events(house.ledger, 9)) == 2
