"""Fifty thousand records, out and in again: every one has its outcome."""

from __future__ import annotations

from itertools import chain

import pytest
from walk import StepClock

from deployer.commands.options import open_connection
from deployer.salesforce import bulk
from deployer.salesforce.bulk import JobKind
from practice_org.tables import find_rows, insert_many

MANY = 50_000


@pytest.mark.slow
def test_fifty_thousand_flags_are_set_and_read_back(practice, tmp_path):
    org, clock = practice.org, StepClock(practice.clock)
    insert_many(org, "Lead", ({"LastName": f"L{n}", "Company": "x"} for n in range(MANY)))
    ids = [row["Id"] for row in find_rows(org, "Lead", Company="x")]
    with open_connection("practice", "write", role="runner", as_json=True, clock=clock) as runner:
        [file] = bulk.write_uploads(
            tmp_path, ["Id", "HasOptedOutOfEmail"], ((i, "true") for i in ids)
        )
        loading = bulk.create_ingest_job(runner, "Lead", "update")
        bulk.upload(runner, loading, file)
        bulk.close_job(runner, loading)
        done = bulk.wait_for_job(runner, JobKind.INGEST, loading, clock, lambda _: None)
        outcomes = bulk.read_outcomes(runner, loading, tmp_path, MANY)
        assert {row.record_id for row in outcomes.success} == set(ids)
        assert (done.processed, done.failed) == (MANY, 0)
        soql = "SELECT Id FROM Lead WHERE HasOptedOutOfEmail = true AND Company = 'x'"
        asking = bulk.create_query_job(runner, soql, deleted=False)
        asked = bulk.wait_for_job(runner, JobKind.QUERY, asking, clock, lambda _: None)
        paths = bulk.save_query_results(runner, asked, tmp_path)
    assert sorted(row["Id"] for row in chain.from_iterable(map(bulk.read_rows, paths))) == sorted(
        ids
    )
