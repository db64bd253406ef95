"""The requests that real clients send, with their quirks, and the answers they need."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from metadata_org import CONTACT, NS, layout_xml, one_layout, open_lab, zipped

PACKAGE = one_layout(layout_xml("Email"))
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"


def multipart(options: dict, data: bytes, name: str = "json") -> tuple[bytes, str]:
    """As jsforce and sf send it: the file first."""
    disposition = b"Content-Disposition: form-data; "
    parts = (
        b'name="file"; filename="package.xml"\r\nContent-Type: application/zip\r\n\r\n' + data,
        b'name="'
        + name.encode()
        + b'"\r\nContent-Type: application/json\r\n\r\n'
        + json.dumps({"deployOptions": options}).encode(),
    )
    body = b"".join(b"--xYz\r\n" + disposition + part + b"\r\n" for part in parts)
    return body + b"--xYz--\r\n", 'multipart/form-data; boundary="xYz"'


@pytest.mark.parametrize("path", ["", "/deployRequest", "/00D000000000001", "/"])
@pytest.mark.parametrize("prefix", ["soapenv", "soap", "soap-env", "env", "se"])
def test_any_prefix_and_any_path_will_do(path, prefix):
    lab = open_lab()
    xml = (
        f'<{prefix}:Envelope xmlns:{prefix}="{SOAP_11}" xmlns:m="{NS}"><{prefix}:Header>'
        f"<m:SessionHeader><m:sessionId>{lab.token}</m:sessionId></m:SessionHeader>"
        f"</{prefix}:Header><{prefix}:Body><m:describeMetadata><m:asOfVersion>63.0"
        f"</m:asOfVersion></m:describeMetadata></{prefix}:Body></{prefix}:Envelope>"
    )
    answer = lab.ask("POST", f"/services/Soap/m/63.0{path}", xml.encode())
    assert answer.status == 200
    assert b"<describeMetadataResponse><result><metadataObjects>" in answer.body


def test_options_as_simple_salesforce_writes_them():
    lab = open_lab()
    options = (
        "<checkOnly>True</checkOnly><rollbackOnError>False</rollbackOnError>"
        "<singlePackage>true</singlePackage><testLevel>None</testLevel>None"
    )
    data = b64encode(zipped(PACKAGE)).decode()
    inner = f"<ZipFile>{data}</ZipFile><DeployOptions>{options}</DeployOptions>"
    answer = lab.soap("deploy", inner)
    lab.clock.move(1)
    result = lab.status(answer.text("result", "id"))
    state = (result["checkOnly"], result["rollbackOnError"], result["status"])
    assert state == (True, False, "Succeeded")


def test_run_all_tests_as_cumulusci_asks_for_it():
    lab = open_lab()
    assert lab.deploy(PACKAGE, runAllTests="true")["numberTestsTotal"] == 12


def test_a_list_of_tests_as_simple_salesforce_writes_it():
    lab = open_lab()
    result = lab.deploy(PACKAGE, testLevel="RunSpecifiedTests", runTests="['A', 'B']")
    assert [row["fullName"] for row in result["details"]["componentFailures"]] == ["A", "B"]


def test_the_status_over_soap_has_what_clients_read():
    lab = open_lab()
    job = lab.deploy(one_layout(layout_xml("Nope__c")))["id"]
    inner = f"<asyncProcessId>{job}</asyncProcessId><includeDetails>True</includeDetails>"
    result = lab.soap("checkDeployStatus", inner).child("result")
    state = [result.text(name) for name in ("done", "id", "status", "success")]
    assert state == ["true", job, "Failed", "false"]
    row = result.child("details", "componentFailures")
    place = [row.text(name) for name in ("problemType", "lineNumber", "columnNumber")]
    assert place == ["Error", "12", "24"]
    assert row.text("problem") == "In field: field - no CustomField named Contact.Nope__c found"


def test_details_come_only_when_asked_for():
    lab = open_lab()
    job = lab.deploy(PACKAGE)["id"]
    assert "details" not in lab.rest("GET", f"/{job}")["deployResult"]
    answer = lab.soap("checkDeployStatus", f"<asyncProcessId>{job}</asyncProcessId>")
    assert answer.child("result", "details") is None


@pytest.mark.parametrize("name", ["json", "entity_content"])
def test_rest_takes_either_name_of_the_options_part(name):
    lab = open_lab()
    given = {"rollbackOnError": "true", "singlePackage": True, "testLevel": None}
    answer = lab.rest("POST", "", *multipart(given, zipped(PACKAGE), name))
    assert answer["deployOptions"]["rollbackOnError"] is True
    assert answer["url"].endswith(f"/metadata/deployRequest/{answer['id']}")
    lab.clock.move(1)
    assert lab.status(answer["id"])["success"]


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "code"),
    [
        ("POST", "", b"{}", "application/json", "MISSING_ARGUMENT"),
        ("POST", "", b"{", "application/json", "JSON_PARSER_ERROR"),
        ("POST", "", b"[]", "application/json", "JSON_PARSER_ERROR"),
        ("POST", "", b"x", "multipart/form-data", "INVALID_MULTIPART_REQUEST"),
        ("POST", "", b"--a\r\n\r\n\r\n--a--", "multipart/x; boundary=a", "MISSING_ARGUMENT"),
        ("GET", "/0Af000000000009AAA", b"", "", "NOT_FOUND"),
        ("PATCH", "/0Af000000000009AAA", b"{}", "", "INVALID_FIELD"),
        ("PATCH", "/0Af000000000009AAA", b'{"deployResult":[]}', "", "INVALID_FIELD"),
    ],
)
def test_rest_says_what_is_wrong_with_a_request(method, path, body, kind, code):
    assert open_lab().rest(method, path, body, kind)[0]["errorCode"] == code


@pytest.mark.parametrize(
    ("operation", "inner", "code"),
    [
        ("describeValueType", "", "UNSUPPORTED_OPERATION"),
        ("deploy", "<ZipFile>a</ZipFile>", "INVALID_XML"),
        ("retrieve", "", "INVALID_XML"),
        ("retrieve", "<request><apiVersion>x</apiVersion></request>", "INVALID_TYPE"),
        ("listMetadata", "<queries/>" * 4, "EXCEEDED_ID_LIMIT"),
        ("readMetadata", "<fullNames>a</fullNames>" * 11, "EXCEEDED_ID_LIMIT"),
        ("checkRetrieveStatus", "<id>09S000000000009AAA</id>", "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_soap_says_what_is_wrong_with_a_request(operation, inner, code):
    assert open_lab().soap(operation, inner).text("faultcode") == f"sf:{code}"


def test_a_session_that_is_over_is_a_fault():
    lab = open_lab()
    lab.clock.move(10_000)
    assert lab.soap("describeMetadata").text("faultcode") == "sf:INVALID_SESSION_ID"


def test_an_empty_body_is_a_fault():
    lab = open_lab()
    xml = (
        f'<e:Envelope xmlns:e="{SOAP_11}"><e:Header><SessionHeader><sessionId>{lab.token}'
        "</sessionId></SessionHeader></e:Header></e:Envelope>"
    )
    answer = lab.ask("POST", "/services/Soap/m/63.0", xml.encode())
    assert (answer.status, b"UNSUPPORTED_OPERATION" in answer.body) == (500, True)


def test_without_an_organization_the_setting_tells_a_sandbox():
    lab = open_lab()
    lab.org.db.execute("DELETE FROM Organization")
    lab.set(sandbox="0")
    assert "production" in lab.start(PACKAGE, rollbackOnError="false")
    assert lab.deploy(PACKAGE)["success"]
    assert CONTACT
