"""Bytes -> a way to look a field up: strict JSON by dotted path, or a form by its own names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from sync.webhooks.refusals import Malformed, TooLarge

MOST_BYTES = 256 * 1024
DEEPEST = 32
MOST_FORM_FIELDS = 1000

# A path of the settings -> the value that stands there; None when nothing does.
Lookup = Callable[[str], object]


class Format(Enum):
    """How a sender writes its bodies."""

    JSON = "json"
    FORM = "form"


def open_body(body: bytes, form: Format) -> Lookup:
    """Read a body of at most 256 KB of UTF-8. Errors: TooLarge, Malformed."""
    if len(body) > MOST_BYTES:
        raise TooLarge("body", f"it is larger than {MOST_BYTES // 1024} KB")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("body", "it is not UTF-8") from None  # the cause holds the body
    return _OPENERS[form](text)


def _open_json(text: str) -> Lookup:
    found = _parse(text)
    if not isinstance(found, dict):
        raise Malformed("body", "it must be one JSON object; send one event at a time")
    _check_depth(found)

    def look_up(path: str) -> object:
        return _walk(found, path)

    return look_up


def _parse(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Malformed("body", "it is not JSON") from None  # the cause holds the body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    raise Malformed("body", "a key stands twice in one object, so it says two things")


def _no_number(_word: str) -> NoReturn:
    raise Malformed("body", "NaN and Infinity are not JSON")


def _check_depth(found: object) -> None:
    level = [found]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise _too_deep()


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> Malformed:
    return Malformed("body", f"it is nested more than {DEEPEST} deep")


def _walk(found: object, path: str) -> object:
    value = found
    for part in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict):
            # A list may hold several events; taking the first would lose the others.
            raise Malformed(path, "there must be one object on the way to it, no list and no text")
        value = value.get(part)
    return value


def _open_form(text: str) -> Lookup:
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FORM_FIELDS
        )
    except ValueError:
        raise Malformed("body", "it is not a form of at most 1,000 UTF-8 fields") from None
    times = Counter(name for name, _ in pairs)
    values = dict(pairs)

    def look_up(path: str) -> object:
        if times[path] > 1:
            raise Malformed(path, "it stands twice, so it says two things")
        return values.get(path)

    return look_up


_OPENERS: Mapping[Format, Callable[[str], Lookup]] = {
    Format.JSON: _open_json,
    Format.FORM: _open_form,
}
