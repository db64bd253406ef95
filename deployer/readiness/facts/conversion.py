"""Whether a converted lead takes the field along."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.facts import Fact, Known
from deployer.readiness.facts.asking import told
from deployer.salesforce.client import Connection
from deployer.salesforce.soap import METADATA_NS, element


@dataclass(frozen=True, slots=True)
class Mapping:
    """`mapped`: the custom field of Lead goes to the Contact's of the same name."""

    mapped: bool


def fetch_mapping(conn: Connection, field: str) -> Fact[object]:
    """A standard field is always taken along; a custom one is looked up with one call.

    It needs Modify Metadata. Source: Metadata API guide, "LeadConvertSettings".
    """
    if not field.endswith("__c"):
        return Known(Mapping(mapped=True))
    return told(lambda: _fetch(conn, field))


def _fetch(conn: Connection, field: str) -> Mapping:
    parts = (element(name, "LeadConvertSettings") for name in ("type", "fullNames"))
    wanted = element("readMetadata", *parts)
    answer = conn.call_soap("readMetadata", wanted)
    pairs = (
        (
            place.findtext(f"{{{METADATA_NS}}}outputObject"),
            pair.findtext(f"{{{METADATA_NS}}}inputField"),
            pair.findtext(f"{{{METADATA_NS}}}outputField"),
        )
        for place in answer.iter(f"{{{METADATA_NS}}}objectMapping")
        for pair in place.iter(f"{{{METADATA_NS}}}mappingFields")
    )
    return Mapping(("Contact", field, field) in pairs)
