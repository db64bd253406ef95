"""Shapes that Salesforce documents, asked of the practice org, and of a real org when one is named.

`ci/contract` sets OPTOUT_CONTRACT_URL and OPTOUT_CONTRACT_TOKEN; only reads are sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

URL, TOKEN = os.environ.get("OPTOUT_CONTRACT_URL"), os.environ.get("OPTOUT_CONTRACT_TOKEN")
UNNAMED = "no real org is named (OPTOUT_CONTRACT_URL, OPTOUT_CONTRACT_TOKEN): see ci/contract"
DATA = "/services/data/v63.0"
SOAP = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="http://soap.sforce.com/2006/04/metadata"><e:Header><SessionHeader><sessionId>{token}'
    "</sessionId></SessionHeader></e:Header><e:Body>{body}</e:Body></e:Envelope>"
)
LIST_LAYOUTS = (
    "<listMetadata><queries><type>Layout</type></queries>"
    "<asOfVersion>63.0</asOfVersion></listMetadata>"
)


@dataclass(frozen=True)
class Asked:
    """An org that can be asked: the practice org, or a real one."""

    url: str
    token: str = field(repr=False)

    def get(self, path: str, *, token: str | None = None, **params: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return requests.get(self.url + path, headers=headers, params=params, timeout=60)

    def soap(self, body: str) -> requests.Response:
        envelope = SOAP.format(token=self.token, body=body)
        headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
        return requests.post(
            f"{self.url}/services/Soap/m/63.0", data=envelope, headers=headers, timeout=60
        )


@pytest.fixture(params=["practice", "real"] if URL and TOKEN else ["practice"])
def asked(request, practice) -> Asked:
    if request.param == "real":
        return Asked(str(URL).rstrip("/"), str(TOKEN))
    return Asked(practice.http, practice.facts["access_token"])


def keys(value: Any) -> set[str]:
    return set(value[0] if isinstance(value, list) else value)


def soql(query: str) -> Callable[[Asked], requests.Response]:
    return lambda org: org.get(f"{DATA}/query", q=query)


def tooling(query: str) -> Callable[[Asked], requests.Response]:
    return lambda org: org.get(f"{DATA}/tooling/query", q=query)


ANSWERS = {
    "versions": (lambda org: org.get("/services/data"), 200, {"label", "url", "version"}),
    "resources": (lambda org: org.get(DATA), 200, {"sobjects", "query", "tooling", "limits"}),
    "limits": (lambda org: org.get(f"{DATA}/limits"), 200, {"DailyApiRequests"}),
    "describe": (
        lambda org: org.get(f"{DATA}/sobjects/Contact/describe"), 200,
        {"name", "label", "fields", "updateable", "queryable", "keyPrefix", "custom"}),
    "a query": (soql("SELECT Id FROM Contact LIMIT 1"), 200, {"totalSize", "done", "records"}),
    "a Tooling query": (
        tooling("SELECT Id, Name, LayoutType FROM Layout LIMIT 1"), 200,
        {"totalSize", "done", "records", "size", "entityTypeName", "queryLocator"}),
    "a malformed query": (soql("SELEC Id FROM Contact"), 400, {"message", "errorCode"}),
    "an unknown object": (soql("SELECT Id FROM Nope"), 400, {"message", "errorCode"}),
    "an unknown field": (soql("SELECT Nope FROM Contact"), 400, {"message", "errorCode"}),
    "an unknown resource": (lambda org: org.get(f"{DATA}/nope"), 404, {"message", "errorCode"}),
    "a dead token": (
        lambda org: org.get(f"{DATA}/limits", token="00Dnope!nope"), 401,
        {"message", "errorCode"}),
}  # fmt: skip
CODES = {
    "a malformed query": "MALFORMED_QUERY",
    "an unknown object": "INVALID_TYPE",
    "an unknown field": "INVALID_FIELD",
    "an unknown resource": "NOT_FOUND",
    "a dead token": "INVALID_SESSION_ID",
}


@pytest.mark.parametrize(("ask", "status", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_has_its_documented_keys(asked: Asked, ask, status, expected):
    answer = ask(asked)
    assert answer.status_code == status
    assert expected <= keys(answer.json())


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_a_refusal_has_its_documented_code(asked: Asked, name, code):
    answer = ANSWERS[name][0](asked).json()
    assert answer[0]["errorCode"] == code


def test_a_field_of_a_description_says_what_may_be_done_with_it(asked: Asked):
    fields = asked.get(f"{DATA}/sobjects/Contact/describe").json()["fields"]
    opt_out = next(field for field in fields if field["name"] == "HasOptedOutOfEmail")
    assert (opt_out["type"], opt_out["custom"]) == ("boolean", False)
    assert {"label", "updateable", "permissionable", "defaultValue", "nillable"} <= set(opt_out)


def test_a_listing_names_layouts_with_their_last_change(asked: Asked):
    answer = asked.soap(LIST_LAYOUTS)
    assert answer.status_code == 200
    for part in ("<fullName>", "<lastModifiedDate>", "<lastModifiedById>", "<id>00h"):
        assert part in answer.text


def test_a_fault_over_soap_is_a_500_with_its_code(asked: Asked):
    answer = Asked(asked.url, "00Dnope!nope").soap(LIST_LAYOUTS)
    assert answer.status_code == 500
    assert "INVALID_SESSION_ID" in answer.text
    assert "faultcode" in answer.text


@pytest.mark.skipif(not (URL and TOKEN), reason=UNNAMED)
def test_a_real_org_that_is_named_lets_the_token_in():
    assert Asked(str(URL).rstrip("/"), str(TOKEN)).get(f"{DATA}/limits").status_code == 200
