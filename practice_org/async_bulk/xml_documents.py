"""XML that clients send, read or refused in this API's own code; text on its way into XML."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from practice_org.wire import OrgError, Xml, parse_xml

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_text(value: str) -> str:
    """The value as an element's text. What XML cannot hold becomes U+FFFD: unverified."""
    return escape(_NOT_IN_XML.sub("\ufffd", value), {"\r": "&#13;"})


def read_document(data: bytes) -> Xml:
    """The root element. Errors: OrgError InvalidXML for what is none, in whatever encoding."""
    try:
        return parse_xml(data)
    except OrgError as broken:
        raise OrgError("InvalidXML", broken.message) from broken
    except (LookupError, ValueError) as broken:  # an encoding that Python's parser cannot read
        raise OrgError("InvalidXML", f"Error parsing file: {broken}") from broken
