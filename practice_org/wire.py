"""Requests in, responses out, and the errors Salesforce answers with; no rules live here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

METADATA_NS = "http://soap.sforce.com/2006/04/metadata"
PARTNER_NS = "urn:partner.soap.sforce.com"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{ns}" '
    'xmlns:sf="{ns}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, transport taken off.

    `path` is decoded and has neither query nor a trailing slash; `query` holds the last value of
    each name; `headers` has lower-case names; `origin` is scheme://host:port as the client sees it.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = "http://localhost"


class Sent(Enum):
    """How much of an answer leaves before the connection is closed."""

    WHOLE = "all of it; the connection stays open"
    HALF = "status, headers with the whole length, half of the body"
    NOTHING = "not even a status line"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer travels: after a delay in seconds, and how much of it."""

    delay_s: float = 0.0
    sent: Sent = Sent.WHOLE


AS_USUAL = Delivery()


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer; `more` is the rest of a long body, made piece by piece as it is sent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = AS_USUAL
    more: Iterator[bytes] = field(default_factory=lambda: iter(()))


class OrgError(Exception):
    """A refusal in Salesforce's own code and sentence; `status` is the HTTP status over REST."""

    def __init__(
        self, code: str, message: str, *, status: int = 400, fields: tuple[str, ...] = ()
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


def json_response(payload: Any, status: int = 200, **headers: str) -> Response:
    """Answer JSON; header names are given with underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, {"Content-Type": "application/json;charset=UTF-8", **named})


def rest_error(error: OrgError) -> Response:
    """Answer as REST does: a list of one error.

    Source: REST API guide, "Status Codes and Error Responses".
    """
    entry: dict[str, Any] = {"message": error.message, "errorCode": error.code}
    if error.fields:
        entry["fields"] = list(error.fields)
    return json_response([entry], error.status)


def soap_response(body: str, ns: str = METADATA_NS) -> Response:
    """Answer SOAP; `body` is XML without prefixes, in the namespace `ns`."""
    xml = _ENVELOPE.format(ns=ns, body=body).encode()
    return Response(200, xml, {"Content-Type": "text/xml;charset=UTF-8"})


def soap_fault(error: OrgError, ns: str = METADATA_NS, *, detail: str = "") -> Response:
    """Answer a SOAP fault (HTTP 500): faultcode sf:CODE, faultstring "CODE: message"."""
    fault = (
        f"<soapenv:Fault><faultcode>sf:{error.code}</faultcode>"
        f"<faultstring>{escape(f'{error.code}: {error.message}')}</faultstring>{detail}"
        "</soapenv:Fault>"
    )
    answer = soap_response(fault, ns)
    return Response(500, answer.body, answer.headers)


class Xml:
    """A parsed request element, read by local name: clients prefix as they please."""

    def __init__(self, element: ET.Element) -> None:
        self.element = element

    @property
    def name(self) -> str:
        """The local name."""
        return self.element.tag.rpartition("}")[2]

    def children(self, name: str | None = None) -> list[Xml]:
        """The child elements, all or those with this local name."""
        kids = [Xml(child) for child in self.element if isinstance(child.tag, str)]
        return kids if name is None else [kid for kid in kids if kid.name == name]

    def child(self, *path: str) -> Xml | None:
        """The first element down this path of local names."""
        here: Xml | None = self
        for step in path:
            here = next(iter(here.children(step)), None) if here is not None else None
        return here

    def text(self, *path: str, default: str = "") -> str:
        """The stripped text down this path."""
        found = self.child(*path)
        return (found.element.text or "").strip() if found is not None else default


def parse_xml(data: bytes) -> Xml:
    """Parse untrusted XML; DOCTYPE is refused (Salesforce never needs one).

    Errors: OrgError SOAP-style when it is not XML.
    """
    if b"<!DOCTYPE" in data:
        raise OrgError("INVALID_XML", "DOCTYPE is not allowed", status=500)
    try:
        return Xml(ET.fromstring(data))
    except (ET.ParseError, LookupError, ValueError) as broken:  # the latter two: its encoding
        raise OrgError("INVALID_XML", f"Error parsing file: {broken}", status=500) from broken


def parse_json(data: bytes) -> Any:
    """Parse untrusted JSON.

    Errors: ValueError when it is none, nests too deep, or holds half of a character (unverified:
    that Salesforce refuses the last two in the same words).
    """
    try:
        parsed = json.loads(data)
    except RecursionError as deep:
        raise ValueError("it nests too deep") from deep
    if b"\\ud" in data.lower():
        # Half of a surrogate pair cannot be kept; a whole one is a character like any other.
        json.dumps(parsed, ensure_ascii=False).encode()
    return parsed
