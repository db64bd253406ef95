"""What queries answer: rows of a small org, and refusals in Salesforce's words."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest
from data_org import NOW, select, tiny_org

from practice_org.app import handle
from practice_org.login.sessions import start_session
from practice_org.objects import Api
from practice_org.soql.context import Context
from practice_org.soql.run import Start, prepare, records
from practice_org.tables import insert_many, insert_row
from practice_org.wire import Request

REFUSED = Path(__file__).parent.parent / "cases" / "soql" / "refused.json"
LEADS = (
    {"LastName": "Ann", "Company": "Acme", "Email": "a@x.test", "HasOptedOutOfEmail": True},
    {"LastName": "bob", "Company": "acme", "Title": "100% sure", "EmailBouncedDate": None},
    {"LastName": "Cid", "Company": "O'Hara \\ Sons", "Title": None, "Rating": "Hot"},
)


@pytest.fixture(scope="module")
def here():
    small = tiny_org()
    insert_many(small.org, "Lead", LEADS)
    account = insert_row(small.org, "Account", {"Name": "Acme"})
    contact = {"LastName": "Dee", "AccountId": account, "Birthdate": "2026-11-23"}
    insert_row(small.org, "Contact", contact)
    insert_row(small.org, "Contact", {"LastName": "Eva", "Birthdate": "2026-11-24"})
    insert_row(small.org, "Account", {"LastName": "Fay", "PersonHasOptedOutOfEmail": True})
    return small


FOUND = {
    "Company = 'ACME'": "Ann bob",
    "Company != 'acme'": "Cid",
    "Company <> 'acme' OR LastName = 'ann'": "Ann Cid",
    "Company LIKE 'ac%'": "Ann bob",
    "Company LIKE 'O\\'Hara \\\\ %'": "Cid",
    "Title LIKE '%\\% sure'": "bob",
    "Title LIKE '100_ sure'": "bob",
    "Title = null": "Ann Cid",
    "Title = ''": "Ann Cid",
    "Title != null": "bob",
    "Title != 'x'": "Ann bob Cid",
    "NOT Title = 'x'": "Ann bob Cid",
    "NOT (Title = 'x' AND Company = 'x')": "Ann bob Cid",
    "Title IN ('100% sure', null)": "Ann bob Cid",
    "Title NOT IN ('100% sure')": "Ann Cid",
    "LastName IN ('ANN', 'cid')": "Ann Cid",
    "HasOptedOutOfEmail = true": "Ann",
    "HasOptedOutOfEmail = false AND (Rating = 'Hot' OR Rating = 'Cold')": "Cid",
    "CreatedDate = TODAY": "Ann bob Cid",
    "CreatedDate >= LAST_N_DAYS:3": "Ann bob Cid",
    "CreatedDate != TODAY": "",
    "CreatedDate > TODAY": "",
    "CreatedDate < TOMORROW": "Ann bob Cid",
    "CreatedDate <= YESTERDAY": "",
    "CreatedDate = N_DAYS_AGO:1": "",
    "CreatedDate = NEXT_N_DAYS:1": "",
    "EmailBouncedDate != TODAY": "Ann bob Cid",
    "CreatedDate = 2026-11-24T10:00:00+01:00": "Ann bob Cid",
    "CreatedDate > 2026-11-24T09:00:00Z": "",
    "Owner.Name = 'ada'": "Ann bob Cid",
    "Lead.LastName = 'Ann'": "Ann",
    "l.Owner.Profile.Name = 'Ada' AND l.LastName = 'Ann'": "Ann",
    "OwnerId IN (SELECT Id FROM User WHERE LastName = 'Ada')": "Ann bob Cid",
    "OwnerId NOT IN (SELECT Id FROM User WHERE LastName = 'Ada')": "",
    "ConvertedContactId NOT IN (SELECT Id FROM Contact WHERE LastName = 'Nobody')": "Ann bob Cid",
}


@pytest.mark.parametrize(("where", "expected"), FOUND.items())
def test_a_condition_finds(here, where, expected):
    alias = "l" if "l." in where else ""
    found = here.ask(select("LastName", "Lead", f"{alias} WHERE {where} ORDER BY LastName"))
    assert " ".join(record["LastName"] for record in found) == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Birthdate = YESTERDAY", "Dee"),
        ("Birthdate < 2026-11-24", "Dee"),
        ("Birthdate >= 2026-11-24", "Eva"),
        ("Account.Name = 'Acme'", "Dee"),
        ("IsPersonAccount = true", "Fay"),
        ("Account.PersonHasOptedOutOfEmail = true", "Fay"),
        ("Account.PersonHasOptedOutOfEmail = false", "Dee Eva"),
    ],
)
def test_dates_and_people_are_found_through_their_accounts(here, where, expected):
    found = here.ask(select("LastName", "Contact", f"WHERE {where} ORDER BY LastName"))
    assert " ".join(record["LastName"] for record in found) == expected


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("ORDER BY LastName DESC", "Cid bob Ann"),
        ("ORDER BY Title, LastName", "Ann Cid bob"),
        ("ORDER BY Title NULLS LAST, LastName DESC", "bob Cid Ann"),
        ("ORDER BY LastName LIMIT 1", "Ann"),
        ("ORDER BY LastName LIMIT 2 OFFSET 2", "Cid"),
        ("WITH SECURITY_ENFORCED ORDER BY LastName FOR VIEW", "Ann bob Cid"),
        ("LIMIT 0", ""),
    ],
)
def test_rows_come_sorted_and_cut(here, clauses, expected):
    found = here.ask(select("LastName", "Lead", clauses))
    assert " ".join(record["LastName"] for record in found) == expected


def test_records_are_spelled_as_the_catalogue_spells_them(here):
    (record,) = here.ask("select LASTNAME, owner.NAME from LEAD where lastname = 'ANN'")
    assert list(record) == ["attributes", "LastName", "Owner"]
    assert record["attributes"]["type"] == "Lead"
    assert record["Owner"]["attributes"]["url"].endswith(f"/sobjects/User/{here.admin}")


def test_a_missing_parent_is_null_and_a_checkbox_is_a_boolean(here):
    soql = "SELECT HasOptedOutOfEmail, Account.Name, Account.Owner.Name FROM Contact"
    (record,) = here.ask(f"{soql} WHERE LastName = 'Eva'")
    assert (record["HasOptedOutOfEmail"], record["Account"]) == (False, None)


@pytest.mark.parametrize(
    ("soql", "expected"),
    [
        ("SELECT COUNT(Id) FROM Lead", [{"expr0": 3}]),
        ("SELECT COUNT(Title) titles, MAX(LastName) FROM Lead", [{"titles": 1, "expr0": "bob"}]),
        (
            "SELECT OwnerId who, COUNT(Id), COUNT_DISTINCT(Title) n FROM Lead GROUP BY OwnerId",
            [{"who": "ADMIN", "expr0": 3, "n": 1}],
        ),
        (
            "SELECT Owner.Name, COUNT(Id) n FROM Lead GROUP BY Owner.Name ORDER BY COUNT(Id) DESC",
            [{"Name": "Ada", "n": 3}],
        ),
        ("SELECT AVG(Id) FROM Lead WHERE LastName = 'nobody'", [{"expr0": None}]),
    ],
)
def test_groups_are_counted(here, soql, expected):
    found = here.ask(soql)
    for record in found:
        assert record.pop("attributes") == {"type": "AggregateResult"}
    expected = [{k: here.admin if v == "ADMIN" else v for k, v in row.items()} for row in expected]
    assert found == expected


def test_a_bare_count_is_a_total_without_records(here):
    _, body = here.call("GET", "query", q="SELECT COUNT() FROM Lead WHERE Company = 'acme'")
    assert body == {"totalSize": 2, "done": True, "records": []}


@pytest.mark.parametrize("case", json.loads(REFUSED.read_text()), ids=lambda case: case["soql"])
def test_a_query_is_refused_in_salesforces_words(here, case):
    refusal = here.ask(case["soql"])
    assert refusal.startswith(f"{case['code']}: ")
    assert case["says"] in refusal


def test_twenty_thousand_values_in_a_list_are_one_parameter(here):
    listed = ", ".join(f"'{number}'" for number in range(20_000))
    found = here.ask(select("LastName", "Lead", f"WHERE LastName IN ({listed}, 'ann')"))
    assert [record["LastName"] for record in found] == ["Ann"]


@pytest.mark.parametrize(
    ("soql", "size"),
    [
        ("SELECT LastName FROM Lead WHERE Company = 'Big'", "200"),
        ("SELECT LastName FROM Lead WHERE Company = 'Big' ORDER BY LastName", "1"),
        ("SELECT LastName FROM Lead WHERE Company = 'Big' LIMIT 450", "200"),
        ("SELECT LastName FROM Lead WHERE Company = 'Big' LIMIT 450 OFFSET 100", "200"),
    ],
)
def test_pages_hold_every_row_once_in_order(soql, size):
    big = tiny_org()
    rows = [{"LastName": f"{number:03d}", "Company": "Big"} for number in range(600)]
    insert_many(big.org, "Lead", rows)
    pages = _all_pages(big, soql, size)
    first = 100 if "OFFSET" in soql else 0
    limit = 450 if "LIMIT" in soql else 600
    assert [len(page) for page in pages[:-1]] == [200] * (len(pages) - 1)
    assert list(chain(*pages)) == [row["LastName"] for row in rows[first : first + limit]]


def _all_pages(org, soql, size):
    token = start_session(org.org, org.admin)
    headers = {"authorization": f"Bearer {token}", "sforce-query-options": f"batchSize={size}"}
    path, query, pages = "/services/data/v63.0/query", {"q": soql}, []
    while path:
        body = json.loads(handle(org.org, Request("GET", path, query, headers)).body)
        pages.append([record["LastName"] for record in body["records"]])
        path, query = body.get("nextRecordsUrl"), {}
        assert body["done"] is (path is None)
        assert path is None or path.rpartition("/")[2].isalnum()
    return pages


def test_an_unknown_locator_is_refused(here):
    status, body = here.call("GET", "query/01gxx0000000001AAA")
    assert (status, body[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_a_locator_lives_two_days_and_only_for_its_user():
    big = tiny_org()
    insert_many(big.org, "Lead", [{"LastName": "x", "Company": "y"}] * 2001)
    _, body = big.call("GET", "query", q="SELECT Id FROM Lead")
    path = body["nextRecordsUrl"].removeprefix("/services/data/v63.0/")
    assert big.call("GET", path, user=big.clerk)[0] == 400
    assert big.call("GET", path)[0] == 200
    big.org.now = lambda: NOW + timedelta(days=2, seconds=1)
    assert big.call("GET", path)[1][0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_query_all_shows_the_recycle_bin():
    small = tiny_org()
    lead = insert_row(small.org, "Lead", {"LastName": "Gone", "Company": "x"})
    assert small.call("DELETE", f"sobjects/Lead/{lead}")[0] == 204
    assert small.ask("SELECT Id FROM Lead") == []
    (record,) = small.ask("SELECT Id, IsDeleted FROM Lead", api="queryAll")
    assert record["IsDeleted"] is True


def test_columns_are_named_for_the_salesforce_cli(here):
    _, body = here.call("GET", "query", q="SELECT Id, Owner.Name FROM Lead", columns="true")
    first, second = body["columnMetadata"]
    assert (first["columnName"], first["joinColumns"]) == ("Id", [])
    assert [column["columnName"] for column in second["joinColumns"]] == ["Name"]


def test_a_first_page_reads_only_its_own_rows_from_the_cursor():
    small = tiny_org()
    insert_many(small.org, "Lead", [{"LastName": "x", "Company": "y"}] * 50)
    context = Context(small.org, small.admin, Api.DATA, 63.0, {}, lambda *_: None)
    rows = records(prepare(context, "SELECT Id FROM Lead"), Start(), 2000)
    assert next(rows)[1].startswith("00Q")
    assert small.org.now() == NOW
