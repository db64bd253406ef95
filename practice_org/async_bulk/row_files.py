"""The rows of a batch as CSV, JSON or XML, by canonical field name.

Source: Bulk API Developer Guide, "Prepare Data Files".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from practice_org.async_bulk.xml_documents import read_document
from practice_org.bulk.row_writers import Work, canonical_columns
from practice_org.wire import OrgError, parse_json

Row = Mapping[str, Any]
_WORDS: dict[Any, str] = {"1": "true", "0": "false"}
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def rows_in(work: Work, content_type: str, data: bytes) -> Iterator[Row]:
    """Each row of the file; None empties a field, the empty string leaves it alone.

    Errors: OrgError with the batch's stateMessage for a file that cannot be read. But for a
    column that is no field, its words are unverified.
    """
    return _READERS[content_type](work, data)


def _csv_rows(work: Work, data: bytes) -> Iterator[Row]:
    text = io.StringIO(data.decode("utf-8-sig", errors="replace"), newline="")
    reader = csv.reader(text)
    try:
        columns = canonical_columns(work, next(reader, []))
        flags = [name for name in columns if _is_flag(work, name)]
        for line in reader:
            if line:
                yield _with_words(dict(zip(columns, line, strict=False)), flags)
    except csv.Error as broken:
        raise _unreadable("CSV", broken) from broken


def _json_rows(work: Work, data: bytes) -> Iterator[Row]:
    try:
        records = parse_json(data)
    except ValueError as broken:
        raise _unreadable("JSON", broken) from broken
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise _unreadable("JSON", "a list of records is expected")
    known = _spelling(work)
    for record in records:
        yield _row(known, {name: record[name] for name in record if name != "attributes"})


def _xml_rows(work: Work, data: bytes) -> Iterator[Row]:
    try:
        root = read_document(data)
    except OrgError as broken:
        raise _unreadable("XML", broken.message) from broken
    known = _spelling(work)
    for record in root.children("sObject"):
        values = {field.name: _xml_value(field.element) for field in record.children()}
        row = dict(_row(known, values))
        yield _with_words(row, [name for name in row if _is_flag(work, name)])


def _is_flag(work: Work, name: str) -> bool:
    field = work.permit.names.get(name.lower())
    return field is not None and field.type == "boolean"


def _with_words(row: dict[str, Any], flags: Sequence[str]) -> Row:
    """The row with 1 and 0 as words: XML Schema's booleans, which CumulusCI sends in CSV."""
    for name in row.keys() & set(flags):
        row[name] = _WORDS.get(row[name], row[name])
    return row


def _xml_value(element: Any) -> str | None:
    if element.get(_NIL) in {"true", "1"}:
        return None
    return (element.text or "").strip()


def _spelling(work: Work) -> dict[str, str]:
    return {lower: field.name for lower, field in work.permit.names.items()}


def _row(known: Mapping[str, str], values: Mapping[str, Any]) -> Row:
    """The values by canonical name; an unknown one fails its own row later."""
    row = {known.get(name.lower(), name): value for name, value in values.items()}
    return {**row, "Id": str(row["Id"] or "")} if "Id" in row else row


def _unreadable(kind: str, why: object) -> OrgError:
    return OrgError("InvalidBatch", f"InvalidBatch : Failed to parse {kind}: {why}")


_READERS: dict[str, Callable[[Work, bytes], Iterator[Row]]] = {
    "CSV": _csv_rows,
    "JSON": _json_rows,
    "XML": _xml_rows,
}
