"""Active flows that write the field: standard fields are in no list of dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import field_on
from deployer.readiness.facts.asking import Door, fetch_rows, reason_of
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import GetRequest

_ACTIVE = "SELECT Id, MasterLabel FROM Flow WHERE Status = 'Active' ORDER BY LastModifiedDate DESC"
# Each is its own GET, 25 a call; the ones changed last are looked at.
MOST = 75
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Flows:
    """Active flows by their labels: those that untick the field, those that else write it.

    `unread` is how many were not looked at; `reason` says why the org told nothing, "" when it did.
    """

    clearing: tuple[str, ...]
    writing: tuple[str, ...]
    unread: int = 0
    reason: str = ""


def fetch_flows(conn: Connection, field: str) -> Fact[object]:
    """At most four calls. A refusal is a reason and not Unknown: a warning is all that hangs on it.

    Source: Metadata API guide, Flow: FlowRecordUpdate, FlowRecordCreate and FlowAssignment.
    """
    rows = fetch_rows(conn, Door.TOOLING, {"flows": _ACTIVE}, "active flows")["flows"]
    if isinstance(rows, Unknown):
        return Known(Flows((), (), reason=rows.reason))
    chosen = rows.value[:MOST]
    requests = [GetRequest(str(row["Id"]), f"sobjects/Flow/{row['Id']}") for row in chosen]
    try:
        answers = conn.tooling_composite(requests, purpose="what flows write") if requests else []
    except OptoutError as away:
        return Known(Flows((), (), reason=reason_of(away)))
    names = names_of(field)
    values = {
        str(row["MasterLabel"]): list(values_in(answer.body.get("Metadata") or {}, names))
        for row, answer in zip(chosen, answers, strict=True)
        if answer.error is None
    }
    clearing = (label for label, found in values.items() if False in found)
    writing = (label for label, found in values.items() if None in found and False not in found)
    unread = len(rows.value) - sum(answer.error is None for answer in answers)
    return Known(Flows(tuple(sorted(clearing)), tuple(sorted(writing)), unread))


def names_of(field: str) -> dict[str, frozenset[str]]:
    """How the field is spelled on each object, in lower case; "" for an object that is not told."""
    own, person = field.casefold(), field_on("PersonAccount", field).casefold()
    spelled = {
        "contact": frozenset({own}),
        "lead": frozenset({own}),
        "account": frozenset({person}),
    }
    return {**spelled, "": frozenset({own, person})}


def values_in(metadata: Json, names: Mapping[str, frozenset[str]]) -> Iterator[bool | None]:
    """What is written to the field each time: a constant, or None for what only a run tells."""
    for kind in ("recordUpdates", "recordCreates"):
        for element in metadata.get(kind) or ():
            spelled = names.get(str(element.get("object") or "").casefold(), frozenset())
            for item in element.get("inputAssignments") or ():
                yield from _value(str(item.get("field") or ""), item, spelled)
    for element in metadata.get("assignments") or ():
        for item in element.get("assignmentItems") or ():
            target = str(item.get("assignToReference") or "")
            yield from _value(target.rpartition(".")[2], item, names[""])


def _value(name: str, item: Json, names: frozenset[str]) -> Iterator[bool | None]:
    if name.casefold() in names:
        value = (item.get("value") or {}).get("booleanValue")
        yield value if isinstance(value, bool) else None
