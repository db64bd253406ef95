"""simple-salesforce, over https: it cannot use http."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from simple_salesforce import (  # noqa: TID251 - a stranger, as itself
    Salesforce,
    SalesforceAuthenticationFailed,
    SalesforceLogin,
    SalesforceMalformedRequest,
)
from strangers_flow import Flow, Part
from strangers_package import API
from strangers_stage import Practice, Stage, Unexpected, expect

SEEDED = "Contact-Contact Layout"


def client(stage: Stage) -> Any:
    """A Salesforce with the administrator's token; Any, as its own hints are wrong of bulk2."""
    return Salesforce(session_id=stage.token, instance_url=stage.https, version=API)


def fields_on_layout(salesforce: Any, name: str) -> list[str]:
    """The fields a layout shows, in its order, as Tooling tells them."""
    tooling = salesforce.toolingexecute
    where = f"Name = '{name.partition('-')[2]}' AND TableEnumOrId = 'Contact'"
    soql = f"SELECT Metadata FROM Layout WHERE {where}"  # noqa: S608 - a constant's name
    rows = tooling("query", params={"q": soql})["records"]
    return [
        item["field"]
        for row in rows
        for section in row["Metadata"]["layoutSections"]
        for column in section["layoutColumns"]
        for item in column.get("layoutItems") or []
        if item.get("field")
    ]


def layouts_of_org(salesforce: Any) -> list[str]:
    """The names of Contact's layouts."""
    soql = "SELECT Name FROM Layout WHERE TableEnumOrId = 'Contact'"
    rows = salesforce.toolingexecute("query", params={"q": soql})["records"]
    return [f"Contact-{row['Name']}" for row in rows]


def _reads(salesforce: Any) -> None:
    rows = salesforce.query("SELECT Id FROM Contact LIMIT 2")["records"]
    expect(len(rows) == 2, "the session reads", rows)


def login_token(stage: Stage) -> None:
    _reads(client(stage))


def _login(stage: Stage, path: str, **credentials: Any) -> None:
    """simple-salesforce builds https://{domain}.salesforce.com: the tail goes into the query."""
    domain = f"{stage.https_host}{path}?x="
    _reads(Salesforce(domain=domain, version=API, **credentials))


def login_soap(stage: Stage) -> None:
    who = {"username": stage.facts["username"], "password": stage.facts["password"]}
    _login(stage, f"/services/Soap/u/{API}", **who, security_token="")


def login_soap_http(stage: Stage) -> None:
    who = {"username": stage.facts["username"], "password": stage.facts["password"]}
    token, _ = SalesforceLogin(**who, scratch_url=stage.http, sf_version=API)
    _reads(Salesforce(session_id=token, instance_url=stage.https, version=API))


def login_soap_plain(stage: Stage) -> None:
    who = {"username": stage.facts["username"], "password": stage.facts["password"]}
    domain = f"{stage.https_host}/services/Soap/u/{API}?x="
    token, _ = SalesforceLogin(**who, domain=domain, sf_version=API)
    _reads(Salesforce(session_id=token, instance_url=stage.https, version=API))


def login_soap_org(stage: Stage) -> None:
    who = {"username": stage.facts["username"], "password": stage.facts["password"]}
    _login(stage, f"/services/Soap/u/{API}", **who, organizationId=stage.facts["org_id"])


def login_proxied(stage: Stage) -> None:
    who = {"username": stage.facts["username"], "password": stage.facts["password"]}
    proxies = {"https": stage.http}
    _reads(Salesforce(**who, security_token="", domain="test", version=API, proxies=proxies))


def _jwt(stage: Stage, **key: str) -> None:
    app = {"consumer_key": stage.facts["client_id"]}
    _login(stage, "/services/oauth2/token", username=stage.facts["username"], **app, **key)


def login_jwt(stage: Stage) -> None:
    _jwt(stage, privatekey_file=stage.facts["jwt_key_file"])


def login_jwt_text(stage: Stage) -> None:
    _jwt(stage, privatekey=Path(stage.facts["jwt_key_file"]).read_text())


def login_jwt_refused(stage: Stage) -> None:
    other = stage.facts["identities"]["auditor"]["jwt_key_file"]
    try:
        _jwt(stage, privatekey_file=other)
    except SalesforceAuthenticationFailed as refused:
        expect("invalid assertion" in str(refused), "the signature is the reason", refused)
    else:
        raise Unexpected("a wrong key logged in")


def _app(stage: Stage) -> dict[str, str]:
    return {
        "consumer_key": stage.facts["client_id"],
        "consumer_secret": stage.facts["client_secret"],
    }


def login_client_credentials(stage: Stage) -> None:
    _login(stage, "/services/oauth2/token", **_app(stage))


def login_password(stage: Stage) -> None:
    who = {"username": stage.facts["username"], "password": stage.facts["password"]}
    _login(stage, "/services/oauth2/token", **who, **_app(stage))


def login_refused(stage: Stage) -> None:
    try:
        _login(
            stage,
            f"/services/Soap/u/{API}",
            username=stage.facts["username"],
            password="wrong",  # noqa: S106 - that it is
            security_token="",
        )
    except SalesforceAuthenticationFailed as refused:
        expect(refused.code == "INVALID_LOGIN", "the code is Salesforce's", refused)
    else:
        raise Unexpected("a wrong password logged in")


def query_all(stage: Stage) -> None:
    salesforce = client(stage)
    few = {"Sforce-Query-Options": "batchSize=200"}
    first = salesforce.query("SELECT Id FROM Contact", headers=few)
    expect(not first["done"] and first["nextRecordsUrl"], "there is a second page", first)
    listed = list(salesforce.query_all_iter("SELECT Id, Email FROM Contact", headers=few))
    counted = salesforce.query("SELECT COUNT() FROM Contact")["totalSize"]
    expect(len({row["Id"] for row in listed}) == counted > 0, "each row comes once", counted)


def query_deleted(stage: Stage) -> None:
    salesforce = client(stage)
    made = salesforce.Contact.create({"LastName": "Deleted"})
    salesforce.Contact.delete(made["id"])
    soql = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{made['id']}'"  # noqa: S608 - an id of the org's
    expect(salesforce.query(soql)["totalSize"] == 0, "a query leaves it out")
    rows = salesforce.query_all(soql, include_deleted=True)["records"]
    expect([row["IsDeleted"] for row in rows] == [True], "queryAll has it", rows)


def records(stage: Stage) -> None:
    contacts = client(stage).Contact
    made = contacts.create({"LastName": "Stranger", "Email": "stranger@example.com"})
    contacts.update(made["id"], {"HasOptedOutOfEmail": True})
    got = contacts.get(made["id"])
    expect(got["HasOptedOutOfEmail"] is True, "the box is ticked", got)
    contacts.delete(made["id"])


def collections(stage: Stage) -> None:
    salesforce = client(stage)
    new = [{"attributes": {"type": "Contact"}, "LastName": f"S{n}"} for n in range(199)]
    body = {"allOrNone": False, "records": [*new, {"attributes": {"type": "Contact"}}]}
    results = salesforce.restful("composite/sobjects", method="POST", json=body)
    told = [result["success"] for result in results]
    expect(told == [True] * 199 + [False], "the last one is refused", results[-1])
    codes = [error["statusCode"] for error in results[-1]["errors"]]
    expect(codes == ["REQUIRED_FIELD_MISSING"], "the missing field is the reason", codes)
    ids = ",".join(result["id"] for result in results[:199])
    gone = salesforce.restful("composite/sobjects", {"ids": ids}, method="DELETE")
    expect(all(result["success"] for result in gone), "they can be deleted", gone)


def describe(stage: Stage) -> None:
    fields = {field["name"]: field for field in client(stage).Lead.describe()["fields"]}
    expect(fields["HasOptedOutOfEmail"]["type"] == "boolean", "the field is described", fields)


def updated(stage: Stage) -> None:
    salesforce = client(stage)
    made = salesforce.Contact.create({"LastName": "Stranger"})
    seen = salesforce.Contact.get(made["id"])["SystemModstamp"]
    minute = seen[:17]
    said = salesforce.restful(
        "sobjects/Contact/updated/",
        {"start": f"{minute[:11]}00:00:00+00:00", "end": f"{minute[:11]}23:59:59+00:00"},
    )
    expect(made["id"] in said["ids"], "the new record is among the updated", said)


def deleted(stage: Stage) -> None:
    contacts = client(stage).Contact
    made = contacts.create({"LastName": "Deleted"})
    day = contacts.get(made["id"])["SystemModstamp"][:10]
    contacts.delete(made["id"])
    start, end = (datetime.fromisoformat(f"{day}T{time}+00:00") for time in ("00:00", "23:59"))
    said = contacts.deleted(start, end)["deletedRecords"]
    expect(made["id"] in [row["id"] for row in said], "the record is among the deleted", said)


def composite(stage: Stage) -> None:
    contact = f"/services/data/v{API}/sobjects/Contact"
    first = {"method": "POST", "url": contact, "referenceId": "new", "body": {"LastName": "Part"}}
    then = {"method": "GET", "url": f"{contact}/@{{new.id}}", "referenceId": "same"}
    body = {"compositeRequest": [first, then]}
    said = client(stage).restful("composite", method="POST", json=body)["compositeResponse"]
    expect([part["httpStatusCode"] for part in said] == [201, 200], "both are answered", said)
    expect(said[1]["body"]["LastName"] == "Part", "the second uses the first's id", said)


def batch(stage: Stage) -> None:
    paths = (f"v{API}/limits", f"v{API}/sobjects/Nobody/describe")
    body = {"batchRequests": [{"method": "GET", "url": path} for path in paths]}
    said = client(stage).restful("composite/batch", method="POST", json=body)
    codes = [part["statusCode"] for part in said["results"]]
    expect(codes == [200, 404] and said["hasErrors"], "each is answered by itself", said)


def counts(stage: Stage) -> None:
    salesforce = client(stage)
    said = salesforce.restful("limits/recordCount", {"sObjects": "Contact,Lead"})
    counted = salesforce.query("SELECT COUNT() FROM Contact")["totalSize"]
    told = {row["name"]: row["count"] for row in said["sObjects"]}
    expect(told["Contact"] == counted, "the count is the query's", told)


def refused_record(stage: Stage) -> None:
    try:
        client(stage).Contact.create({"FirstName": "Nobody"})
    except SalesforceMalformedRequest as refused:
        codes = [error["errorCode"] for error in refused.content]
        expect(codes == ["REQUIRED_FIELD_MISSING"], "the code is Salesforce's", codes)
    else:
        raise Unexpected("a Contact without a last name was made")


FLOWS = (
    Flow("simple-salesforce", "login by session id", login_token, Part.CORE),
    Flow("simple-salesforce", "login by SOAP", login_soap, Part.CORE),
    Flow("simple-salesforce", "login by SOAP, http", login_soap_http),
    Flow("simple-salesforce", "login by SOAP without a security token", login_soap_plain),
    Flow("simple-salesforce", "login by SOAP with an organization id", login_soap_org),
    Flow("simple-salesforce", "login at test.salesforce.com, through the proxy", login_proxied),
    Flow("simple-salesforce", "login by JWT", login_jwt, Part.CORE),
    Flow("simple-salesforce", "login by JWT, the key as text", login_jwt_text),
    Flow("simple-salesforce", "login by JWT with a wrong key is refused", login_jwt_refused),
    Flow("simple-salesforce", "login by client credentials", login_client_credentials, Part.CORE),
    Flow(
        "simple-salesforce",
        "login by the password grant where the org allows it",
        login_password,
        Part.REST,
        Practice({"password_grant": "1"}),
    ),
    Flow("simple-salesforce", "login with a wrong password is refused", login_refused),
    Flow("simple-salesforce", "query_all in pages", query_all, Part.CORE),
    Flow("simple-salesforce", "query_all with deleted rows", query_deleted),
    Flow("simple-salesforce", "record create, update, get, delete", records, Part.CORE),
    Flow("simple-salesforce", "record without a required field is refused", refused_record),
    Flow("simple-salesforce", "Collections of 200", collections, Part.CORE),
    Flow("simple-salesforce", "describe of an object", describe),
    Flow("simple-salesforce", "updated records", updated),
    Flow("simple-salesforce", "deleted records", deleted),
    Flow("simple-salesforce", "composite with a reference", composite),
    Flow("simple-salesforce", "composite/batch", batch),
    Flow("simple-salesforce", "counts of records", counts),
)
