"""What the tests of the sync look with: the org's own audit, and what it must see."""

from __future__ import annotations

import pytest

from deployer.salesforce.records import RecordChange, update_records
from sync.fields import EMAIL_OPT_OUT


@pytest.mark.parametrize("value", [True, False])
def test_the_oracle_sees_what_the_runner_unticks(house, value):
    contact = house.contact()
    house.tick(contact)
    update_records(house.writer(), [RecordChange("Contact", contact, {EMAIL_OPT_OUT: value})])
    assert house.opt_ins() == (not value)
