"""Bulk answers as they come on bad days: cut, empty, in circles, or not CSV at all."""

from __future__ import annotations

import tracemalloc
from collections import deque

import pytest
import stamina
from scripted_org import Reply, error_reply, json_reply, scripted_org

from deployer.errors import BadInput, OrgSaidNo, OutcomeUnknown, TryLater
from deployer.salesforce import bulk
from deployer.salesforce.bulk import JobKind
from deployer.salesforce.bulk_jobs import read_job, split_job_error
from deployer.salesforce.bulk_outcomes import split_row_error
from deployer.salesforce.records import RowState

ID = "750000000000001AAA"
NO_PAGES = error_reply("NOT_FOUND", 404)
PAGE = b'"Id","A"\n"1","true"\n"2","false"\n'
ONE_MB = 1_000_000


@pytest.fixture(autouse=True)
def without_waiting():
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


def job(*, rows=2, **facts):
    done = {"id": ID, "state": "JobComplete", "numberRecordsProcessed": rows, "apiVersion": 63.0}
    return read_job(JobKind.QUERY, {**done, **facts}, "63.0")


def csv_reply(body, **headers):
    named = (("Sforce-" + name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(200, body, (("Content-Type", "text/csv"), *named))


def save(folder, asked, *replies):
    with scripted_org(*replies) as org:
        paths = bulk.save_query_results(org.reader(), asked, folder, few=0)
        return paths, [path for _, path, _ in org.seen]


def pages_reply(*urls, more=""):
    rows = [{"resultUrl": f"/services/data/v63.0/jobs/query/{ID}/{url}"} for url in urls]
    return json_reply({"resultPages": rows, "done": not more, "nextRecordsUrl": more or None})


def test_pages_are_fetched_from_where_the_org_says_they_are(tmp_path):
    listed = pages_reply("results?locator=A", more="services/data/more"), pages_reply("results")
    paths, asked = save(tmp_path, job(rows=4), *listed, csv_reply(PAGE))
    assert [path.read_bytes() for path in paths] == [PAGE, PAGE]
    assert asked[1] == "/services/data/more"
    assert {path.rpartition("/")[2] for path in asked[2:]} == {"results?locator=A", "results"}


@pytest.mark.parametrize(
    "broken",
    [
        Reply(200, b"<html>Down for maintenance</html>"),
        csv_reply(b'"Id","A"\n"1","true"\n"2"\n'),
        csv_reply(b'"Id","A"\n"1","true"\n"2","fal'),
        csv_reply(PAGE, NumberOfRecords="3"),
        csv_reply(b""),
        Reply(200, PAGE, cut=True),
        Reply(503, b"<html>busy</html>"),
    ],
)
def test_a_page_that_is_not_whole_is_fetched_again(broken, tmp_path):
    [page], asked = save(tmp_path, job(), NO_PAGES, broken, csv_reply(PAGE, NumberOfRecords="2"))
    assert page.read_bytes() == PAGE
    assert asked[1] == asked[2]
    with pytest.raises(TryLater):
        save(tmp_path, job(), NO_PAGES, broken)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("body", [b"", b'"Id"\n'])
def test_nothing_found_may_come_with_or_without_a_header(body, tmp_path):
    assert save(tmp_path, job(rows=0), csv_reply(body))[0] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_rows_that_are_missing_in_the_end_are_no_result(rows, tmp_path):
    with pytest.raises(TryLater, match="and 2 came"):
        save(tmp_path, job(rows=rows), NO_PAGES, csv_reply(PAGE))


def test_a_locator_that_comes_back_does_not_turn_us_in_circles(tmp_path):
    with pytest.raises(BadInput, match="come back"):
        save(tmp_path, job(), NO_PAGES, csv_reply(PAGE, Locator="MTA"))


@pytest.mark.parametrize("locator", ["null", None])
def test_the_last_page_has_no_locator_or_the_word_null(locator, tmp_path):
    last = csv_reply(PAGE, **({"Locator": locator} if locator else {}))
    paths, asked = save(tmp_path, job(rows=4), NO_PAGES, csv_reply(PAGE, Locator="a/b"), last)
    assert len(paths) == 2
    assert asked[-1].endswith("/results?locator=a%2Fb")


def test_a_list_of_pages_that_leads_to_itself_is_not_used(tmp_path):
    again = pages_reply("results?locator=A", more="/services/data/again")
    paths, asked = save(tmp_path, job(), again, again, csv_reply(PAGE))
    assert [path.read_bytes() for path in paths] == [PAGE]
    assert asked[-1].endswith("/results")


def test_a_refusal_to_show_a_job_is_not_taken_for_a_job_that_is_gone():
    refusal = error_reply("API_DISABLED_FOR_ORG", 403)
    with scripted_org(refusal) as org, pytest.raises(OrgSaidNo, match="API is off") as problem:
        bulk.fetch_job(org.reader(), JobKind.QUERY, ID)
    assert not isinstance(problem.value, bulk.JobGone)


def test_an_old_org_is_not_asked_where_its_pages_are(tmp_path):
    _, asked = save(tmp_path, job(apiVersion=57.0), csv_reply(PAGE))
    assert asked[0] == f"/services/data/v57.0/jobs/query/{ID}/results"


def test_a_page_on_another_host_is_not_fetched(tmp_path):
    away = json_reply({"resultPages": [{"resultUrl": "@evil.example/x"}], "done": True})
    with scripted_org(away, Reply(404)) as org:
        with pytest.raises(OrgSaidNo):
            bulk.save_query_results(org.reader(), job(), tmp_path, few=0)
        assert org.seen[1][1] == "/@evil.example/x"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("UNABLE_TO_LOCK_ROW:unable to obtain access to this record: 003x:--",
         ("UNABLE_TO_LOCK_ROW", "unable to obtain access to this record: 003x", ())),
        ("FIELD_INTEGRITY_EXCEPTION:no: never:Email, Phone --",
         ("FIELD_INTEGRITY_EXCEPTION", "no: never", ("Email", "Phone"))),
        ("CUSTOM:two\nlines:--", ("CUSTOM", "two lines", ())),
        ("CODE:no end", ("CODE", "no end", ())),
        ("CODE:mail a@b.example:--", ("CODE", "mail (address removed)", ())),
        ("only a sentence", ("", "only a sentence", ())),
        ("", ("", "", ())),
    ],
)  # fmt: skip
def test_a_rows_error_is_split_into_code_sentence_and_fields(said, expected):
    assert split_row_error(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("InvalidBatch : Field name not found : Nme. Batch will not be retried.",
         ("InvalidBatch", "Field name not found : Nme. Batch will not be retried.")),
        ("TooManyLockFailure:Too many", ("TooManyLockFailure", "Too many")),
        ("Something went wrong: no code", ("", "Something went wrong: no code")),
        ("", ("", "")),
    ],
)  # fmt: skip
def test_a_jobs_error_is_split_into_code_and_sentence(said, expected):
    assert split_job_error(said) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [(61.0, "61.0"), ("58.0", "58.0"), (62, "62.0"), (None, "63.0"), ("../x", "63.0")],
)
def test_a_job_is_asked_about_in_the_version_that_made_it(told, expected):
    answer = {"id": ID, "state": "InProgress", "apiVersion": told}
    assert read_job(JobKind.QUERY, answer, "63.0").api_version == expected


@pytest.mark.parametrize(
    ("state", "ended"),
    [("Open", False), ("UploadComplete", False), ("InProgress", False), ("JobComplete", True),
     ("Failed", True), ("Aborted", True), ("SomethingNew", False)],
)  # fmt: skip
def test_a_state_that_is_not_known_has_not_ended(state, ended):
    assert read_job(JobKind.INGEST, {"id": ID, "state": state}, "63.0").ended is ended


@pytest.mark.parametrize("answer", [{}, {"id": ID}, [], {"id": ID, "state": 3.5, "createdDate": 1}])
def test_a_job_of_another_shape_is_bad_input(answer):
    with pytest.raises(BadInput):
        read_job(JobKind.INGEST, answer, "63.0")


def test_open_jobs_of_everybody_are_listed_over_all_pages():
    def row(number, state):
        return {"id": f"750{number}", "state": state, "createdById": f"005{number}"}

    more = "/services/data/v63.0/jobs/query?queryLocator=x"
    first = {"records": [row(1, "JobComplete"), row(2, "Open")], "nextRecordsUrl": more}
    last = json_reply({"records": [row(3, "InProgress")], "done": True})
    with scripted_org(json_reply(first), last, json_reply({"records": [], "done": True})) as org:
        found = bulk.list_open_jobs(org.reader())
        assert [path for _, path, _ in org.seen][1].endswith("queryLocator=x")
    assert [(one.id, one.kind, one.created_by_id) for one in found] == [
        ("7502", JobKind.QUERY, "0052"), ("7503", JobKind.QUERY, "0053")
    ]  # fmt: skip


def test_a_list_of_jobs_that_leads_to_itself_is_bad_input():
    more = {"records": [], "done": False, "nextRecordsUrl": "/services/data/x"}
    with scripted_org(json_reply(more)) as org, pytest.raises(BadInput, match="comes back"):
        bulk.list_open_jobs(org.reader())


def outcomes_of(folder, success=b"", failed=b"", unprocessed=b"", *, sent=3):
    with scripted_org(*map(csv_reply, (success, failed, unprocessed))) as org:
        return bulk.read_outcomes(org.reader(), ID, folder, sent)


def test_outcomes_name_rows_by_the_id_that_was_sent(tmp_path):
    found = outcomes_of(
        tmp_path,
        b'"sf__Id","sf__Created","Id"\n"003000000000001AAA","false","003000000000001"\n',
        b'"sf__Id","sf__Error","Id"\n"","ENTITY_IS_DELETED:entity is deleted:--","0032"\n',
        b'"Id","A"\n"0033","x, ""y""\nz"\n\n',
    )
    assert [(row.record_id, row.state) for row in found.success] == [
        ("003000000000001", RowState.DONE)
    ]
    assert [(r.record_id, r.code) for r in found.failed] == [("0032", "ENTITY_IS_DELETED")]
    assert list(found.unprocessed) == [{"Id": "0033", "A": 'x, "y"\nz'}] == list(found.unprocessed)


def test_new_records_are_named_by_the_id_they_got(tmp_path):
    found = outcomes_of(tmp_path, b'"sf__Id","sf__Created","LastName"\n"0031","true","x"\n')
    assert [row.record_id for row in found.success] == ["0031"]
    assert [*found.failed, *found.unprocessed] == []


@pytest.mark.parametrize("broken", [b"<html>", b'"Id","A"\n"1","2"\n', b'"sf__Id","sf__Cre'])
def test_results_that_are_none_are_not_taken_for_no_rows(broken, tmp_path):
    with scripted_org(csv_reply(broken)) as org, pytest.raises(TryLater, match="were asked for"):
        bulk.read_outcomes(org.reader(), ID, tmp_path, 1)


@pytest.mark.parametrize(
    ("success", "failed", "fetched"),
    [(["01", "02"], [], 1), (["01"], ["02"], 2), (["01"], [], 3), ([], [], 3)],
)
def test_sets_that_can_have_no_rows_are_not_fetched(success, failed, fetched, tmp_path):
    (tmp_path / "unprocessedrecords.csv").write_text("of an earlier fetch")
    sets = ["\n".join(['"sf__Id"', *some]).encode() for some in (success, failed)]
    found = outcomes_of(tmp_path, *sets, b'"sf__Id"\n', sent=2)
    assert [row.record_id for row in found.success] == success
    assert [row.record_id for row in found.failed] == failed
    assert (list(found.unprocessed), found.fetched) == ([], fetched)


@pytest.mark.parametrize(
    "trouble", [Reply(drop=True), Reply(503), Reply(200, b"<html>"), Reply(200, b"")]
)
def test_a_job_whose_creation_was_lost_is_not_created_again(trouble):
    with scripted_org(trouble) as org:
        with pytest.raises(OutcomeUnknown):
            bulk.create_ingest_job(org.writer(), "Contact", "update")
        assert len(org.seen) == 1


def peak_of(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_fifty_thousand_rows_need_no_memory_to_speak_of(tmp_path):
    ids = (f"003{number:012}AAA" for number in range(50_000))
    [path] = bulk.write_uploads(tmp_path, ["Id", "A"], ((one, "true") for one in ids))
    body = path.read_bytes().replace(b'"Id"', b'"sf__Id"')
    asked = job(rows=50_000)
    with scripted_org(csv_reply(body)) as org:
        reader = org.reader()
        saving = peak_of(lambda: bulk.save_query_results(reader, asked, tmp_path))
        reading = peak_of(
            lambda: deque(bulk.read_outcomes(reader, ID, tmp_path, 50_000).success, 0)
        )
    assert max(saving, reading) < ONE_MB < len(body)
