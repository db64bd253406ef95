"""What a night costs: every call is counted, and the formula says what each is for."""

from __future__ import annotations

import pytest

from deployer.salesforce.bulk import JobKind, create_ingest_job, fetch_job
from practice_org.limits import usage


def cost_of(house, **asked):
    """The night's formula, held against the org's own count; others' jobs that it told of."""
    before = usage(house.org).used
    summary = house.night(**asked)
    cost = summary.calls
    assert sum(cost.formula.values()) + cost.polls == cost.counted == summary.api_calls
    # The list of versions and who one is are no API calls.
    assert usage(house.org).used - before + 2 == cost.counted
    return {part: number for part, number in cost.formula.items() if number}, summary.other_jobs


QUIET = {"opening": 4, "gate": 3, "query_jobs": 6, "result_pages": 6}


def test_a_quiet_night_costs_its_queries(adopted):
    assert cost_of(adopted)[0] == QUIET


def test_each_two_hundred_rows_cost_a_call(adopted):
    adopted.opted_out(201)
    assert cost_of(adopted)[0] == {**QUIET, "collections": 2}


def test_what_died_costs_lookups(adopted):
    loser, winner = adopted.contact(), adopted.contact()
    adopted.person("ann", loser, out=True)
    adopted.merge(winner, loser)
    assert cost_of(adopted)[0] == {**QUIET, "lookups": 1, "collections": 1}


@pytest.mark.slow
def test_a_large_night_costs_a_job_and_its_result_sets(adopted):
    adopted.opted_out(2_001)
    writer = adopted.writer()
    job_id = create_ingest_job(writer, "Contact", "update")
    formula, (told,) = cost_of(adopted, approve_all=True)
    assert formula == {**QUIET, "lookups": 1, "ingest_jobs": 3, "result_sets": 1}
    # The bulk job of somebody else is told of and left alone.
    assert told.startswith(job_id)
    assert fetch_job(writer, JobKind.INGEST, job_id).state == "Open"
