"""What became of each row of a batch, in the order of the rows, as CSV, JSON or XML.

Source: Bulk API Developer Guide, "Get Batch Results".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from practice_org.async_bulk.answers import PROLOG, XMLNS
from practice_org.async_bulk.xml_documents import to_text
from practice_org.bulk.csv_text import to_line
from practice_org.bulk.row_writers import Written

# That a failed row's Id is empty in CSV and null in JSON, an update's too, is unverified.


def to_results(written: Sequence[Written], content_type: str) -> bytes:
    """The result file of a batch that wrote these rows."""
    return _WRITERS[content_type](written).encode()


def _csv(written: Sequence[Written]) -> str:
    lines = [
        ("" if row.error else row.record_id, not row.error, row.created, row.error)
        for row in written
    ]
    return "".join(
        to_line(line, ",", "\n") for line in [("Id", "Success", "Created", "Error"), *lines]
    )


def _json(written: Sequence[Written]) -> str:
    return json.dumps([_entry(row) for row in written], ensure_ascii=False)


def _entry(row: Written) -> dict[str, Any]:
    return {
        "success": not row.error,
        "created": row.created,
        "id": None if row.error else row.record_id,
        "errors": [_problem(row.error)] if row.error else [],
    }


def _problem(error: str) -> dict[str, Any]:
    """The parts of CODE:message:fields --."""
    code, _, rest = error.partition(":")
    message, _, fields = rest.rpartition(":")
    names = [name for name in fields.removesuffix("--").strip().split(", ") if name]
    return {"message": message, "fields": names, "statusCode": code, "extendedErrorDetails": None}


def _xml(written: Sequence[Written]) -> str:
    return f"{PROLOG}<results {XMLNS}>{''.join(_result(row) for row in written)}</results>"


def _result(row: Written) -> str:
    entry = _entry(row)
    errors = "".join(
        "<errors>"
        + "".join(f"<fields>{to_text(name)}</fields>" for name in problem["fields"])
        + f"<message>{to_text(problem['message'])}</message>"
        f"<statusCode>{problem['statusCode']}</statusCode></errors>"
        for problem in entry["errors"]
    )
    record_id = f"<id>{entry['id']}</id>" if entry["id"] else ""
    flags = f"<success>{_word(entry['success'])}</success><created>{_word(row.created)}</created>"
    return f"<result>{errors}{record_id}{flags}</result>"


def _word(flag: object) -> str:
    return str(bool(flag)).lower()


_WRITERS: dict[str, Callable[[Sequence[Written]], str]] = {"CSV": _csv, "JSON": _json, "XML": _xml}
