"""The first Bulk API: whatever is sent, each row is accounted for and comes back as it went in."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from bulk_v1_door import MEDIA, NS, AsyncClient, facts, files_of, queried, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practice_org.async_bulk.pk_chunks import chunks_of, to_chunk_size
from practice_org.bulk.csv_text import to_line
from practice_org.tables import find_rows
from practice_org.wire import OrgError

shared_org = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn", "Co")),
    min_size=1,
    max_size=40,
).filter(lambda text: text != "#N/A" and "\ufffe" not in text and "\uffff" not in text)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)
json_rows = st.dictionaries(
    st.sampled_from(["Id", "id", "LastName", "HasOptedOutOfEmail", "AccountId", "Account", "Nope"]),
    json_values,
)


@pytest.fixture
def client(org) -> AsyncClient:
    return AsyncClient(org)


@pytest.mark.parametrize("content_type", MEDIA)
@shared_org
@given(data=st.binary(max_size=60), head=st.sampled_from([b"", b"LastName\n", b"<a>", b"[{"]))
def test_no_batch_of_bytes_is_answered_with_less_than_a_verdict(client, content_type, data, head):
    job = client.job("insert", content_type)
    batch = client.batch(job, client.add(job, head + data, MEDIA[content_type]))
    assert batch["state"] in {"Completed", "Failed"}


@pytest.mark.parametrize("kind", ["application/json", "application/xml"])
@shared_org
@given(data=st.binary(max_size=60), head=st.sampled_from([b"", b"<?xml ", b'<?xml encoding="']))
def test_no_bytes_make_a_job(client, kind, data, head):
    assert client.ask("POST", "", head + data, kind).status == 400


@shared_org
@given(sent=st.lists(json_rows, max_size=5), operation=st.sampled_from(["insert", "update"]))
def test_each_row_that_is_sent_has_an_outcome(client, sent, operation):
    batch, results = client.load(operation, json.dumps(sent).encode(), "JSON")
    told = [row["success"] for row in json.loads(results)]
    assert (batch["state"], batch["numberRecordsProcessed"]) == ("Completed", len(sent))
    assert (len(told), told.count(False)) == (len(sent), batch["numberRecordsFailed"])


@shared_org
@given(name=texts)
def test_a_text_comes_back_in_each_format_as_it_was_sent(client, name):
    sent = {
        "CSV": ("LastName\n" + to_line([name], ",", "\n")).encode(),
        "JSON": json.dumps([{"LastName": name}]).encode(),
        "XML": ET.tostring(_sobjects(name)),
    }
    for content_type, data in sent.items():
        _, results = client.load("insert", data, content_type)
        record_id = _made(content_type, results)
        soql = f"SELECT LastName FROM Contact WHERE Id = '{record_id}'"  # noqa: S608 - SOQL
        assert {read(client, kind, soql) for kind in MEDIA} == {name}


def test_half_of_a_surrogate_pair_fails_its_batch_and_a_whole_one_is_kept(client):
    job = client.job("insert", "JSON")
    states = [
        client.batch(job, client.add(job, data, MEDIA["JSON"]))["state"]
        for data in (rb'[{"LastName": "\ud83d"}]', rb'[{"LastName": "\ud83d\ude00"}]')
    ]
    assert states == ["Failed", "Completed"]
    assert find_rows(client.org, "Contact", LastName="\U0001f600")


def _sobjects(name: str) -> ET.Element:
    root = ET.Element("sObjects")
    ET.SubElement(ET.SubElement(root, "sObject"), "LastName").text = name
    return root


def _made(content_type: str, results: bytes) -> str:
    if content_type == "CSV":
        return rows(results)[1][0]
    if content_type == "JSON":
        return json.loads(results)[0]["id"]
    return ET.fromstring(results).findtext(f"{NS}result/{NS}id")


def read(client, content_type: str, soql: str) -> str:
    """The one value that a query of this content type finds."""
    job = client.job("query", content_type)
    batch = client.add(job, soql.encode(), MEDIA[content_type])
    if content_type == "JSON":
        (file,) = json.loads(client.results(job, batch))
        return json.loads(client.ask("GET", f"/{job}/batch/{batch}/result/{file}").body)[0][
            "LastName"
        ]
    (file,) = files_of(client, job, batch)
    if content_type == "CSV":
        return rows(file)[1][0]
    return ET.fromstring(file).findtext(f"{NS}records/{NS}LastName")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 200), page=st.integers(1, 200))
def test_chunks_and_files_of_any_size_hold_each_row_once(client, size, page):
    client.org.set_setting("bulk_page_rows", str(page))
    headers = {"sforce-enable-pkchunking": f"chunkSize={max(size, 8)}"}
    found = queried(client, "queryAll", headers=headers)
    assert sorted(found) == sorted(row["Id"] for row in find_rows(client.org, "Contact"))


def test_chunks_keep_what_the_query_asked_for(org):
    soql = "select Id from Contact where LastName = 'limit' or Email = null order by Id limit 5"
    (first, *_) = chunks_of(org, soql, 50)
    assert first.startswith("select Id from Contact WHERE (LastName = 'limit' or Email = null) AND")
    assert first.endswith("' order by Id limit 5")


SIZES = {"true": 100_000, "chunkSize=5000; parent=Account": 5000, "false": 0, "": 0}


@pytest.mark.parametrize(("header", "size"), SIZES.items())
def test_the_size_of_chunks_is_what_the_header_says(header, size):
    assert to_chunk_size(header) == size


@pytest.mark.parametrize("header", ["chunkSize=0", "chunkSize=250001"])
def test_a_chunk_has_at_least_one_row_and_at_most_250000(header):
    with pytest.raises(OrgError, match="InvalidJob"):
        to_chunk_size(header)


def test_a_job_that_is_no_json_is_told_so_in_json(client):
    answer = client.ask("POST", "", b"{")
    assert (answer.status, facts(answer)["exceptionCode"]) == (400, "ClientInputError")
