"""What components there are, and who changed them last: listMetadata and readMetadata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from deployer.salesforce.answers import bad_answer, moment
from deployer.salesforce.client import Connection
from deployer.salesforce.soap import children, element, local, text_of, texts

# Source: Metadata API Developer Guide, listMetadata() and readMetadata().
TYPES_PER_CALL = 3
NAMES_PER_CALL = 10
_XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@dataclass(frozen=True, slots=True)
class ListedComponent:
    """One component as the org lists it; `full_name` exactly as the org gave it."""

    type: str
    full_name: str
    id: str
    namespace: str
    last_modified_by_id: str
    last_modified_by_name: str
    last_modified_date: datetime | None
    manageable_state: str


def fetch_listing(connection: Connection, types: Sequence[str]) -> list[ListedComponent]:
    """All components of these metadata types, in the org's order; three types a call.

    Errors: OrgSaidNo when the user may not use the Metadata API; BadInput.
    """
    found: list[ListedComponent] = []
    for start in range(0, len(types), TYPES_PER_CALL):
        queries = (
            element("queries", element("type", name))
            for name in types[start : start + TYPES_PER_CALL]
        )
        arguments = element("listMetadata", *queries, element("asOfVersion", connection.version))
        answer = connection.call_soap("listMetadata", arguments)
        found += [read_component(entry) for entry in children(answer, "result")]
    return found


def read_component(entry: ET.Element) -> ListedComponent:
    """One FileProperties element. Errors: BadInput without a type or a name."""
    facts = {local(kid): (kid.text or "").strip() for kid in entry}
    if not facts.get("type") or not facts.get("fullName"):
        raise bad_answer("a listed component has no type or no name")
    return ListedComponent(
        type=facts["type"],
        full_name=facts["fullName"],
        id=facts.get("id", ""),
        namespace=facts.get("namespacePrefix", ""),
        last_modified_by_id=facts.get("lastModifiedById", ""),
        last_modified_by_name=facts.get("lastModifiedByName", ""),
        last_modified_date=moment(facts, "lastModifiedDate"),
        manageable_state=facts.get("manageableState", ""),
    )


def fetch_metadata(
    connection: Connection, type_name: str, full_names: Sequence[str]
) -> dict[str, ET.Element]:
    """The <records> of the components that exist, by full name; ten names a call.

    For checks only: readMetadata loses related-list values of a layout (retrieve does not), and a
    name the org does not know gives no record and no error.
    """
    found: dict[str, ET.Element] = {}
    for start in range(0, len(full_names), NAMES_PER_CALL):
        names = texts("fullNames", full_names[start : start + NAMES_PER_CALL])
        arguments = element("readMetadata", element("type", type_name), *names)
        answer = connection.call_soap("readMetadata", arguments)
        for result in children(answer, "result"):
            for record in children(result, "records"):
                if record.get(_XSI_NIL) not in {"true", "1"}:
                    found[text_of(record, "fullName")] = record
    return found
