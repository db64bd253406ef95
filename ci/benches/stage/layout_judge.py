"""Whether layouts ended right in an org, by lxml's reading and an envelope of its own.

Nothing of the product's is in it: it judges the product, too.
"""

from __future__ import annotations

import base64
import io
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import requests
from lxml import etree

API = "63.0"
_NS = "http://soap.sforce.com/2006/04/metadata"
_ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{ns}"><e:Header>'
    "<SessionHeader><sessionId>{token}</sessionId></SessionHeader></e:Header>"
    "<e:Body>{body}</e:Body></e:Envelope>"
)
_RETRIEVE = (
    "<retrieve><retrieveRequest><apiVersion>{api}</apiVersion><singlePackage>true</singlePackage>"
    "<unpackaged><types>{members}<name>Layout</name></types><version>{api}</version></unpackaged>"
    "</retrieveRequest></retrieve>"
)
_CHECK = (
    "<checkRetrieveStatus><asyncProcessId>{job}</asyncProcessId><includeZip>true</includeZip>"
    "</checkRetrieveStatus>"
)
_TRIES = 100
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Ended:
    """Of the layouts that were to get the field, how many have; and what else is not as before."""

    right: int
    wanted: int
    harmed: int

    def __str__(self) -> str:
        others = f", {self.harmed} others changed" if self.harmed else ""
        return f"{self.right} of {self.wanted} layouts ended right{others}"


def ended(
    before: Mapping[str, bytes], after: Mapping[str, bytes], wanted: Sequence[str], field: str
) -> Ended:
    """Right is one item of the field more, and all else as it was; blanks between tags are none."""
    right = sum(_has_gained(before[name], after.get(name), field) for name in wanted)
    others = [name for name in before if name not in wanted]
    harmed = sum(_plain(before[name]) != _plain(after.get(name)) for name in others)
    return Ended(right, len(wanted), harmed)


def fetch_layouts(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, bytes]:
    """These layouts as the org has them now, by name."""
    members = "".join(f"<members>{escape(name)}</members>" for name in names)
    started = _ask(facts, _RETRIEVE.format(api=API, members=members))
    check = _CHECK.format(job=started.findtext(f".//{{{_NS}}}id"))
    for _ in range(_TRIES):
        told = _ask(facts, check)
        if told.findtext(f".//{{{_NS}}}done") == "true":
            packed = base64.b64decode(told.findtext(f".//{{{_NS}}}zipFile") or "")
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                return {
                    name.partition("layouts/")[2].removesuffix(".layout"): archive.read(name)
                    for name in archive.namelist()
                    if name.endswith(".layout")
                }
        time.sleep(_PAUSE_S)  # noqa: TID251 - the org is another process, its clock the machine's
    raise SystemExit("bench: the layouts could not be retrieved")


def _ask(facts: Mapping[str, Any], body: str) -> etree._Element:
    envelope = _ENVELOPE.format(ns=_NS, token=escape(facts["access_token"]), body=body)
    answer = requests.post(
        f"{facts['instance_url']}/services/Soap/m/{API}", envelope.encode(), timeout=60,
        headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'},
    )  # fmt: skip
    answer.raise_for_status()
    return etree.fromstring(answer.content)


def _has_gained(before: bytes, after: bytes | None, field: str) -> bool:
    if after is None:
        return False
    tree = _tree(after)
    items = [
        i for i in tree.iter(f"{{{_NS}}}layoutItems") if i.findtext(f"{{{_NS}}}field") == field
    ]
    if len(items) != 1:
        return False
    (item,) = items
    parent = item.getparent()
    if parent is None:
        return False
    parent.remove(item)
    return etree.tostring(tree, method="c14n") == _plain(before)


def _plain(data: bytes | None) -> bytes:
    return etree.tostring(_tree(data), method="c14n") if data else b""


def _tree(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
