"""The chosen field decides who is opted out; a field that is written beside it follows."""

from __future__ import annotations

import pytest
from sync_house import SALES

from sync.fields import EMAIL_OPT_OUT
from sync.ledger.events import Selector
from sync.night.night import Mode, Outcome

NOTHING = (Outcome.DONE, {"salesforce": 0, "people": 0})


@pytest.fixture
def sales(house):
    """A house that keeps to the sales field."""
    house.install(SALES)
    house.fields = (SALES,)
    house.adopt()
    return house


@pytest.fixture
def both(house):
    """A house that reads the sales field, and writes Email Opt Out beside it."""
    house.install(SALES)
    house.fields = (SALES, EMAIL_OPT_OUT)
    house.adopt()
    return house


def boxes(house, record_id):
    return house.ticked(record_id, SALES), house.ticked(record_id)


def again(house):
    summary = house.night()
    return summary.outcome, summary.writes


def test_with_the_sales_field_only_that_one_is_read_and_written(sales):
    here, there, marketing = sales.contact(), sales.lead(), sales.contact()
    sales.person("ann", here, out=True)
    sales.person("bob", there)
    sales.person("cleo", marketing)
    sales.tick(there, field=SALES)
    sales.tick(marketing)
    sales.night()
    assert [boxes(sales, each) for each in (here, there)] == [(True, False), (True, False)]
    assert (sales.out("bob"), sales.out("cleo")) == (True, False)
    assert again(sales) == NOTHING


def test_with_both_a_person_who_is_out_gets_both(both):
    contact, account = both.contact(), both.person_account()[0]
    both.person("ann", contact, account, out=True)
    both.night()
    assert [boxes(both, each) for each in (contact, account)] == [(True, True)] * 2
    assert again(both) == NOTHING


@pytest.mark.parametrize("make", ["contact", "lead", "person_account"])
def test_with_both_a_record_that_has_the_sales_tick_gets_the_other(both, make):
    made = getattr(both, make)()
    record = made if isinstance(made, str) else made[0]
    both.person("ann", record)
    both.tick(record, field=SALES)
    assert both.night().writes == {"salesforce": 1, "people": 1}
    assert (boxes(both, record), both.out("ann")) == ((True, True), True)
    assert again(both) == NOTHING


def test_with_both_email_opt_out_alone_opts_nobody_out(both):
    contact = both.contact()
    both.person("ann", contact)
    both.tick(contact)
    assert again(both) == NOTHING
    assert (boxes(both, contact), both.out("ann")) == ((False, True), False)


@pytest.mark.parametrize("already", [SALES, EMAIL_OPT_OUT])
def test_a_push_of_both_is_settled_by_both_only(both, already):
    contact = both.contact()
    both.person("ann", contact)
    both.tick(contact, field=already)
    both.fault("collections", "MISSING_ROW", times=1)
    event = both.accept(Selector.PERSON, "ann")
    both.drain()
    assert (boxes(both, contact), both.settled(event)) == ((True, True), True)


def test_another_field_is_another_adoption(house):
    house.install(SALES)
    house.adopt()
    house.fields = (SALES,)
    contact = house.contact()
    house.person("ann", contact, out=True)
    assert house.night().outcome is Outcome.HELD
    assert boxes(house, contact) == (False, False)
    assert house.night(mode=Mode.ADOPT, approve_all=True).outcome is Outcome.DONE
    assert again(house) == NOTHING
