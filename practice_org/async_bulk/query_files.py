"""A query's rows as result files of CSV, JSON or XML: a snapshot, taken when the batch runs.

Source: Bulk API Developer Guide, "Bulk Query"; the JSON of CumulusCI's recordings of the service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from practice_org.async_bulk.answers import PROLOG, XMLNS
from practice_org.async_bulk.async_jobs import QUERIES, Job
from practice_org.async_bulk.xml_documents import to_text
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
    return answer.total, _files(answer, _FORMS[job.content_type], size)


def _files(answer: Answer, form: Form, size: int) -> Iterator[bytes]:
    outputs = answer.compiled.outputs
    if not answer.total:
        yield form.nothing.encode()
    start = Start()
    while start.position < answer.total:
        parts, last_id = [], ""
        for record, last_id in records(answer, start, size):  # noqa: B007 - the last one is used
            parts.append(form.part(outputs, record))
        yield f"{form.opening(outputs)}{form.between.join(parts)}{form.closing}".encode()
        start = Start(start.position + len(parts), last_id)


def _header(outputs: Sequence[Output]) -> str:
    return to_line([".".join(output.names) for output in outputs], ",", "\n")


def _line(outputs: Sequence[Output], record: Record) -> str:
    return to_line([_value(record, output) for output in outputs], ",", "\n")


def _json(outputs: Sequence[Output], record: Record) -> str:
    for output in outputs:
        if output.type in {"date", "datetime"}:
            _count_milliseconds(record, output)
    return json.dumps(record, ensure_ascii=False)


def _count_milliseconds(record: Record, output: Output) -> None:
    """Moments are milliseconds since 1970 in this JSON; that dates are is unverified."""
    holder = _holder(record, output)
    value = holder and holder.get(output.names[-1])
    if holder and value:
        moment = datetime.fromisoformat(value)
        holder[output.names[-1]] = round(moment.replace(tzinfo=UTC).timestamp() * 1000)


def _value(record: Record, output: Output) -> Any:
    holder = _holder(record, output)
    return holder.get(output.names[-1]) if holder else None


def _holder(record: Record, output: Output) -> Record | None:
    """The record that holds the value: itself, or a parent that may not be there."""
    here: Record | None = record
    for name in output.names[:-1]:
        here = here.get(name) if here else None
    return here


def _xml(_outputs: Sequence[Output], record: Record) -> str:
    return _element("records", record)


def _element(name: str, value: Any) -> str:
    """One field, or a record with its type first."""
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, dict):
        fields = "".join(_element(key, each) for key, each in value.items() if key != "attributes")
        kind = f"<type>{value['attributes']['type']}</type>"
        return f'<{name} xsi:type="sObject">{kind}{fields}</{name}>'
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{to_text(text)}</{name}>"


@dataclass(frozen=True, slots=True)
class Form:
    """How a file of one content type is put together."""

    part: Callable[[Sequence[Output], Record], str]
    opening: Callable[[Sequence[Output]], str]
    between: str
    closing: str
    nothing: str


_RESULT = f"{PROLOG}<queryResult {XMLNS} {_XSI}>"
_FORMS = {
    "CSV": Form(_line, _header, "", "", "Records not found for this query\n"),
    "JSON": Form(_json, lambda _: "[", ",", "]", "[]"),
    "XML": Form(_xml, lambda _: _RESULT, "", "</queryResult>", f"{_RESULT}</queryResult>"),
}
