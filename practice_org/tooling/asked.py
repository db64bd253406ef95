"""What a query's WHERE names outright: objects whose rows are computed are computed for that."""

from __future__ import annotations

from collections.abc import Iterator

from practice_org.soql.query import (
    Among,
    Both,
    Compare,
    Condition,
    Membership,
    Operator,
    Query,
    Text,
)


def literals(query: Query, path: str) -> list[str]:
    """The strings that `path` must equal (= or IN), in conjunctions only; [] when not tested."""
    return list(dict.fromkeys(_texts(query.where, path.lower())))


def _texts(condition: Condition | None, path: str) -> Iterator[str]:
    match condition:
        case Both(parts):
            for part in parts:
                yield from _texts(part, path)
        case Compare(tested, Operator.EQUAL, Text(value)) if str(tested).lower() == path:
            yield value
        case Among(tested, Membership.INSIDE, values) if str(tested).lower() == path:
            yield from (value.value for value in values if isinstance(value, Text))
