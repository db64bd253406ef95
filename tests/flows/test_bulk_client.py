"""Many records in and out of an org, in steps that a killed run can take up again."""

from __future__ import annotations

from itertools import chain, pairwise

import pytest
from walk import BUSY, StepClock

from deployer.commands.options import open_connection
from deployer.errors import OrgSaidNo, OutcomeUnknown, StillRunning
from deployer.salesforce import bulk
from deployer.salesforce.bulk import JobKind
from deployer.salesforce.bulk_pages import FEW_ROWS
from practice_org.actions.recycle_bin import delete_record
from practice_org.tables import find_rows
from practice_org.wire import Response

CONTACTS = "SELECT Id, HasOptedOutOfEmail FROM Contact"
HEADER = ("Id", "HasOptedOutOfEmail")


@pytest.fixture
def runner(practice):
    with open_connection(
        "practice", "write", role="runner", as_json=True, clock=StepClock(practice.clock)
    ) as writer:
        yield writer


def contacts(org, **where):
    rows = find_rows(org, "Contact", IsPersonAccount=0, IsDeleted=0, **where)
    return [row["Id"] for row in rows]


def ask(runner, practice, soql=CONTACTS, *, deleted=False):
    """A query job that has ended."""
    job_id = bulk.create_query_job(runner, soql, deleted=deleted)
    return wait(runner, practice, JobKind.QUERY, job_id)


def wait(runner, practice, kind, job_id, tell=lambda _: None):
    return bulk.wait_for_job(runner, kind, job_id, StepClock(practice.clock), tell)


def load(runner, practice, folder, rows, header=HEADER):
    """Update contacts in one job; the job as it ended."""
    [path] = bulk.write_uploads(folder, header, rows)
    job_id = bulk.create_ingest_job(runner, "Contact", "update")
    bulk.upload(runner, job_id, path)
    bulk.close_job(runner, job_id)
    return wait(runner, practice, JobKind.INGEST, job_id)


def rows_in(paths):
    return list(chain.from_iterable(map(bulk.read_rows, paths)))


@pytest.mark.parametrize("few", [0, FEW_ROWS])
@pytest.mark.parametrize("rows_a_page", ["10", "50000"])
def test_every_row_of_a_query_comes_once(rows_a_page, few, runner, practice, tmp_path):
    practice.org.set_setting("bulk_page_rows", rows_a_page)
    paths = bulk.save_query_results(runner, ask(runner, practice), tmp_path, few)
    found = [row["Id"] for row in rows_in(paths)]
    known = [row["Id"] for row in find_rows(practice.org, "Contact", IsDeleted=0)]
    assert sorted(found) == sorted(known)
    assert (len(paths) > 1) is (rows_a_page == "10")


def test_an_org_that_names_no_pages_gives_them_one_by_one(runner, practice, intercept, tmp_path):
    practice.org.set_setting("bulk_page_rows", "10")
    gone = Response(404, b'[{"errorCode":"NOT_FOUND","message":"no"}]')
    intercept(lambda r, go_on: gone if r.path.endswith("/resultPages") else go_on(r))
    paths = bulk.save_query_results(runner, ask(runner, practice), tmp_path, few=0)
    assert len(rows_in(paths)) == len(find_rows(practice.org, "Contact", IsDeleted=0))


def test_a_few_rows_take_no_call_but_for_their_pages(runner, practice, tmp_path):
    practice.org.set_setting("bulk_page_rows", "50")
    job = ask(runner, practice)
    before = len(runner.calls)
    paths = bulk.save_query_results(runner, job, tmp_path)
    assert len(paths) > 1
    assert [call.purpose for call in runner.calls[before:]] == ["fetch result page"] * len(paths)


def test_a_query_that_finds_nothing_gives_no_file(runner, practice, tmp_path):
    job = ask(runner, practice, "SELECT Id FROM Contact WHERE LastName = 'Nobody at all'")
    assert bulk.save_query_results(runner, job, tmp_path) == []


def test_deleted_rows_come_when_asked_for(runner, practice, tmp_path):
    dead = contacts(practice.org)[0]
    delete_record(practice.org, practice.org.user_id, dead)
    for deleted in (False, True):
        paths = bulk.save_query_results(runner, ask(runner, practice, deleted=deleted), tmp_path)
        assert (dead in {row["Id"] for row in rows_in(paths)}) is deleted


def test_what_an_interrupted_fetch_left_is_replaced(runner, practice, tmp_path):
    practice.org.set_setting("bulk_page_rows", "20")
    job = ask(runner, practice)
    for name in ("page-000001.csv", "page-000999.csv", "page-000002.csv.part"):
        (tmp_path / name).write_text("half")
    paths = bulk.save_query_results(runner, job, tmp_path)
    assert sorted(tmp_path.iterdir()) == paths


def test_a_query_that_cannot_run_fails_its_job_with_the_orgs_words(runner, practice, tmp_path):
    job = ask(runner, practice, "SELECT Id, Nope__c FROM Contact")
    with pytest.raises(OrgSaidNo, match="Nope__c") as problem:
        bulk.save_query_results(runner, job, tmp_path)
    assert problem.value.org_code == "INVALID_FIELD"


def test_flags_are_set_in_bulk_and_each_row_has_its_outcome(runner, practice, tmp_path):
    alive, dead = contacts(practice.org, HasOptedOutOfEmail=0)[:9], "003000000000000AAA"
    job = load(runner, practice, tmp_path, [(i, "true") for i in (*alive, dead)])
    outcomes = bulk.read_outcomes(runner, job.id, tmp_path, 10)
    assert (job.state, job.processed, job.failed) == ("JobComplete", 10, 1)
    assert sorted(row.record_id for row in outcomes.success) == sorted(alive)
    [failed] = outcomes.failed
    assert (failed.record_id, failed.code) == (dead, "INVALID_CROSS_REFERENCE_KEY")
    assert list(outcomes.unprocessed) == []
    assert set(alive) <= set(contacts(practice.org, HasOptedOutOfEmail=1))


def test_a_job_that_failed_whole_still_tells_what_it_did_not_come_to(runner, practice, tmp_path):
    some = contacts(practice.org)[:2]
    job = load(runner, practice, tmp_path, [(i, "true") for i in some], ("Id", "Nope"))
    outcomes = bulk.read_outcomes(runner, job.id, tmp_path, 2)
    assert (job.state, job.error_code) == ("Failed", "InvalidBatch")
    assert sorted(row["Id"] for row in outcomes.unprocessed) == sorted(some)
    assert [*outcomes.success, *outcomes.failed] == []


def is_poll(request):
    return request.method == "GET" and "/jobs/ingest/750" in request.path


def test_a_hiccup_while_waiting_aborts_nothing(runner, practice, intercept, tmp_path):
    practice.org.set_setting("bulk_seconds", "100")
    polls, heard, sent = [], [], []

    def between(request, go_on):
        sent.append(request.body)
        polls.extend([request] * is_poll(request))
        return BUSY if is_poll(request) and len(polls) < 9 else go_on(request)

    [path] = bulk.write_uploads(tmp_path, HEADER, [(contacts(practice.org)[0], "true")])
    job_id = bulk.create_ingest_job(runner, "Contact", "update")
    bulk.upload(runner, job_id, path)
    bulk.close_job(runner, job_id)
    intercept(between)
    assert wait(runner, practice, JobKind.INGEST, job_id, heard.append).state == "JobComplete"
    assert heard[:2] == [None, None]
    assert heard[2].state == "InProgress"
    assert not any(b"Aborted" in body for body in sent)


def test_an_org_that_never_answers_leaves_the_job_to_itself(runner, practice, intercept):
    job_id = bulk.create_query_job(runner, CONTACTS, deleted=False)
    intercept(lambda _request, _go_on: BUSY)
    with pytest.raises(StillRunning, match="goes on"):
        wait(runner, practice, JobKind.QUERY, job_id)


def test_looks_grow_rarer_up_to_a_minute(runner, practice):
    practice.org.set_setting("bulk_seconds", "900")
    job_id, looks = bulk.create_query_job(runner, CONTACTS, deleted=False), []
    wait(runner, practice, JobKind.QUERY, job_id, lambda _: looks.append(practice.clock.at))
    pauses = [(b - a).total_seconds() for a, b in pairwise(looks)]
    assert pauses[:4] == [2.0, 3.0, 4.5, 6.75]
    assert pauses == sorted(pauses)
    assert max(pauses) == 60.0


@pytest.mark.parametrize("kind", JobKind)
def test_a_job_the_org_no_longer_has_is_gone(kind, runner, practice):
    with pytest.raises(bulk.JobGone, match="7500"):
        wait(runner, practice, kind, "750000000000000AAA")


def test_closing_twice_does_no_harm(runner, practice, tmp_path):
    job = load(runner, practice, tmp_path, [(contacts(practice.org)[0], "true")])
    bulk.close_job(runner, job.id)
    assert bulk.fetch_job(runner, JobKind.INGEST, job.id).state == "JobComplete"


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_reply_to_closing_is_looked_up(arrived, runner, practice, intercept):
    job_id = bulk.create_ingest_job(runner, "Contact", "update")

    def between(request, go_on):
        if request.method != "PATCH":
            return go_on(request)
        if arrived:
            go_on(request)
        return BUSY

    intercept(between)
    if arrived:
        bulk.close_job(runner, job_id)
    else:
        with pytest.raises(OutcomeUnknown):
            bulk.close_job(runner, job_id)


def test_a_query_that_runs_still_has_no_results(runner, practice, tmp_path):
    practice.org.set_setting("bulk_seconds", "60")
    job_id = bulk.create_query_job(runner, CONTACTS, deleted=False)
    job = bulk.fetch_job(runner, JobKind.QUERY, job_id)
    with pytest.raises(OrgSaidNo, match="its state is InProgress"):
        bulk.save_query_results(runner, job, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_jobs_that_have_not_ended_are_listed_with_whose_they_are(runner, practice, tmp_path):
    practice.org.set_setting("bulk_list_jobs", "1")
    load(runner, practice, tmp_path, [(contacts(practice.org)[0], "true")])
    practice.org.set_setting("bulk_seconds", "60")
    asked = bulk.create_query_job(runner, CONTACTS, deleted=False)
    opened = [bulk.create_ingest_job(runner, "Contact", "update") for _ in range(2)]
    found = bulk.list_open_jobs(runner)
    assert [job.id for job in found] == [asked, *opened]
    assert {job.state for job in found[1:]} == {"Open"}
    assert {job.created_by_id for job in found} == {runner.org.user_id}
