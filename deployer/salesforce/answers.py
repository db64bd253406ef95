"""JSON from the org is checked where it comes in: a missing key is a sentence, not a KeyError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from deployer.errors import BadInput

Json = Mapping[str, Any]


def bad_answer(what: str) -> BadInput:
    """The error for an answer that does not have the documented shape."""
    return BadInput(
        f"the org's answer is not what Salesforce documents: {what}",
        hint="run it again with --verbose; a proxy that rewrites answers is a usual cause",
    )


def mapping(value: Any, what: str) -> Json:
    """A JSON object. Errors: BadInput, as in all of these."""
    if isinstance(value, Mapping):
        return value
    raise bad_answer(f"{what} is missing or not an object")


def rows(value: Any, what: str) -> list[Json]:
    """A JSON list of objects; null is an empty list, as Salesforce leaves empty lists out."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
        return value
    raise bad_answer(f"{what} is not a list of objects")


def text(row: Json, key: str) -> str:
    """A text that must be there."""
    value = row.get(key)
    if isinstance(value, str) and value:
        return value
    raise bad_answer(f"{key} is missing")


def text_or(row: Json, key: str, default: str = "") -> str:
    """A text, or the default when it is absent or null; a number is written out."""
    value = row.get(key)
    if value is None:
        return default
    if isinstance(value, (dict, list)):
        raise bad_answer(f"{key} is not a text")
    return str(value)


def flag(row: Json, key: str) -> bool:
    """A boolean; absent is false. Salesforce's REST sends real booleans, old versions texts."""
    value = row.get(key)
    if value in (None, "", "false", False):
        return False
    if value in ("true", True):
        return True
    raise bad_answer(f"{key} is not true or false")


def number(row: Json, key: str) -> int:
    """A whole number; absent is 0."""
    value = row.get(key) or 0
    try:
        return int(value)
    except (TypeError, ValueError) as wrong:
        raise bad_answer(f"{key} is not a number") from wrong


def moment(row: Json, key: str) -> datetime | None:
    """An aware time; None when absent. 2026-11-24T09:00:00.000+0000 and ...Z are both in use."""
    value = text_or(row, key)
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError as wrong:
        raise bad_answer(f"{key} is not a time") from wrong
    if parsed.tzinfo is None:
        raise bad_answer(f"{key} has no time zone")
    return parsed


def all_rows(page: Any, fetch: Callable[[str], Any]) -> list[Json]:
    """Every row of a query, from its first page on; `fetch` gives the page at a path.

    Source: REST API Developer Guide, "Query": `done` and `nextRecordsUrl`.
    """
    found: list[Json] = []
    while True:
        page = mapping(page, "the query's answer")
        if "records" not in page:
            raise bad_answer("records is missing")
        found += rows(page["records"], "records")
        if flag(page, "done"):
            return found
        path = text(page, "nextRecordsUrl")
        page = fetch(path if path.startswith("/") else f"/{path}")
