"""SOAP is built escaped and read by local names."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import BadInput, LoginRefused, TryLater
from deployer.salesforce.soap import METADATA_NS, element, envelope, read_envelope, text_of
from deployer.settings.secret import Secret

XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))  # fmt: skip  # noqa: E501


def answer(inner, head=""):
    return (
        f"{head}<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' "
        f"xmlns='{METADATA_NS}'><s:Body>{inner}</s:Body></s:Envelope>"
    ).encode()


@given(XML_TEXT, XML_TEXT)
def test_a_name_arrives_as_it_is(token, name):
    data = envelope(Secret(f"x{token}"), element("op", element("name", name)), METADATA_NS)
    root = ET.fromstring(data)
    assert root.find(f".//{{{METADATA_NS}}}name").text or name == ""
    assert root.find(f".//{{{METADATA_NS}}}sessionId").text == f"x{token}"


def test_markup_in_a_name_stays_text():
    data = envelope(Secret("t"), element("op", element("name", "</name><evil/>&")), METADATA_NS)
    assert b"<evil" not in data


def test_a_token_that_soap_never_takes_is_refused_before_it_is_sent():
    with pytest.raises(LoginRefused, match="JWT-based") as problem:
        envelope(Secret("eyJhbGci.x.y"), element("op"), METADATA_NS)
    assert "eyJ" not in str(problem.value)


def test_the_response_is_found_by_its_local_name():
    found = read_envelope(answer("<opResponse><result> x </result></opResponse>"), "op")
    assert text_of(found, "result") == "x"
    assert text_of(found, "absent") == ""


@pytest.mark.parametrize(
    "data",
    [
        answer("<opResponse/>", "<!DOCTYPE a [<!ENTITY b 'c'>]>"),
        answer("<other/>"),
        b"<x/>",
        b"<s:Envelope xmlns:s='x'/>",
    ],
)
def test_an_answer_that_salesforce_would_not_send_is_refused(data):
    with pytest.raises(BadInput):
        read_envelope(data, "op")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"<html>", answer("<opResponse/>")[:-9], answer("<a/>").decode().encode("utf-16"),
     b"<!DOCTYPE html><html><body>busy</body></html>"],
)  # fmt: skip
def test_what_is_no_soap_may_be_asked_again(data):
    with pytest.raises(TryLater, match="not SOAP"):
        read_envelope(data, "op")
