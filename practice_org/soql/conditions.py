"""WHERE to SQL. Every test is true or false: a missing value makes = false and != true."""

from __future__ import annotations

import json
from collections.abc import Callable

from practice_org.objects import Field
from practice_org.soql.query import (
    Among,
    AmongQuery,
    Both,
    Compare,
    Condition,
    Either,
    Like,
    Membership,
    Negation,
    Operator,
    Path,
    Query,
    Relative,
    Value,
)
from practice_org.soql.scope import Resolved, Scope
from practice_org.soql.values import WrongType, is_null, span, to_sql
from practice_org.wire import OrgError

_SPANS = {
    Operator.EQUAL: "({x} >= {start} AND {x} < {end})",
    Operator.NOT_EQUAL: "({x} < {start} OR {x} >= {end}) IS NOT FALSE",
    Operator.LESS: "{x} < {start}",
    Operator.LESS_OR_EQUAL: "{x} < {end}",
    Operator.GREATER: "{x} >= {end}",
    Operator.GREATER_OR_EQUAL: "{x} >= {start}",
}
Nested = Callable[[Query, Scope], str]


def to_where(condition: Condition, scope: Scope, nested: Nested) -> str:
    """One condition as an SQL expression; `nested` compiles the query of a semi-join."""
    match condition:
        case Both(parts):
            return f"({' AND '.join(to_where(part, scope, nested) for part in parts)})"
        case Either(parts):
            return f"({' OR '.join(to_where(part, scope, nested) for part in parts)})"
        case Negation(part):
            return f"({to_where(part, scope, nested)}) IS NOT TRUE"
        case Compare(path, operator, value):
            return _compare(path, operator, value, scope)
        case Like(path, pattern):
            found = _filterable(path, scope)
            return f"{found.sql} LIKE {scope.bound.bind(pattern)} ESCAPE '\\'"
        case Among(path, membership, values):
            return _among(path, membership, values, scope)
        case AmongQuery(path, membership, query):
            found = _filterable(path, scope)
            return _inside(found.sql, membership, nested(query, scope))


def _filterable(path: Path, scope: Scope) -> Resolved:
    found = scope.resolve(path)
    long_text = found.field.type == "textarea" and found.field.length > 255
    if long_text or found.field.type == "complexvalue":
        sentence = f"field '{found.field.name}' can not be filtered in a query call"
        raise scope.complaints.at("INVALID_FIELD", path.row, path.column, sentence)
    return found


def _compare(path: Path, operator: Operator, value: Value, scope: Scope) -> str:
    found = _filterable(path, scope)
    if isinstance(value, Relative):
        return _relative(found, operator, value, path, scope)
    if is_null(value) and found.field.type != "boolean":
        return f"{found.sql} IS {'NOT ' if operator is Operator.NOT_EQUAL else ''}NULL"
    bound = scope.bound.bind(_literal(found.field, value, path, scope))
    if operator is Operator.NOT_EQUAL:
        return f"{_comparable(found)} IS NOT {bound}"
    return f"{_comparable(found)} {operator.value} {bound}"


def _relative(
    found: Resolved, operator: Operator, value: Relative, path: Path, scope: Scope
) -> str:
    try:
        start, end = span(found.field, value, scope.context.org.now())
    except WrongType as wrong:
        raise _refused(wrong, path, scope) from None
    bind = scope.bound.bind
    return _SPANS[operator].format(x=found.sql, start=bind(start), end=bind(end))


def _among(path: Path, membership: Membership, values: tuple[Value, ...], scope: Scope) -> str:
    found = _filterable(path, scope)
    literals = [_literal(found.field, v, path, scope) for v in values if not is_null(v)]
    # One parameter whatever the length: SQLite limits their number, Salesforce the query's size.
    listed = f"SELECT value FROM json_each({scope.bound.bind(json.dumps(literals))})"
    test = f"{_comparable(found)} IN ({listed})"
    if any(map(is_null, values)):
        test = f"({test} OR {found.sql} IS NULL)"
    return test if membership is Membership.INSIDE else f"({test}) IS NOT TRUE"


def _inside(sql: str, membership: Membership, query: str) -> str:
    # That NOT IN keeps rows without a value, as it does for a list, is unverified.
    test = f"{sql} IN ({query})"
    return test if membership is Membership.INSIDE else f"({test}) IS NOT TRUE"


def _comparable(found: Resolved) -> str:
    return f"{found.sql} COLLATE NOCASE" if found.field.textual else found.sql


def _literal(field: Field, value: Value, path: Path, scope: Scope) -> object:
    try:
        return to_sql(field, value)
    except WrongType as wrong:
        raise _refused(wrong, path, scope) from None


def _refused(wrong: WrongType, path: Path, scope: Scope) -> OrgError:
    sentence = str(wrong)
    code = "INVALID_QUERY_FILTER_OPERATOR" if sentence.startswith("invalid ID") else "INVALID_FIELD"
    return scope.complaints.at(code, path.row, path.column, sentence)
