"""Small SOAP: build an envelope with everything escaped, read an answer by local names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from deployer.errors import BadInput, LoginRefused
from deployer.salesforce.answers import bad_answer
from deployer.salesforce.fault_table import OrgUnreachable
from deployer.settings.secret import Secret

METADATA_NS = "http://soap.sforce.com/2006/04/metadata"
_ENVELOPE_NS = "http://schemas.xmlsoap.org/soap/envelope/"
READ_OPERATIONS = frozenset(
    {
        "listMetadata",
        "describeMetadata",
        "readMetadata",
        "retrieve",
        "checkRetrieveStatus",
    }
)


def element(name: str, *children: ET.Element | str) -> ET.Element:
    """An element of the Metadata namespace; texts are escaped when it is written out."""
    made = ET.Element(f"{{{METADATA_NS}}}{name}")
    for child in children:
        if isinstance(child, str):
            made.text = (made.text or "") + child
        else:
            made.append(child)
    return made


def texts(name: str, values: Iterable[str]) -> Iterator[ET.Element]:
    """One element of this name for each value."""
    return (element(name, value) for value in values)


def envelope(token: Secret, arguments: ET.Element, ns: str) -> bytes:
    """The request. Errors: LoginRefused for a JWT-format token, which SOAP never takes.

    Source: Salesforce help, "JWT-based access tokens": "not supported with SOAP API".
    """
    if token.reveal().startswith("eyJ"):
        raise LoginRefused(
            "the app issues JWT-based access tokens, which the Metadata API does not take",
            hint='switch off "Issue JSON Web Token (JWT)-based access tokens" in the app',
        )
    root = ET.Element(f"{{{_ENVELOPE_NS}}}Envelope")
    header = ET.SubElement(root, f"{{{_ENVELOPE_NS}}}Header")
    session = ET.SubElement(header, f"{{{ns}}}SessionHeader")
    ET.SubElement(session, f"{{{ns}}}sessionId").text = token.reveal()
    ET.SubElement(root, f"{{{_ENVELOPE_NS}}}Body").append(arguments)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def read_envelope(data: bytes, operation: str) -> ET.Element:
    """The <operationResponse> element of a good answer.

    Errors: BadInput for a DOCTYPE; OrgUnreachable when it is not SOAP at all (a proxy's page).
    """
    if b"<!DOCTYPE" in data[:4096] and b"Envelope" not in data[:4096]:
        raise _no_soap()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadInput("the org's XML has a DOCTYPE, which Salesforce never sends",
                       hint="check instance_url; nothing of the answer was used")  # fmt: skip
    try:
        root = ET.fromstring(data.decode("utf-8"))
    except (ET.ParseError, UnicodeDecodeError, ValueError) as broken:
        raise _no_soap() from broken
    body = child(root, "Body")
    answer = child(body, f"{operation}Response") if body is not None else None
    if answer is None:
        raise bad_answer(f"{operation}Response is missing")
    return answer


def _no_soap() -> OrgUnreachable:
    return OrgUnreachable(
        "the answer was not SOAP",
        hint="a proxy's or a maintenance page is a usual cause; try again in a few minutes",
    )


def local(found: ET.Element) -> str:
    """An element's name without its namespace; "" for a comment."""
    return found.tag.rpartition("}")[2] if isinstance(found.tag, str) else ""


def children(parent: ET.Element, name: str) -> list[ET.Element]:
    """The child elements of this local name."""
    return [kid for kid in parent if local(kid) == name]


def child(parent: ET.Element, name: str) -> ET.Element | None:
    """The first child element of this local name."""
    return next(iter(children(parent, name)), None)


def text_of(parent: ET.Element, name: str) -> str:
    """The stripped text of the first child of this local name; "" when there is none."""
    found = child(parent, name)
    return (found.text or "").strip() if found is not None else ""
