"""Trouble on every step: rows are never lost, never sent twice by themselves, never made up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest
from walk import StepClock

from deployer.commands.options import open_connection
from deployer.errors import OutcomeUnknown, TryLater
from deployer.salesforce import bulk
from deployer.salesforce.bulk import JobKind
from deployer.salesforce.bulk_pages import FEW_ROWS
from deployer.salesforce.client import Writer
from deployer.salesforce.records import RecordChange, RowState, update_records
from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.org import Org
from practice_org.tables import find_rows

pytestmark = pytest.mark.slow

HEADER = ("Id", "HasOptedOutOfEmail")
PASSING = ["HTML_200", "HTML_503", "TRUNCATED", "WRONG_LENGTH", "DROP_BEFORE", "DROP_AFTER",
           "SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION"]  # fmt: skip
LOSING = ["DROP_BEFORE", "DROP_AFTER", "HTML_200_AFTER", "HTML_503", "TRUNCATED", "WRONG_LENGTH",
          "EMPTY_BODY", "UNKNOWN_EXCEPTION_AFTER"]  # fmt: skip
TWICE = When(times=2)


def of(rows):
    return {row.record_id for row in rows}


@dataclass(frozen=True)
class Bench:
    """A client, the org's insides, a folder, and contacts that have not opted out."""

    runner: Writer
    org: Org
    clock: StepClock
    folder: Path
    ids: list[str]

    def opted_out(self) -> set[str]:
        return {row["Id"] for row in find_rows(self.org, "Contact", HasOptedOutOfEmail=1)} & set(
            self.ids
        )

    def wait(self, kind, job_id):
        return bulk.wait_for_job(self.runner, kind, job_id, self.clock, lambda _: None)

    def fill(self) -> str:
        """An ingest job whose rows are uploaded, not closed."""
        [path] = bulk.write_uploads(self.folder, HEADER, ((one, "true") for one in self.ids))
        job_id = bulk.create_ingest_job(self.runner, "Contact", "update")
        bulk.upload(self.runner, job_id, path)
        return job_id

    def finish(self, job_id):
        bulk.close_job(self.runner, job_id)
        job = self.wait(JobKind.INGEST, job_id)
        return job, bulk.read_outcomes(self.runner, job_id, self.folder, len(self.ids))

    def update(self):
        changes = [RecordChange("Contact", one, {HEADER[1]: True}) for one in self.ids]
        return update_records(self.runner, changes)


@pytest.fixture
def bench(practice, tmp_path):
    rows = find_rows(practice.org, "Contact", IsPersonAccount=0, IsDeleted=0, HasOptedOutOfEmail=0)
    ids, clock = [row["Id"] for row in rows][:12], StepClock(practice.clock)
    with open_connection("practice", "write", role="runner", as_json=True, clock=clock) as runner:
        yield Bench(runner, practice.org, clock, tmp_path, ids)


@pytest.mark.parametrize("few", [0, FEW_ROWS])
@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize("at", ["bulk.query.poll", "bulk.query.results"])
def test_a_query_outlives_passing_trouble(at, code, few, bench):
    bench.org.set_setting("bulk_page_rows", "50")
    job_id = bulk.create_query_job(bench.runner, "SELECT Id FROM Contact", deleted=False)
    switch_on(bench.org, at, code, TWICE)
    job = bench.wait(JobKind.QUERY, job_id)
    paths = bulk.save_query_results(bench.runner, job, bench.folder, few)
    found = [row["Id"] for row in chain.from_iterable(map(bulk.read_rows, paths))]
    known = [row["Id"] for row in find_rows(bench.org, "Contact", IsDeleted=0)]
    assert sorted(found) == sorted(known)


def test_a_session_that_ends_while_pages_come_side_by_side_is_renewed_once(bench):
    bench.org.set_setting("bulk_page_rows", "10")
    job_id = bulk.create_query_job(bench.runner, "SELECT Id FROM Contact", deleted=False)
    job = bench.wait(JobKind.QUERY, job_id)
    switch_on(bench.org, "bulk.query.results", "SESSION_REVOKED", When(times=1, after=3))
    before = len(bench.runner.calls)
    paths = bulk.save_query_results(bench.runner, job, bench.folder, few=0)
    assert len(paths) > 10
    assert [call.purpose for call in bench.runner.calls[before:]].count("log in") == 1


@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize("at", ["bulk.poll", "bulk.results", "bulk.close"])
def test_an_ingest_outlives_passing_trouble(at, code, bench):
    job_id = bench.fill()
    switch_on(bench.org, at, code, When(times=1) if at == "bulk.close" else TWICE)
    try:
        _, outcomes = bench.finish(job_id)
    except TryLater:  # the org never heard of it: the step is taken again
        _, outcomes = bench.finish(job_id)
    assert of(outcomes.success) == set(bench.ids) == bench.opted_out()


def test_a_page_that_comes_empty_is_fetched_again(bench):
    job_id = bulk.create_query_job(bench.runner, "SELECT Id FROM Contact", deleted=False)
    switch_on(bench.org, "bulk.query.results", "EMPTY_BODY", TWICE)
    job = bench.wait(JobKind.QUERY, job_id)
    [page] = bulk.save_query_results(bench.runner, job, bench.folder)
    assert page.stat().st_size > 0


@pytest.mark.parametrize(
    ("code", "state", "error"),
    [
        ("FAILED:3", "Failed", "InternalServerError"),
        ("ABORTED:3", "Aborted", ""),
        ("TooManyLockFailure:3", "Failed", "TooManyLockFailure"),
    ],
)
def test_a_job_that_ends_early_tells_all_its_rows(code, state, error, bench):
    switch_on(bench.org, "bulk.job", code)
    job, outcomes = bench.finish(bench.fill())
    done, left = of(outcomes.success), {row["Id"] for row in outcomes.unprocessed}
    assert (job.state, job.error_code) == (state, error)
    assert (len(done), done | left, done & left) == (3, set(bench.ids), set())
    assert bench.opted_out() == done


def test_a_row_without_a_result_is_known_by_what_was_sent(bench):
    switch_on(bench.org, "bulk.results", "MISSING_ROW", When(only=bench.ids[0]))
    _, outcomes = bench.finish(bench.fill())
    assert set(bench.ids) - of(outcomes.success) == {bench.ids[0]}
    assert [*outcomes.failed, *outcomes.unprocessed] == []


def test_a_refused_row_and_one_never_come_to_are_told_apart(bench):
    locked, left, *others = bench.ids
    switch_on(bench.org, "bulk.row", "UNABLE_TO_LOCK_ROW", When(only=locked))
    switch_on(bench.org, "bulk.row", "UNPROCESSED", When(only=left))
    _, outcomes = bench.finish(bench.fill())
    assert [(row.record_id, row.code) for row in outcomes.failed] == [
        (locked, "UNABLE_TO_LOCK_ROW")
    ]
    assert [row["Id"] for row in outcomes.unprocessed] == [left]
    assert of(outcomes.success) == set(others)


@pytest.mark.parametrize(("code", "arrived"), [("DROP_AFTER", True), ("DROP_BEFORE", False)])
def test_a_lost_upload_shows_in_the_outcomes(code, arrived, bench):
    [path] = bulk.write_uploads(bench.folder, HEADER, ((one, "true") for one in bench.ids))
    job_id = bulk.create_ingest_job(bench.runner, "Contact", "update")
    switch_on(bench.org, "bulk.upload", code)
    with pytest.raises(OutcomeUnknown):
        bulk.upload(bench.runner, job_id, path)
    _, outcomes = bench.finish(job_id)
    assert of(outcomes.success) == (set(bench.ids) if arrived else set()) == bench.opted_out()


@pytest.mark.parametrize("code", LOSING)
def test_rows_whose_reply_is_lost_are_unknown_and_sent_once(code, bench):
    fault = switch_on(bench.org, "collections.update", code)
    assert {row.state for row in bench.update()} == {RowState.UNKNOWN}
    assert fault.seen == 1


def test_a_result_row_that_is_missing_makes_that_row_unknown(bench):
    switch_on(bench.org, "collections.update", "MISSING_ROW", When(only=bench.ids[5]))
    rows = bench.update()
    assert [row.record_id for row in rows if row.state is RowState.UNKNOWN] == [bench.ids[5]]
    assert [row.state for row in rows].count(RowState.DONE) == len(bench.ids) - 1
