"""SOQL with its values bound in one place, so that no query is glued together from texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

# A name in the query such as :object; a dateTime literal's colons have digits around them.
_NAME = re.compile(r"(?<![\w:]):([a-z_]+)\b")


def bind(query: str, **values: str | datetime | Iterable[str]) -> str:
    """The query with each :name replaced by its value as a SOQL literal.

    A text is quoted, an aware time is written in UTC, several texts become a list for IN.
    Errors: KeyError for a name without a value.
    """
    return _NAME.sub(lambda found: literal(values[found[1]]), query)


def literal(value: str | datetime | Iterable[str]) -> str:
    """One value as SOQL. Source: SOQL reference, "Quoted String Escape Sequences"."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"({', '.join(literal(each) for each in value)})"
