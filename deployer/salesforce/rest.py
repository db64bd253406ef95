"""The few records we write: created and deleted in lots, each row with its own outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deployer.salesforce.answers import Json, bad_answer, flag, rows, text_or
from deployer.salesforce.client import Writer
from deployer.salesforce.faults import harmless

ROWS_PER_CALL = 200  # Source: REST API Developer Guide, "sObject Collections"


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row, in the order sent; `id` is "" when it was not created."""

    id: str
    success: bool
    code: str = ""
    message: str = ""


def post_rows(
    connection: Writer, sobject: str, values: Sequence[Mapping[str, Any]]
) -> list[RowResult]:
    """Create records; a row that fails does not hold up another (allOrNone false).

    Errors: OutcomeUnknown when a reply was lost: read back before sending again.
    """
    found: list[RowResult] = []
    for start in range(0, len(values), ROWS_PER_CALL):
        lot = [
            {"attributes": {"type": sobject}, **row}
            for row in values[start : start + ROWS_PER_CALL]
        ]
        body = {"allOrNone": False, "records": lot}
        answer = connection.send_json(
            "POST", "composite/sobjects", body, purpose=f"create {sobject}"
        )
        found += _results(answer, len(lot))
    return found


def delete_rows(connection: Writer, ids: Sequence[str], *, sobject: str) -> list[RowResult]:
    """Delete records by id; one that is gone already is a failed row, ENTITY_IS_DELETED.

    Errors: as `post_rows`.
    """
    found: list[RowResult] = []
    for start in range(0, len(ids), ROWS_PER_CALL):
        lot = ids[start : start + ROWS_PER_CALL]
        answer = connection.send_delete(
            "composite/sobjects", {"ids": ",".join(lot), "allOrNone": "false"},
            purpose=f"delete {sobject}",
        )  # fmt: skip
        found += _results(answer, len(lot))
    return found


def _results(answer: Any, expected: int) -> list[RowResult]:
    results = rows(answer, "the results")
    if len(results) != expected:
        raise bad_answer(f"{expected} rows were sent and {len(results)} answered")
    return [_result(row) for row in results]


def _result(row: Json) -> RowResult:
    errors = rows(row.get("errors"), "errors")
    first: Json = errors[0] if errors else {}
    return RowResult(
        id=text_or(row, "id"),
        success=flag(row, "success"),
        code=text_or(first, "statusCode"),
        message=harmless(text_or(first, "message")),
    )
