"""Whether a night is owed: the switch, the wall clock and the last run together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.ledger.switch import Turn, turn_switch
from sync.night.due import Owed, owed
from sync.night.night import Mode
from sync.schedule import to_schedule

PACIFIC = to_schedule("20:00", "America/Los_Angeles")
HOUR = 3_600  # the house's clock starts at 01:00 Pacific


def test_nothing_is_owed_while_nobody_has_switched_it_on(adopted):
    assert owed(adopted.ledger, PACIFIC) is Owed.DISABLED


@pytest.mark.parametrize(
    ("hours", "expected"), [(18.9, Owed.NOT_YET), (19, Owed.NOW), (80, Owed.NOW)]
)
def test_it_is_owed_from_the_wall_clock_on(adopted, hours, expected):
    turn_switch(adopted.ledger, Turn.ON, "ada")
    adopted.clock.sleep(hours * HOUR)
    assert owed(adopted.ledger, PACIFIC) is expected


def test_three_nights_asleep_are_one(adopted):
    turn_switch(adopted.ledger, Turn.ON, "ada")
    adopted.clock.sleep(timedelta(days=3).total_seconds())
    adopted.night()
    assert owed(adopted.ledger, PACIFIC) is Owed.NOT_YET


def test_a_dry_run_is_no_night(adopted):
    turn_switch(adopted.ledger, Turn.ON, "ada")
    adopted.clock.sleep(20 * HOUR)
    adopted.night(mode=Mode.DRY)
    assert owed(adopted.ledger, PACIFIC) is Owed.NOW


def test_switched_off_again_nothing_is_owed(adopted):
    turn_switch(adopted.ledger, Turn.ON, "ada")
    turn_switch(adopted.ledger, Turn.OFF, "ada")
    adopted.clock.sleep(20 * HOUR)
    assert owed(adopted.ledger, PACIFIC) is Owed.DISABLED
