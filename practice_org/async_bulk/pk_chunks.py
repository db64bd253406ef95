"""PK chunking: one query split by record id into queries that a batch each answers.

Source: Bulk API Developer Guide, "PK Chunking Header".
"""

from __future__ import annotations

import re
from itertools import pairwise

from practice_org.objects import Kind, find_object
from practice_org.org import Org
from practice_org.soql.parse import parse
from practice_org.wire import OrgError

DEFAULT_SIZE = 100_000
LARGEST_SIZE = 250_000
_TAIL = re.compile(r"\s(ORDER\s+BY|LIMIT|OFFSET|FOR\s+\w+)\b[^']*$", re.IGNORECASE)


def to_chunk_size(header: str) -> int:
    """What Sforce-Enable-PKChunking asks for, 0 for none: "true", "chunkSize=50000; parent=X".

    Errors: OrgError InvalidJob for a size that is none; Salesforce's words are unverified.
    """
    if header.strip().lower() in {"", "false"}:
        return 0
    found = re.search(r"chunkSize\s*=\s*(\d+)", header, re.IGNORECASE)
    size = int(found[1]) if found else DEFAULT_SIZE
    if not 0 < size <= LARGEST_SIZE:
        raise OrgError("InvalidJob", f"chunkSize must be between 1 and {LARGEST_SIZE}")
    return size


def chunks_of(org: Org, soql: str, size: int) -> list[str]:
    """The query once for each `size` rows that its object has, deleted ones counted.

    Errors: OrgError of the query; its object must have a table.
    """
    sobject = find_object(parse(soql).source)
    if sobject is None or sobject.kind is Kind.VIRTUAL:
        raise OrgError("INVALID_TYPE", "Entity is not supported for PK chunking")
    firsts = org.db.execute(
        'SELECT "Id" FROM (SELECT "Id", row_number() OVER (ORDER BY "Id") AS place '
        f'FROM "{sobject.name}") WHERE (place - 1) % ? = 0 ORDER BY "Id"',
        (size,),
    )
    bounds = [str(row[0]) for row in firsts]
    spans = [f"Id >= '{low}' AND Id < '{high}'" for low, high in pairwise(bounds)]
    spans += [f"Id >= '{last}'" for last in bounds[-1:]]
    return [_narrowed(soql, span) for span in spans]


def _narrowed(soql: str, condition: str) -> str:
    """The query with one more condition before its ORDER BY, LIMIT and the like."""
    tail = _TAIL.search(soql)
    body, rest = (soql[: tail.start()], soql[tail.start() :]) if tail else (soql, "")
    head, where, old = _split_where(body)
    wanted = f"({old.strip()}) AND {condition}" if where else condition
    return f"{head.rstrip()} WHERE {wanted}{rest}"


def _split_where(body: str) -> tuple[str, str, str]:
    found = re.search(r"\bWHERE\b", body, re.IGNORECASE)
    if found is None:
        return body, "", ""
    return body[: found.start()], found[0], body[found.end() :]
