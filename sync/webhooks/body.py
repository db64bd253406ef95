"""The bytes of one delivery -> one Unsubscribe."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar

from sync.webhooks.event import Email, PersonId, SalesforceId, Selector, Unsubscribe
from sync.webhooks.formats import open_body
from sync.webhooks.mapping import OWN_SHAPE, BodyShape, Undated
from sync.webhooks.refusals import Malformed
from sync.webhooks.values import to_email, to_id, to_moment, to_note, to_record_id

_Read = TypeVar("_Read")
_SELECTORS: Mapping[str, Callable[[object, str], Selector]] = {
    "person_id": lambda value, where: PersonId(to_id(value, where)),
    "email": lambda value, where: Email(to_email(value, where)),
    "salesforce_id": lambda value, where: SalesforceId(to_record_id(value, where)),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a delivery came in (aware, UTC), and its verified webhook-id, "" when it has none."""

    at: datetime
    webhook_id: str = ""


@dataclass(frozen=True, slots=True)
class _Given:
    """The fields that a body has, by our names, each with the path it was found at."""

    values: Mapping[str, object]
    paths: Mapping[str, str]

    def has(self, name: str) -> bool:
        return name in self.values

    def read(self, name: str, reader: Callable[[object, str], _Read]) -> _Read:
        return reader(self.values[name], self.paths[name])


def body_hash(body: bytes) -> str:
    """SHA-256 of the raw bytes, 64 hex digits: tells two events under one id apart."""
    return hashlib.sha256(body).hexdigest()


def to_unsubscribe(body: bytes, arrival: Arrival, shape: BodyShape = OWN_SHAPE) -> Unsubscribe:
    """Read one delivery; keys that nobody asks for are ignored, null and "" are absent.

    Errors: Malformed (400) or TooLarge (413), naming a field and never its value.
    """
    given = _read_fields(body, shape)
    return Unsubscribe(
        event_id=_event_id(given, body, arrival),
        selector=_selector(given),
        occurred_at=_occurred_at(given, arrival, shape.undated),
        reason=given.read("reason", to_note) if given.has("reason") else "",
        source=given.read("source", to_note) if given.has("source") else "",
    )


def _read_fields(body: bytes, shape: BodyShape) -> _Given:
    look_up = open_body(body, shape.format)
    paths = {name: path for name, path in asdict(shape.fields).items() if path}
    found = {name: look_up(path) for name, path in paths.items()}
    values = {name: value for name, value in found.items() if value is not None and value != ""}
    return _Given(values, paths)


def _selector(given: _Given) -> Selector:
    named = [name for name in _SELECTORS if given.has(name)]
    if len(named) == 1:
        return given.read(named[0], _SELECTORS[named[0]])
    ways = ", ".join(given.paths[name] for name in _SELECTORS if name in given.paths)
    raise Malformed("body", f"it must say who unsubscribed in exactly one of: {ways}")


def _occurred_at(given: _Given, arrival: Arrival, undated: Undated) -> datetime:
    if given.has("occurred_at"):
        return given.read("occurred_at", lambda value, where: to_moment(value, where, arrival.at))
    if undated is Undated.REFUSED and "occurred_at" in given.paths:
        raise Malformed(given.paths["occurred_at"], "it is missing")
    return arrival.at


def _event_id(given: _Given, body: bytes, arrival: Arrival) -> str:
    own = given.read("id", to_id) if given.has("id") else ""
    if own and arrival.webhook_id and own != arrival.webhook_id:
        raise Malformed(given.paths["id"], "it is not the webhook-id that was signed")
    if own or arrival.webhook_id:
        return own or arrival.webhook_id
    if given.has("occurred_at"):
        return body_hash(body)
    # The same person may unsubscribe twice, with a re-subscribe in between: without a date both
    # say the same, and taking the second for a copy of the first would lose it.
    return body_hash(body + b"\0" + arrival.at.isoformat().encode("ascii"))
