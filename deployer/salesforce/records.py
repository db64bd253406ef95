"""Records changed by Id in lots, each row with an outcome of its own, and records read by Id.

Source: REST API Developer Guide, "Update Multiple Records with Fewer Round-Trips" (sObject
Collections), "Duplicate Rule Header", "QueryAll".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote_plus

from deployer.errors import BadInput, OutcomeUnknown
from deployer.salesforce.answers import Json, rows, text_or
from deployer.salesforce.client import Connection, Writer
from deployer.salesforce.faults import harmless, refusal_of

ROWS_PER_CALL = 200
TYPES_PER_CALL = 10
# Salesforce refuses a request whose address and headers together pass 16,384 bytes.
# Source: REST API Developer Guide, "Status Codes and Error Responses" (414, 431).
QUERY_BYTES = 12_000
# Rules that only warn let the row pass; rules that block still refuse it.
_HEADERS = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}


class RowState(Enum):
    """What became of one row: UNKNOWN is read back before it is sent again."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record and the fields it gets; `record_id` has 15 or 18 characters."""

    sobject: str
    record_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """`record_id` as it was sent; `code`, `message` and `fields` are the org's first error."""

    record_id: str
    state: RowState
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()


def update_records(writer: Writer, changes: Sequence[RecordChange]) -> list[RowOutcome]:
    """Update records in as few calls as there may be; one outcome a change, in their order.

    A row that fails holds up no other. Rows whose reply was lost, or not given, are UNKNOWN;
    nothing is sent twice. Errors: as `send_lot`, and then the outcomes of the calls before are
    lost: who must keep them walks `lots` and calls `send_lot`.
    """
    outcomes: dict[int, RowOutcome] = {}
    for lot in lots(changes):
        sent = send_lot(writer, [changes[number] for number in lot])
        outcomes.update(zip(lot, sent, strict=True))
    return [outcomes[number] for number in range(len(changes))]


def lots(changes: Sequence[RecordChange], most: int = ROWS_PER_CALL) -> Iterator[list[int]]:
    """The positions of the changes that go into each call: `most`, of 10 objects at most.

    Rows of one object stand together, since the org counts each change of object as a chunk;
    among themselves they keep their order.
    """
    lot: list[int] = []
    types: set[str] = set()
    for number in sorted(range(len(changes)), key=lambda number: changes[number].sobject):
        sobject = changes[number].sobject
        is_new = sobject not in types
        if len(lot) == most or (is_new and len(types) == TYPES_PER_CALL):
            yield lot
            lot, types = [], set()
        lot.append(number)
        types.add(sobject)
    if lot:
        yield lot


def send_lot(writer: Writer, lot: Sequence[RecordChange]) -> list[RowOutcome]:
    """One call's worth of updates; one outcome a change, in their order.

    Errors: what refuses or stops the call whole (session, limits, rights, a field that is not
    there); nothing of the lot was written then.
    """
    records = [
        {"attributes": {"type": change.sobject}, "id": change.record_id, **change.values}
        for change in lot
    ]
    body = {"allOrNone": False, "records": records}
    try:
        answer = writer.send_json(
            "PATCH", "composite/sobjects", body, purpose="update records", headers=_HEADERS
        )
    except OutcomeUnknown as lost:
        return [_unknown(change, lost.message, lost.org_code) for change in lot]
    return _outcomes(lot, answer)


def fetch_records(
    connection: Connection,
    sobject: str,
    ids: Sequence[str],
    fields: Sequence[str],
    *,
    deleted: bool = False,
) -> list[dict[str, Any]]:
    """The records of these Ids that the user can see, with Id and the fields; in no order.

    `deleted` asks for those in the bin and merged away too. Errors: as any query.
    """
    ask = connection.query_all if deleted else connection.query
    return _fetch(ask, sobject, ["Id", *fields], ids)


def fetch_records_by(
    connection: Connection, sobject: str, lookup: str, ids: Sequence[str]
) -> list[dict[str, Any]]:
    """The live records whose lookup leads to one of these Ids, with that lookup and Id.

    Errors: as any query.
    """
    return _fetch(connection.query, sobject, [lookup, "Id"], ids)


def _fetch(
    ask: Callable[..., list[dict[str, Any]]],
    sobject: str,
    columns: Sequence[str],
    ids: Sequence[str],
) -> list[dict[str, Any]]:
    """The rows whose first column is one of the Ids, in as few queries as addresses allow."""
    listed = ", ".join(dict.fromkeys(columns))
    start = f"SELECT {listed} FROM {sobject} WHERE {columns[0]} IN "  # noqa: S608 - SOQL of API names
    found: list[dict[str, Any]] = []
    for batch in id_batches(ids, QUERY_BYTES - len(quote_plus(start))):
        literals = ", ".join(f"'{one}'" for one in batch)
        found += ask(f"{start}({literals})", purpose=f"read {sobject}")
    return found


def id_batches(ids: Sequence[str], room: int) -> Iterator[Sequence[str]]:
    """The Ids in runs whose list of literals takes at most `room` bytes of an address.

    Errors: ValueError for an Id that is not letters and digits, before any is yielded.
    """
    if strange := [one for one in ids if not (one.isascii() and one.isalnum())]:
        raise ValueError(f"{len(strange)} ids are not letters and digits")
    longest = max(map(len, ids), default=18)
    size = max(room // (longest + len(quote_plus("'', "))), 1)
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _outcomes(lot: Sequence[RecordChange], answer: Any) -> list[RowOutcome]:
    """By position while the Ids agree with it, else by Id alone; what is missing is UNKNOWN."""
    try:
        results = rows(answer, "the results")
        told = [_key(text_or(result, "id")) for result in results]
    except BadInput as strange:
        return [_unknown(change, strange.message) for change in lot]
    sent = [_key(change.record_id) for change in lot]
    if len(told) == len(sent) and all(t in ("", s) for t, s in zip(told, sent, strict=True)):
        return [_outcome(change, row) for change, row in zip(lot, results, strict=True)]
    counts = Counter(told) + Counter(sent)  # an Id that is there twice says nothing about either
    by_id = {key: row for key, row in zip(told, results, strict=True) if counts[key] == 2}
    return [_outcome(change, by_id.get(key, {})) for change, key in zip(lot, sent, strict=True)]


def _outcome(change: RecordChange, result: Json) -> RowOutcome:
    if result.get("success") is True:
        return RowOutcome(change.record_id, RowState.DONE)
    if result.get("success") is not False:
        return _unknown(change, "the org's answer says nothing about this row")
    refusal = refusal_of(200, result.get("errors"))
    return RowOutcome(
        change.record_id, RowState.REFUSED, refusal.code, harmless(refusal.message), refusal.fields
    )


def _unknown(change: RecordChange, why: str, code: str = "") -> RowOutcome:
    return RowOutcome(change.record_id, RowState.UNKNOWN, code, why)


def _key(record_id: str) -> str:
    """The 15 characters that say which record it is; the last three of 18 repeat their case."""
    return record_id[:15]
