"""Literals against field types: what may be compared with what, and how SQLite sees it.

Days begin at midnight UTC here; a real org uses the caller's time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from practice_org.ids import to_18
from practice_org.objects import Field
from practice_org.org import to_timestamp
from practice_org.soql.query import Day, Moment, Number, Relative, Text, Value, Word

_WRONG = "value of filter criterion for field '{field}' must be of type {type}"
_QUOTES = {
    True: " and should be enclosed in quotes",
    False: " and should not be enclosed in quotes",
}
_NUMBERS = frozenset({"int", "double", "currency", "percent"})
_OFFSETS = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}


class WrongType(Exception):
    """A literal of the wrong kind for its field; the sentence is Salesforce's."""


def is_null(value: Value) -> bool:
    """Whether a literal stands for no value; the empty string does, in Salesforce."""
    return value in (Word("null"), Text(""))


def to_sql(field: Field, value: Value) -> object:
    """A literal, not null and not relative, as the column stores it.

    Errors: WrongType.
    """
    if field.type == "boolean":
        return int(_expect(field, value, Word, "boolean").value == "true")
    if field.type in _NUMBERS:
        written = _expect(field, value, Number, field.type).value
        return float(written) if "." in written else int(written)
    if field.type == "datetime":
        return _to_utc(_expect(field, value, Moment, "dateTime").value)
    if field.type == "date":
        return _expect(field, value, Day, "date").value
    written = _expect(field, value, Text, "string").value
    return _record_id(written) if _holds_ids(field) else written


def _expect(
    field: Field, value: Value, kind: type, name: str
) -> Text | Number | Day | Moment | Word:
    if not isinstance(value, kind) or isinstance(value, Relative):
        wrong = _WRONG.format(field=field.name, type=name)
        raise WrongType(f"{wrong}{_QUOTES[name == 'string']}")
    return value


def _holds_ids(field: Field) -> bool:
    named = bool(field.refers_to) and field.refers_to[0].endswith("Definition")
    return field.type == "id" or (field.type == "reference" and not named)


def _record_id(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?", written):
        raise WrongType(f"invalid ID field: {written}")
    return to_18(written)


def _to_utc(written: str) -> str:
    moment = datetime.fromisoformat(written.upper())
    return to_timestamp(moment)


def span(field: Field, value: Relative, now: datetime) -> tuple[str, str]:
    """The first moment (or day) a date literal covers and the first after it.

    Errors: WrongType when the field holds no dates.
    """
    if field.type not in {"date", "datetime"}:
        raise WrongType(_WRONG.format(field=field.name, type="string") + _QUOTES[True])
    count = value.count or 0
    start, end = {
        "LAST_N_DAYS": (-count, 1),
        "NEXT_N_DAYS": (1, count + 1),
        "N_DAYS_AGO": (-count, -count + 1),
    }.get(value.name, (_OFFSETS.get(value.name, 0), _OFFSETS.get(value.name, 0) + 1))
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first, after = (today + timedelta(days=days) for days in (start, end))
    if field.type == "date":
        return f"{first:%Y-%m-%d}", f"{after:%Y-%m-%d}"
    return to_timestamp(first), to_timestamp(after)
