"""How soon and how small what was refused is sent again, and when it is the org's fault."""

from __future__ import annotations

import pytest

from deployer.errors import OrgSaidNo, StillRunning
from deployer.salesforce.records import RowOutcome, RowState
from sync.delivery import LONGEST_REST_S, judge, later, not_tonight, rest_s, stopped_by_share
from sync.ledger.targets import TargetState
from sync.night.writing import ToTick
from sync.org_records import Fate, Record

ID = "0035e0000000001AAA"
LIVE = Record(ID, Fate.LIVE)


def refused(code, attempts):
    return judge(RowOutcome(ID, RowState.REFUSED, code), LIVE, None, attempts)


def test_a_locked_row_is_tried_again_ever_later_and_then_needs_a_person():
    outcomes = [refused("UNABLE_TO_LOCK_ROW", attempts).outcome for attempts in range(5)]
    assert [each.state for each in outcomes] == [*[TargetState.OPEN] * 4, TargetState.QUARANTINED]
    waits = [each.again_s for each in outcomes[:4]]
    assert all(2**n / 2 <= wait <= 2 ** (n + 1) for n, wait in enumerate(waits, 0))


def test_what_asks_for_hours_is_kept_apart_for_the_night_only():
    judged = refused("ENTITY_IS_LOCKED", 0)
    assert (judged.outcome.state, judged.outcome.again_s > LONGEST_REST_S) == (
        TargetState.OPEN, True
    )  # fmt: skip
    assert not_tonight(judged).outcome.state is TargetState.QUARANTINED


@pytest.mark.parametrize(
    ("code", "count", "sent", "stops"),
    [
        ("INSUFFICIENT_ACCESS_OR_READONLY", 10, 10, True),
        ("INSUFFICIENT_ACCESS_OR_READONLY", 9, 9, False),
        ("INSUFFICIENT_ACCESS_OR_READONLY", 199, 200, False),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", 40, 200, True),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", 39, 200, False),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 200, 200, False),
        ("BRAND_NEW", 200, 200, False),
    ],
)
def test_a_share_of_the_rows_says_whose_fault_it_is(code, count, sent, stops):
    assert (stopped_by_share({code: count}, sent) is not None) is stops


@pytest.mark.parametrize(
    ("away", "least_s", "most_s"),
    [
        (OrgSaidNo("TotalRequests", hint="", org_code="REQUEST_LIMIT_EXCEEDED"), 450, 900),
        (OrgSaidNo("ConcurrentRequests", hint="", org_code="REQUEST_LIMIT_EXCEEDED"), 2, 5),
        (StillRunning("", hint=""), 150, 300),
        (OrgSaidNo("", hint="", org_code="SERVER_UNAVAILABLE"), 0, 0),
    ],
)
def test_the_org_rests_as_long_as_the_table_says(away, least_s, most_s):
    assert least_s <= rest_s(away, 0) <= most_s
    assert later(0, away).state is TargetState.OPEN


@pytest.mark.parametrize(
    ("count", "number", "by_bulk", "rows_a_call"),
    [
        (1, 0, False, 200),
        (2_000, 0, False, 200),
        (2_001, 0, True, 200),
        (2_001, 1, True, 50),
        (2_001, 2, False, 10),
        (500, 3, False, 1),
        (5_000, 3, False, 10),
        (1_000_000, 3, False, 200),
    ],
)
def test_what_is_sent_again_goes_in_smaller_lots(count, number, by_bulk, rows_a_call):
    wanted = ToTick((), count, number)
    assert (wanted.by_bulk, wanted.rows_a_call) == (by_bulk, rows_a_call)
