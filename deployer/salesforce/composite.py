"""Many GETs in one call; each part answers for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from deployer.errors import OptoutError
from deployer.salesforce.answers import bad_answer, mapping, number, rows, text
from deployer.salesforce.faults import refusal_of, to_error

# Source: REST API Developer Guide, "Composite": 25 subrequests, of them 5 queries.
MOST_PARTS = 25
MOST_QUERIES = 5


@dataclass(frozen=True, slots=True)
class GetRequest:
    """One GET; `path` is below /services/data/vNN/ (below tooling/ in a tooling composite).

    `reference` names the answer: letters, digits and underscores, unique in its call.
    """

    reference: str
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one GET gave: `error` is None when `body` is the answer."""

    reference: str
    status: int
    body: Any
    error: OptoutError | None


def query_request(reference: str, soql: str) -> GetRequest:
    """A GET that runs a query; its answer's `body["records"]` are the first page's rows."""
    return GetRequest(reference, f"query?q={quote(soql)}")


def batches(requests: Sequence[GetRequest]) -> Iterator[list[GetRequest]]:
    """The requests in order, cut where Salesforce's two limits would be passed."""
    batch: list[GetRequest] = []
    queries = 0
    for request in requests:
        is_query = request.path.startswith("query")
        if len(batch) == MOST_PARTS or (is_query and queries == MOST_QUERIES):
            yield batch
            batch, queries = [], 0
        batch.append(request)
        queries += is_query
    if batch:
        yield batch


def to_body(batch: Sequence[GetRequest], version: str, *, tooling: bool) -> dict[str, Any]:
    """The JSON body of one call."""
    root = f"/services/data/v{version}/" + ("tooling/" if tooling else "")
    return {
        "allOrNone": False,
        "compositeRequest": [
            {"method": "GET", "url": root + request.path, "referenceId": request.reference}
            for request in batch
        ],
    }


def read_answers(batch: Sequence[GetRequest], answer: Any) -> list[Answer]:
    """One Answer a request, in its order. Errors: BadInput when parts are missing."""
    parts = rows(mapping(answer, "the composite answer").get("compositeResponse"), "parts")
    by_reference = {text(part, "referenceId"): part for part in parts}
    if missing := [r.reference for r in batch if r.reference not in by_reference]:
        raise bad_answer(f"no part answers {missing[0]}")
    return [_read_part(by_reference[request.reference]) for request in batch]


def _read_part(part: Any) -> Answer:
    status, body = number(part, "httpStatusCode"), part.get("body")
    error = None if 200 <= status < 300 else to_error(refusal_of(status, body))
    return Answer(text(part, "referenceId"), status, body, error)
