"""Queries answered page by page; a page is a generator over a cursor, never the whole result."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from practice_org.objects import Api, SObject
from practice_org.org import Org
from practice_org.soql.compile import Compiled, Output, compile_query
from practice_org.soql.context import Context
from practice_org.soql.parse import parse
from practice_org.wire import OrgError

# Salesforce, "Query Cursor Limits": a cursor lives two days.
LOCATOR_LIFE_S = 2 * 86_400
_ONE_ROW = (
    "When retrieving results with Metadata or FullName fields, the query qualifications must "
    "specify no more than one row for retrieval. Result size: {count}"
)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins: rows before it, and the last id given when rows come by id."""

    position: int = 0
    last_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A compiled query and its total; records come from pages()."""

    context: Context
    compiled: Compiled
    total: int

    @property
    def by_id(self) -> bool:
        """Whether pages continue after the last id instead of counting rows anew."""
        plain = not self.compiled.order and not self.compiled.grouped
        return plain and not self.compiled.query.offset and self.compiled.key.endswith('"Id"')


def prepare(context: Context, soql: str, total: int | None = None) -> Answer:
    """Parse, compile and count, unless a first page has counted already.

    Errors: OrgError as Salesforce gives it.
    """
    compiled = compile_query(context, parse(soql), soql)
    if total is not None:
        return Answer(context, compiled, total)
    counted = context.org.db.execute(compiled.counting, compiled.parameters).fetchone()[0]
    left = max(int(counted) - (compiled.query.offset or 0), 0)
    limit = compiled.query.limit
    total = left if limit is None else min(left, limit)
    _refuse_many_details(compiled, total)
    return Answer(context, compiled, total)


def _refuse_many_details(compiled: Compiled, total: int) -> None:
    if compiled.sobject.apis == {Api.TOOLING} and "Metadata" in compiled.sobject.fields:
        heavy = any(output.names[-1] in {"Metadata", "FullName"} for output in compiled.outputs)
        if heavy and total > 1:
            raise OrgError("MALFORMED_QUERY", _ONE_ROW.format(count=total))


def records(answer: Answer, start: Start, size: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Up to `size` records from `start` on, each with its own id ("" in a grouped query)."""
    if answer.compiled.only_counts:
        return
    for row in _rows(answer, start, min(size, answer.total - start.position)):
        yield _record(answer, row), str(row[-1] or "") if not answer.compiled.grouped else ""


def _rows(answer: Answer, start: Start, size: int) -> sqlite3.Cursor:
    compiled = answer.compiled
    parameters: dict[str, object] = {**compiled.parameters, "size": size}
    body, offset = compiled.body, start.position + (compiled.query.offset or 0)
    order = compiled.order
    if answer.by_id:
        order, offset = f"{compiled.key}", 0
        parameters["last_id"] = start.last_id
        body = f"{body} AND {compiled.key} > :last_id"
    ordering = f" ORDER BY {order}" if order else ""
    sql = f"SELECT {compiled.columns} {body}{ordering} LIMIT :size OFFSET :offset"
    return answer.context.org.db.execute(sql, {**parameters, "offset": offset})


def _record(answer: Answer, row: sqlite3.Row) -> dict[str, Any]:
    compiled, context = answer.compiled, answer.context
    if compiled.grouped:
        made: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
    else:
        made = {"attributes": attributes(context, compiled.sobject, row[-1])}
    joined = zip(compiled.parents, row[len(compiled.outputs) :], strict=False)
    keys = {names: (sobject, key) for (names, sobject), key in joined}
    for output, value in zip(compiled.outputs, row, strict=False):
        holder: dict[str, Any] | None = made
        for depth in range(1, len(output.names)):
            holder = _parent(context, holder, output.names[:depth], keys)
        if holder is not None:
            holder[output.names[-1]] = _value(context, output, value, row[-1])
    return made


def _parent(
    context: Context,
    holder: dict[str, Any] | None,
    names: tuple[str, ...],
    keys: Mapping[tuple[str, ...], tuple[SObject, object]],
) -> dict[str, Any] | None:
    """The nested record of a relationship, made at its first field; None where there is none."""
    sobject, key = keys[names]
    if holder is None:
        return None
    if names[-1] not in holder:
        fresh = None if key is None else {"attributes": attributes(context, sobject, key)}
        holder[names[-1]] = fresh
    found: dict[str, Any] | None = holder[names[-1]]
    return found


def _value(context: Context, output: Output, value: Any, record_id: Any) -> Any:
    if output.type == "boolean" and value is not None:
        return bool(value)
    if output.type == "complexvalue":
        return context.detail(context.org, str(record_id))
    return value


def attributes(context: Context, sobject: SObject, record_id: object) -> dict[str, str]:
    """The attributes of a record: its type and where to get it."""
    middle = "/tooling" if context.api is Api.TOOLING else ""
    url = f"/services/data/v{context.version}{middle}/sobjects/{sobject.name}/{record_id}"
    return {"type": sobject.name, "url": url}


def column_metadata(compiled: Compiled) -> list[dict[str, Any]]:
    """What `columns=true` answers, nested like the records."""
    top: dict[str, Any] = {"joinColumns": []}
    for output in compiled.outputs:
        place = top
        for name in output.names[:-1]:
            known = [column for column in place["joinColumns"] if column["columnName"] == name]
            if not known:
                place["joinColumns"].append(_column(name, Output((name,), "")))
            place = (known or place["joinColumns"][-1:])[0]
        place["joinColumns"].append(_column(output.names[-1], output))
    joined: list[dict[str, Any]] = top["joinColumns"]
    return joined


def _column(name: str, output: Output) -> dict[str, Any]:
    return {
        "aggregate": bool(output.aggregate),
        "apexType": output.type.capitalize(),
        "booleanType": output.type == "boolean",
        "columnName": name,
        "custom": name.endswith("__c"),
        "displayName": output.aggregate.lower() or name,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": output.type in {"int", "double"},
        "textType": output.type == "string",
        "updatable": False,
    }


def find_page(org: Org, locator: str, user_id: str) -> dict[str, Any] | None:
    """What keep_page stored under this locator for this user in the last two days."""
    row = org.db.execute(
        "SELECT page FROM query_locator WHERE code = ? AND user_id = ? AND made_at >= ?",
        (locator, user_id, org.now().timestamp() - LOCATOR_LIFE_S),
    ).fetchone()
    return json.loads(row[0]) if row else None


def keep_page(org: Org, user_id: str, page: dict[str, Any]) -> str:
    """Store where the next page begins; the locator is letters and digits only."""
    code, now = org.new_id("01g"), org.now().timestamp()
    org.db.execute("DELETE FROM query_locator WHERE made_at < ?", (now - LOCATOR_LIFE_S,))
    org.db.execute(
        "INSERT INTO query_locator VALUES (?, ?, ?, ?)", (code, user_id, now, json.dumps(page))
    )
    return code
