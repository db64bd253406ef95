"""What a night costs: every call is counted, and the formula says what each is for."""

from __future__ import annotations

import pytest

from deployer.salesforce.bulk import JobKind, create_ingest_job, fetch_job
from practice_org.limits import usage


def opted_out(house, count):
    ids = [house.contact() for _ in range(count)]
    for number, each in enumerate(ids):
        house.person(f"p{number}", each, out=True)
    return ids


def formula_of(house, **asked):
    """The night's formula, once it has been held against the org's own count."""
    before = usage(house.org).used
    summary = house.night(**asked)
    cost = summary.calls
    assert sum(cost.formula.values()) + cost.polls == cost.counted == summary.api_calls
    # The list of versions and who one is are no API calls.
    assert usage(house.org).used - before + 2 == cost.counted
    return {part: number for part, number in cost.formula.items() if number}


QUIET = {"opening": 4, "gate": 4, "query_jobs": 12, "result_pages": 6}


def test_a_quiet_night_costs_its_queries(adopted):
    assert formula_of(adopted) == QUIET


def test_each_two_hundred_rows_cost_a_call(adopted):
    opted_out(adopted, 201)
    assert formula_of(adopted) == {**QUIET, "collections": 2}


def test_what_died_costs_lookups(adopted):
    loser, winner = adopted.contact(), adopted.contact()
    adopted.person("ann", loser, out=True)
    adopted.merge(winner, loser)
    assert formula_of(adopted) == {**QUIET, "lookups": 1, "collections": 1}


@pytest.mark.slow
def test_a_large_night_costs_a_job_and_its_result_sets(adopted):
    opted_out(adopted, 2_001)
    assert formula_of(adopted, approve_all=True) == {**QUIET, "lookups": 1, "ingest_jobs": 6}


@pytest.mark.slow
def test_a_bulk_job_of_somebody_else_is_told_of_and_left_alone(adopted):
    opted_out(adopted, 2_001)
    writer = adopted.writer()
    job_id = create_ingest_job(writer, "Contact", "update")
    (told,) = adopted.night(approve_all=True).other_jobs
    assert told.startswith(job_id)
    assert fetch_job(writer, JobKind.INGEST, job_id).state == "Open"
