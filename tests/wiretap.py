"""Listen between optout and the practice org: what was retrieved, what was sent, in which words."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from practice_org.app import handle
from practice_org.org import Org
from practice_org.wire import Request, Response

_VERSIONS = re.compile(rb"/services/(?:data/v|Soap/m/)(\d+\.\d)")
_NS = "{http://soap.sforce.com/2006/04/metadata}"


@dataclass
class Wiretap:
    """Answers as the org does, unless `spoil` changes the answer, and keeps every request."""

    org: Org
    requests: list[Request] = field(default_factory=list)
    spoil: Callable[[Response], Response] = lambda answer: answer

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return self.spoil(handle(self.org, request))

    def packages(self) -> list[dict[str, bytes]]:
        """The files of every package that was sent, oldest first."""
        sent = (r.body for r in self.requests if _starts_deploy(r))
        return [unzipped(body[body.index(b"PK\x03\x04") :]) for body in sent]

    def operations(self) -> set[str]:
        """The Metadata API's operations that were called."""
        return {_local(_operation(request)) for request in self._soap()}

    def retrieved(self) -> set[str]:
        """Every name that a retrieve asked for."""
        asked = (_operation(r) for r in self._soap())
        return {
            e.text for op in asked if _local(op) == "retrieve" for e in op.iter(f"{_NS}members")
        }

    def versions(self) -> set[str]:
        """Every API version in a path, in a retrieve, and in a package."""
        found = {v.decode() for r in self.requests for v in _VERSIONS.findall(r.path.encode())}
        for request in self._soap():
            found |= {e.text for e in _operation(request).iter() if _local(e) in _SPOKEN}
        return found | {members(package)[1] for package in self.packages()}

    def _soap(self) -> list[Request]:
        return [r for r in self.requests if r.path.startswith("/services/Soap/m/")]


_SPOKEN = {"apiVersion", "version", "asOfVersion"}


def members(package: dict[str, bytes]) -> tuple[dict[str, list[str]], str]:
    """What package.xml names, by type, and its version."""
    root = ET.fromstring(package["package.xml"])
    named = {
        types.findtext(f"{_NS}name"): [m.text for m in types.findall(f"{_NS}members")]
        for types in root.findall(f"{_NS}types")
    }
    return named, root.findtext(f"{_NS}version")


def _starts_deploy(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/metadata/deployRequest")


def unzipped(packed: bytes) -> dict[str, bytes]:
    """The files of a zip by name."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _operation(request: Request) -> ET.Element:
    body = next(e for e in ET.fromstring(request.body) if _local(e) == "Body")
    return body[0]


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
