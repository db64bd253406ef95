"""The Salesforce CLI reads and writes records."""

from __future__ import annotations

from typing import Any

from strangers_flow import Flow, Part
from strangers_sf import log_in, sf
from strangers_stage import Stage, expect

CONTACT = ("--sobject", "Contact")


def query(stage: Stage, soql: str, *words: str) -> list[dict[str, Any]]:
    """The rows of `sf data query`."""
    rows: list[dict[str, Any]] = sf(stage, "data", "query", "-q", soql, *words)["records"]
    return rows


def data_query(stage: Stage) -> None:
    log_in(stage)
    rows = query(stage, "SELECT Id, Name, Account.Name, HasOptedOutOfEmail FROM Contact LIMIT 5")
    expect(len(rows) == 5, "five rows come", rows)
    expect(all(row["Account"]["Name"] for row in rows), "the parents' names come too", rows)
    expect(rows[0]["HasOptedOutOfEmail"] in (True, False), "a checkbox is a boolean", rows)


def query_deleted(stage: Stage) -> None:
    log_in(stage)
    made = sf(stage, "data", "create", "record", *CONTACT, "--values", "LastName=Deleted")
    sf(stage, "data", "delete", "record", *CONTACT, "--record-id", made["id"])
    soql = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{made['id']}'"  # noqa: S608 - an id of the org's
    expect(query(stage, soql) == [], "a query leaves it out")
    told = [row["IsDeleted"] for row in query(stage, soql, "--all-rows")]
    expect(told == [True], "--all-rows has it", told)


def tooling_query(stage: Stage) -> None:
    log_in(stage)
    soql = "SELECT Name FROM Layout WHERE TableEnumOrId = 'Contact'"
    rows = query(stage, soql, "--use-tooling-api")
    expect("Contact Layout" in [row["Name"] for row in rows], "the layouts are rows", rows)


def query_refused(stage: Stage) -> None:
    log_in(stage)
    said = sf(stage, "data", "query", "-q", "SELECT Nobody__c FROM Contact", exits=1)
    expect("No such column 'Nobody__c'" in said["message"], "the column is named", said)


def records(stage: Stage) -> None:
    log_in(stage)
    values = "LastName=Stranger Email=stranger@example.com HasOptedOutOfEmail=false"
    made = sf(stage, "data", "create", "record", *CONTACT, "--values", values)
    one = (*CONTACT, "--record-id", made["id"])
    sf(stage, "data", "update", "record", *one, "--values", "HasOptedOutOfEmail=true")
    got = sf(stage, "data", "get", "record", *one)
    expect(got["LastName"] == "Stranger" and got["HasOptedOutOfEmail"] is True, "it is kept", got)
    sf(stage, "data", "delete", "record", *one)
    left = query(stage, f"SELECT Id FROM Contact WHERE Id = '{made['id']}'")  # noqa: S608 - an id of the org's
    expect(left == [], "the record is gone", left)


def record_by_where(stage: Stage) -> None:
    log_in(stage)
    where = ("--sobject", "Lead", "--where", "Email='lead00003@mail.test'")
    got = sf(stage, "data", "get", "record", *where)
    expect(got["Email"] == "lead00003@mail.test", "the record is found by its e-mail", got)


def record_refused(stage: Stage) -> None:
    log_in(stage)
    words = ("--sobject", "Contact", "--values", "FirstName=Nobody")
    said = sf(stage, "data", "create", "record", *words, exits=1)
    expect("LastName" in said["message"], "the missing field is named", said)


def describe(stage: Stage) -> None:
    log_in(stage)
    fields = sf(stage, "sobject", "describe", "--sobject", "Contact")["fields"]
    found = [f for f in fields if f["name"] == "HasOptedOutOfEmail"]
    expect(found and found[0]["type"] == "boolean", "the field is described", found)


def list_objects(stage: Stage) -> None:
    log_in(stage)
    names = sf(stage, "sobject", "list", "--sobject", "all")
    expect({"Contact", "Lead"} <= set(names), "Contact and Lead are objects", names)


def limits(stage: Stage) -> None:
    log_in(stage)
    told = {row["name"]: row for row in sf(stage, "limits", "api", "display")}
    expect(told["DailyApiRequests"]["remaining"] > 0, "the daily limit is told", told)


FLOWS = (
    Flow("sf", "data query", data_query, Part.CORE),
    Flow("sf", "data query with deleted rows", query_deleted),
    Flow("sf", "data query, Tooling", tooling_query),
    Flow("sf", "data query of an unknown column is refused", query_refused),
    Flow("sf", "record create, update, get, delete", records, Part.CORE),
    Flow("sf", "record get by a condition", record_by_where),
    Flow("sf", "record create without a required field is refused", record_refused),
    Flow("sf", "describe of an object", describe),
    Flow("sf", "list of objects", list_objects),
    Flow("sf", "limits", limits),
)
