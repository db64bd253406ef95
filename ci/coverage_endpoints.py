"""The practice org's endpoints as its coverage page writes them, and who was seen at each."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from practice_org.app import normalised, routes
from practice_org.metadata.soap_endpoint import OPERATIONS
from practice_org.route import Route
from practice_org.wire import Request

# Regular expression -> how the page writes it; in this order.
_READABLE = (
    (r"\(\?P<v>[^()]*\)", "NN"),
    (r"\((\?P<tooling>|\?:)tooling/\)\?", "[tooling/]"),
    (r"\((\?:)?/\S+?\)\?", "[/...]"),
    (r"\(\?P<(\w+)>[^()]*\)", r"{\1}"),
)
# What REST's methods do where a docstring says no more than method and path.
_PLAIN = {"GET": "read", "POST": "create", "PUT": "send", "PATCH": "change", "DELETE": "delete"}
METADATA_API = "POST /services/Soap/m/NN[/...]"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A row of the table."""

    method: str
    path: str
    what: str

    @property
    def key(self) -> str:
        """How the record of the strangers names it."""
        return f"{self.method} {self.path}"


def endpoints() -> list[Endpoint]:
    """Every route there is, with what its function's docstring says first, by path."""
    found = [Endpoint(r.method, _spelled(r.pattern.pattern), _says(r)) for r in routes()]
    return sorted(found, key=lambda endpoint: (endpoint.path, endpoint.method))


def operations() -> dict[str, str]:
    """The Metadata API's operations -> how the record names them."""
    return {name: f"{METADATA_API} {name}" for name in OPERATIONS}


def touched(notes: Iterable[str]) -> set[str]:
    """The endpoints (and operations) that requests came to.

    `notes` are lines of practice_org/request_notes.py; what no route takes is left out.
    """
    return {key for line in notes for key in _key(*_words(line))}


def clients_at(record: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Endpoint -> the clients whose flows ("client: name" -> endpoints) came to it."""
    pairs = {
        (key, title.partition(":")[0]) for title, touched_by in record.items() for key in touched_by
    }
    return {key: sorted(c for k, c in pairs if k == key) for key, _ in pairs}


def _words(line: str) -> list[str]:
    """Method, path and, if there is one, the operation; between these are status and sizes."""
    words = line.split(" ")
    return words[:2] + words[5:]


def _key(method: str, path: str, operation: str = "") -> list[str]:
    asked = normalised(Request(method, path))
    found = next((route for route in routes() if _takes(route, asked)), None)
    if found is None:
        return []
    key = f"{found.method} {_spelled(found.pattern.pattern)}"
    return [key, f"{key} {operation}"] if key == METADATA_API and operation in OPERATIONS else [key]


def _takes(route: Route, asked: Request) -> bool:
    return route.method == asked.method and route.pattern.fullmatch(asked.path) is not None


def _spelled(pattern: str) -> str:
    """A route's pattern as a person would write it."""
    for found, readable in _READABLE:
        pattern = re.sub(found, readable, pattern)
    return pattern


def _says(route: Route) -> str:
    """The first paragraph of the endpoint's docstring, without the row's own method and path."""
    first = (inspect.getdoc(route.endpoint) or "").partition("\n\n")[0]
    words = first.partition("Errors:")[0].split()
    while words and words[0].strip("(:)") in {*_PLAIN, "or"}:
        words.pop(0)
    path, colon, rest = " ".join(words).partition(": ")
    said = rest if colon and " " not in path and "?" not in path else f"{path}{colon}{rest}"
    return said.removesuffix(".") if " " in said else _PLAIN[route.method]
