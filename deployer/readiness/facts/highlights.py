"""Compact layouts and quick actions: where a few fields are shown beside a record's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asking import Door, Rows, fetch_rows, reason_of
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import GetRequest
from deployer.salesforce.soql import bind

OBJECTS = ("Contact", "Lead")
KINDS = {"CompactLayout": "compact layout", "QuickActionDefinition": "quick action"}
_LISTED = "SELECT Id, DeveloperName, SobjectType FROM {kind} WHERE SobjectType IN :objects"
# Each is its own GET, 25 a call; more than this are counted, not looked at.
MOST = 50
_EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Highlights:
    """Each as "quick action Contact LogACall": those with the field, those with Email alone.

    `unread` is how many were not looked at; `reason` says why the org told nothing, "" when it did.
    """

    having: tuple[str, ...]
    email_alone: tuple[str, ...]
    unread: int = 0
    reason: str = ""


def fetch_highlights(conn: Connection, field: str) -> Fact[object]:
    """At most three calls. Nothing hangs on it, so a refusal is a reason and not Unknown."""
    queries = {kind: bind(_LISTED.format(kind=kind), objects=OBJECTS) for kind in KINDS}
    found = fetch_rows(conn, Door.TOOLING, queries, "compact layouts and quick actions")
    refused = [fact.reason for fact in found.values() if isinstance(fact, Unknown)]
    if refused:
        return Known(Highlights((), (), reason=refused[0]))
    rows = {kind: fact.value for kind, fact in found.items() if isinstance(fact, Known)}
    names = dict(_names(rows))
    chosen = list(names)[:MOST]
    requests = [GetRequest(each.rpartition("/")[2], each) for each in chosen]
    try:
        answers = conn.tooling_composite(requests, purpose="their fields") if requests else []
    except OptoutError as away:
        return Known(Highlights((), (), reason=reason_of(away)))
    read = {
        names[path]: set(_fields(answer.body.get("Metadata") or {}))
        for path, answer in zip(chosen, answers, strict=True)
        if answer.error is None
    }
    return Known(_highlights(read, field.casefold(), len(names) - len(read)))


def _names(rows: Mapping[str, Rows]) -> Iterator[tuple[str, str]]:
    """Path -> what it is."""
    for kind, told in rows.items():
        for row in told:
            name = f"{KINDS[kind]} {row['SobjectType']} {row['DeveloperName']}"
            yield f"sobjects/{kind}/{row['Id']}", name


def _highlights(read: Mapping[str, set[str]], field: str, unread: int) -> Highlights:
    having = (name for name, fields in read.items() if field in fields)
    alone = (name for name, fields in read.items() if _EMAIL in fields and field not in fields)
    return Highlights(tuple(sorted(having)), tuple(sorted(alone)), unread)


def _fields(metadata: Mapping[str, Any]) -> Iterator[str]:
    """A compact layout lists its fields; a quick action has columns of items."""
    for name in metadata.get("fields") or ():
        yield str(name).casefold()
    for column in (metadata.get("quickActionLayout") or {}).get("quickActionLayoutColumns") or ():
        for item in column.get("quickActionLayoutItems") or ():
            yield str(item.get("field") or "").casefold()
