"""A query's rows as result files of CSV, JSON or XML: a snapshot, taken when the batch runs.

Source: Bulk API Developer Guide, "Bulk Query"; the JSON of CumulusCI's recordings of the service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from practice_org.async_bulk.answers import PROLOG, XMLNS
from practice_org.async_bulk.async_jobs import QUERIES, Job
from practice_org.bulk.csv_text import to_line
from practice_org.objects import Api
from practice_org.org import Org
from practice_org.soql.compile import Output
from practice_org.soql.context import Context
from practice_org.soql.run import Answer, Start, prepare, records
from practice_org.tooling.detail import metadata_of
from practice_org.tooling.providers import PROVIDERS
from practice_org.wire import OrgError

# How Salesforce cuts results into files is unverified.
ROWS_PER_FILE = 50_000
_NOTHING = b"Records not found for this query\n"
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
Record = dict[str, Any]


def query_files(org: Org, job: Job, soql: str) -> tuple[int, Iterator[bytes]]:
    """How many rows the query finds, and its result files (setting bulk_page_rows).

    Errors: OrgError of the query; aggregates are refused.
    """
    context = Context(
        org, job.user_id, Api.DATA, float(job.version), PROVIDERS, metadata_of,
        QUERIES[job.operation],
    )  # fmt: skip
    answer = prepare(context, soql)
    if answer.compiled.grouped or answer.compiled.only_counts:
        sentence = "Aggregate Relationships not supported in Bulk Query"
        raise OrgError("FUNCTIONALITY_NOT_ENABLED", sentence)
    size = int(org.setting("bulk_page_rows", str(ROWS_PER_FILE)))
    return answer.total, _files(answer, job.content_type, size)


def _files(answer: Answer, content_type: str, size: int) -> Iterator[bytes]:
    start, write = Start(), _WRITERS[content_type]
    while start.position < answer.total or not start.position:
        found = list(records(answer, start, size))
        yield write(answer.compiled.outputs, [record for record, _ in found])
        if not found:
            return
        start = Start(start.position + len(found), found[-1][1])


def _csv(outputs: Sequence[Output], found: Sequence[Record]) -> bytes:
    if not found:
        return _NOTHING
    header = to_line([".".join(output.names) for output in outputs], ",", "\n")
    lines = (to_line([_value(record, output) for output in outputs], ",", "\n") for record in found)
    return (header + "".join(lines)).encode()


def _json(outputs: Sequence[Output], found: Sequence[Record]) -> bytes:
    for output in outputs:
        if output.type in {"date", "datetime"}:
            for record in found:
                _count_milliseconds(record, output)
    return json.dumps(found, ensure_ascii=False).encode()


def _count_milliseconds(record: Record, output: Output) -> None:
    """Moments are milliseconds since 1970 in this JSON; that dates are is unverified."""
    holder = _holder(record, output)
    value = holder and holder.get(output.names[-1])
    if holder and value:
        moment = datetime.fromisoformat(value)
        holder[output.names[-1]] = round((moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _value(record: Record, output: Output) -> Any:
    holder = _holder(record, output)
    return holder.get(output.names[-1]) if holder else None


def _holder(record: Record, output: Output) -> Record | None:
    """The record that holds the value: itself, or a parent that may not be there."""
    here: Record | None = record
    for name in output.names[:-1]:
        here = here.get(name) if here else None
    return here


def _xml(_outputs: Sequence[Output], found: Sequence[Record]) -> bytes:
    parts = "".join(_element("records", record) for record in found)
    return f"{PROLOG}<queryResult {XMLNS} {_XSI}>{parts}</queryResult>".encode()


def _element(name: str, value: Any) -> str:
    """One field, or a record with its type first."""
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, dict):
        fields = "".join(_element(key, each) for key, each in value.items() if key != "attributes")
        kind = f"<type>{value['attributes']['type']}</type>"
        return f'<{name} xsi:type="sObject">{kind}{fields}</{name}>'
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


_WRITERS: dict[str, Callable[[Sequence[Output], Sequence[Record]], bytes]] = {
    "CSV": _csv,
    "JSON": _json,
    "XML": _xml,
}
