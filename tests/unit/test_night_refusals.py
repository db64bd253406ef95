"""What a night does about refusals: again where that helps, smaller, and to a person at last."""

from __future__ import annotations

import pytest
from store_kinds import BOTH

from deployer.errors import OptoutError, OrgSaidNo, TryLater
from sync import reconcile
from sync.night.night import Outcome
from sync.reconcile import Sides

pytestmark = BOTH

NOTHING = (Outcome.DONE, {"salesforce": 0, "people": 0})


def again(house):
    summary = house.night()
    return summary.outcome, summary.writes


def test_locked_rows_are_sent_again_after_a_pause(adopted):
    ids = adopted.opted_out(5)
    adopted.fault("record.update", "UNABLE_TO_LOCK_ROW", times=7)
    before_s = adopted.clock.monotonic_s()
    summary = adopted.night()
    assert all(adopted.ticked(each) for each in ids)
    assert (summary.outcome, summary.quarantined, summary.unknown) == (Outcome.DONE, 0, 0)
    assert adopted.clock.monotonic_s() - before_s > 2


def test_a_row_that_stays_locked_needs_a_person_and_holds_up_no_other(adopted):
    locked, *others = adopted.opted_out(5)
    adopted.fault("record.update", "UNABLE_TO_LOCK_ROW", only=locked)
    adopted.night()
    assert all(adopted.ticked(each) for each in others)
    assert adopted.cases() == [(locked, "UNABLE_TO_LOCK_ROW")]


@pytest.mark.parametrize(
    ("code", "times"),
    [("CONCURRENT_REQUESTS", 2), ("SERVER_UNAVAILABLE", 2), ("DROP_AFTER", 1)],
)
def test_a_call_that_is_refused_for_now_is_made_again(adopted, code, times):
    ids = adopted.opted_out(3)
    adopted.fault("collections.update", code, times=times)
    assert adopted.night().outcome is Outcome.DONE
    assert all(adopted.ticked(each) for each in ids)


def test_the_days_calls_used_up_stop_the_night(adopted):
    adopted.opted_out(3)
    adopted.fault("collections.update", "REQUEST_LIMIT_EXCEEDED")
    with pytest.raises(TryLater, match="API calls of the day"):
        adopted.night()


def test_rights_that_are_gone_stop_the_night_and_make_no_cases(adopted):
    adopted.opted_out(12)
    adopted.fault("record.update", "INSUFFICIENT_ACCESS_OR_READONLY")
    with pytest.raises(OrgSaidNo, match="12 of 12") as stopped:
        adopted.night()
    assert "optout sync quarantine retry" in stopped.value.hint
    assert adopted.cases() == []
    adopted.clear_faults()
    assert adopted.night().writes["salesforce"] == 12


def test_one_record_without_rights_among_many_is_a_case_of_its_own(adopted):
    hidden, *others = adopted.opted_out(12)
    adopted.fault("record.update", "INSUFFICIENT_ACCESS_OR_READONLY", only=hidden)
    assert adopted.night().newly_quarantined == 1
    assert all(adopted.ticked(each) for each in others)


def test_a_record_in_approval_is_left_to_the_next_night(adopted):
    (contact,) = adopted.opted_out(1)
    adopted.fault("record.update", "ENTITY_IS_LOCKED", times=1)
    before_s = adopted.clock.monotonic_s()
    assert adopted.night().newly_quarantined == 1
    assert adopted.clock.monotonic_s() - before_s < 600
    adopted.night()
    assert (adopted.ticked(contact), adopted.cases()) == (True, [])


@pytest.mark.slow
@pytest.mark.parametrize(
    "faults",
    [
        [
            ("bulk.job", "TooManyLockFailure:50", {"times": 1}),
            ("record.update", "UNABLE_TO_LOCK_ROW", {"every": 9, "times": 230}),
            ("bulk.close", "DROP_AFTER", {"times": 1}),
        ],
        [
            ("bulk.upload", "DROP_BEFORE", {"times": 1}),
            ("bulk.row", "DUPLICATES_DETECTED", {}),
        ],
    ],
    ids=["locks", "lost and doubted"],
)
def test_what_a_bulk_job_did_not_do_is_done_after_it(adopted, faults):
    ids = adopted.opted_out(2_101)
    for at, code, when in faults:
        adopted.fault(at, code, **when)
    summary = adopted.night(approve_all=True)
    assert all(adopted.ticked(each) for each in ids)
    assert (summary.outcome, summary.quarantined, summary.unknown) == (Outcome.DONE, 0, 0)
    assert adopted.cases() == []


def test_a_night_that_fails_while_it_reads_lets_go_of_its_work_database(adopted):
    before = {*adopted.runs.iterdir()}
    adopted.fault("bulk.query.create", "HTML_503")
    with pytest.raises(OptoutError) as failed:  # which keeps whatever the night still holds
        adopted.night()
    (folder,) = {*adopted.runs.iterdir()} - before
    Sides(folder / "work.duckdb").close()  # no table of the night's own is in its way
    assert failed.tb


@pytest.mark.parametrize("room", ["1KB", "500KB"])
def test_a_night_without_room_to_work_in_says_so_and_the_next_one_does_all(
    adopted, monkeypatch, room
):
    ids = adopted.opted_out(20)
    with monkeypatch.context() as small:
        small.setattr(reconcile, "MEMORY", room)
        with pytest.raises(TryLater, match="no room left"):
            adopted.night()
    adopted.night()
    assert all(adopted.ticked(each) for each in ids)
