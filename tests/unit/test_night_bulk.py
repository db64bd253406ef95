"""What a bulk job's results say of each row, and what they do not say."""

from __future__ import annotations

from begun_night import begun_night, tick_by_bulk
from store_kinds import BOTH

from deployer.salesforce.records import RowState

pytestmark = BOTH


def test_a_row_is_done_only_where_the_results_say_so(house):
    contact, lead = house.contact(), house.lead()
    house.rule("Contact", active=True)
    told = tick_by_bulk(begun_night(house), [contact, lead])
    assert (told[contact].state, told[lead].state) == (RowState.REFUSED, RowState.DONE)
    assert (house.ticked(contact), house.ticked(lead)) == (False, True)


def test_a_row_that_the_results_leave_out_is_unknown(house):
    contact, lead = house.contact(), house.lead()
    house.fault("bulk.results", "MISSING_ROW", only=lead)
    told = tick_by_bulk(begun_night(house), [contact, lead])
    assert (told[contact].state, told[lead].state) == (RowState.DONE, RowState.UNKNOWN)


def test_a_row_that_the_job_did_not_come_to_is_unknown(house):
    contacts = [house.contact() for _ in range(3)]
    house.fault("bulk.job", "FAILED:1")
    told = tick_by_bulk(begun_night(house), contacts)
    states = sorted(told[each].state.value for each in contacts)
    assert states == ["done", "unknown", "unknown"]
