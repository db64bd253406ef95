"""A query written out again: spell(q) parses to q."""

from __future__ import annotations

from practice_org.soql.query import (
    Aggregate,
    Among,
    AmongQuery,
    Both,
    Column,
    Compare,
    Condition,
    Either,
    Like,
    Negation,
    Nulls,
    Path,
    Query,
    Relative,
    Sort,
    Text,
    Value,
)

# Source: SOQL and SOSL Reference, "Quoted String Escape Sequences".
ESCAPES = {
    "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\",
}  # fmt: skip
_TO_ESCAPE = str.maketrans({real: f"\\{mark}" for mark, real in ESCAPES.items()})
# In a pattern a backslash is part of the pattern already and is not doubled.
_TO_ESCAPE_PATTERN = {code: text for code, text in _TO_ESCAPE.items() if code != ord("\\")}


def quote(text: str) -> str:
    """A string literal."""
    return f"'{text.translate(_TO_ESCAPE)}'"


def spell(query: Query) -> str:
    """The query in SOQL, one line."""
    parts = [
        f"SELECT {', '.join(_selected(item) for item in query.selected)}",
        f"FROM {query.source}",
        query.alias,
        f"WHERE {_condition(query.where)}" if query.where else "",
        query.security.value,
        f"GROUP BY {', '.join(map(str, query.group))}" if query.group else "",
        f"ORDER BY {', '.join(map(_sort, query.order))}" if query.order else "",
        "" if query.limit is None else f"LIMIT {query.limit}",
        "" if query.offset is None else f"OFFSET {query.offset}",
    ]
    return " ".join(part for part in parts if part)


def _selected(item: Column | Aggregate | Path) -> str:
    if isinstance(item, Path):
        return str(item)
    if isinstance(item, Column):
        return f"{item.path} {item.alias}".rstrip()
    return f"{item.function}({item.path or ''}) {item.alias}".rstrip()


def _sort(sort: Sort) -> str:
    nulls = "" if sort.nulls is Nulls.FIRST else " NULLS LAST"
    return f"{_selected(sort.by)} {sort.direction.value}{nulls}"


def _value(value: Value) -> str:
    if isinstance(value, Text):
        return quote(value.value)
    if isinstance(value, Relative):
        return value.name if value.count is None else f"{value.name}:{value.count}"
    return value.value


def _condition(condition: Condition) -> str:
    match condition:
        case Both(parts):
            return " AND ".join(map(_inner, parts))
        case Either(parts):
            return " OR ".join(map(_inner, parts))
        case Negation(part):
            return f"NOT {_inner(part)}"
        case Compare(path, operator, value):
            return f"{path} {operator.value} {_value(value)}"
        case Like(path, pattern):
            return f"{path} LIKE '{pattern.translate(_TO_ESCAPE_PATTERN)}'"
        case Among(path, membership, values):
            return f"{path} {membership.value} ({', '.join(map(_value, values))})"
        case AmongQuery(path, membership, query):
            return f"{path} {membership.value} ({spell(query)})"


def _inner(condition: Condition) -> str:
    written = _condition(condition)
    return f"({written})" if isinstance(condition, Both | Either | Negation) else written
