"""JSON values on their way into fields: type, length, shape, in Salesforce's words."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from practice_org.ids import to_18
from practice_org.objects import OBJECTS, Field
from practice_org.org import to_timestamp
from practice_org.wire import OrgError

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_RECORD_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")


def to_cell(field: Field, value: Any) -> object:
    """The value as the row keeps it; the empty string is no value.

    Errors: OrgError JSON_PARSER_ERROR, STRING_TOO_LONG, INVALID_EMAIL_ADDRESS, MALFORMED_ID.
    """
    if value is None or value == "":
        return 0 if field.type == "boolean" else None
    check = _CHECKS.get(field.type, _text)
    return check(field, value)


def _flag(_field: Field, value: Any) -> object:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return int(value.lower() == "true")
    raise _unreadable("boolean", value)


def _number(field: Field, value: Any) -> object:
    if isinstance(value, bool):
        raise _unreadable(field.type, value)
    try:
        return int(value) if field.type == "int" else float(value)
    except (TypeError, ValueError):
        raise _unreadable(field.type, value) from None


def _moment(field: Field, value: Any) -> object:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _unreadable(field.type, value) from None
    return f"{moment:%Y-%m-%d}" if field.type == "date" else to_timestamp(moment)


def _reference(field: Field, value: Any) -> object:
    prefixes = {OBJECTS[name].prefix for name in field.refers_to if name in OBJECTS}
    written = str(value)
    if not _RECORD_ID.fullmatch(written) or (prefixes and written[:3] not in prefixes):
        raise OrgError(
            "MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}",
            fields=(field.name,),
        )  # fmt: skip
    return to_18(written)


def _email(field: Field, value: Any) -> object:
    text = _text(field, value)
    if not _EMAIL.fullmatch(str(text)):
        raise OrgError(
            "INVALID_EMAIL_ADDRESS",
            f"{field.label}: invalid email address: {value}",
            fields=(field.name,),
        )
    return text


def _text(field: Field, value: Any) -> object:
    if not isinstance(value, str):
        raise _unreadable("string", value)
    if field.length and len(value) > field.length:
        sentence = f"{field.label}: data value too large: {value} (max length={field.length})"
        raise OrgError("STRING_TOO_LONG", sentence, fields=(field.name,))
    return value


def _unreadable(kind: str, value: Any) -> OrgError:
    # The real sentence ends with the position in the body, which is unknown here.
    return OrgError(
        "JSON_PARSER_ERROR", f"Cannot deserialize instance of {kind} from value {value}"
    )


_CHECKS = {
    "boolean": _flag,
    "int": _number,
    "double": _number,
    "currency": _number,
    "date": _moment,
    "datetime": _moment,
    "reference": _reference,
    "email": _email,
}
