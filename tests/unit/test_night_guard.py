"""What the guard compares with, and what an approval is good for."""

from __future__ import annotations

import pytest
from store_kinds import BOTH

from deployer.errors import UsageError
from sync.night.night import Outcome

pytestmark = BOTH


def test_an_org_that_lost_what_the_last_night_wrote_is_held(adopted):
    ids = adopted.opted_out(60)
    adopted.clock.sleep(60)
    adopted.night()
    for each in ids:
        adopted.tick(each, value=False)
    lead = adopted.lead()
    adopted.person("ann", lead)
    adopted.tick(lead)
    summary = adopted.night()
    assert (summary.outcome, summary.held) == (Outcome.HELD, {"salesforce": 60, "people": 0})
    assert (adopted.ticked(ids[0]), adopted.out("ann")) == (False, True)
    approved = adopted.night(approved=summary.run_id)
    assert (approved.outcome, adopted.ticked(ids[0])) == (Outcome.DONE, True)


def test_a_person_account_is_one_opt_out_of_the_org(adopted):
    adopted.tick(adopted.person_account()[0])
    assert adopted.night().flagged["org"] == 1


def test_an_approval_is_good_for_the_field_it_was_shown_for(house):
    house.opted_out(1)
    held = house.night()
    house.fields = ("Sales_Opt_Out__c",)
    with pytest.raises(UsageError, match="HasOptedOutOfEmail"):
        house.night(approved=held.run_id)


def test_a_first_run_that_was_approved_needs_no_other(house):
    house.opted_out(1)
    held = house.night()
    assert house.night(approved=held.run_id).outcome is Outcome.DONE
    late = house.contact()
    house.person("late", late, out=True)
    assert (house.night().outcome, house.ticked(late)) == (Outcome.DONE, True)
