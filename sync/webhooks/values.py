"""One field's value -> what it means, or Malformed naming the field and never the value."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sync.people.model import to_record_id as to_person_record
from sync.webhooks.refusals import Malformed

LONGEST_ID = 255
LONGEST_EMAIL = 320
LONGEST_NOTE = 1000
CLOCK_SLACK = timedelta(days=1)
_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,12})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})"
)
# A text of fewer digits is more likely a year or a day than a second of the early seventies.
_SECONDS_TEXT = re.compile(r"[0-9]{9,12}")
_WHEN = "it must be ISO 8601 with an offset, or seconds since 1970"


def to_id(value: object, where: str) -> str:
    """An id of 1..255 printable characters; a JSON number is none, 1.0 and 1 would be two ids."""
    text = _text(value, where)
    if not text.isprintable() or text != text.strip() or len(text) > LONGEST_ID:
        raise Malformed(where, f"it must be 1 to {LONGEST_ID} printable characters")
    return text


def to_email(value: object, where: str) -> str:
    """An address, unchanged: one @ with something on both sides, no blanks, <= 320 characters."""
    text = _text(value, where)
    local, at, domain = text.partition("@")
    whole = bool(local and at and domain) and "@" not in domain
    if not whole or not text.isprintable() or " " in text or len(text) > LONGEST_EMAIL:
        raise Malformed(where, "it is not one e-mail address")
    return text


def to_record_id(value: object, where: str) -> str:
    """The id of a Contact, Lead or person account in its 18-character form."""
    full = to_person_record(_text(value, where))
    if full is None:
        raise Malformed(where, "it is not a record id of a person (003, 00Q, 001; correct ending)")
    return full


def to_moment(value: object, where: str, now: datetime) -> datetime:
    """An aware UTC datetime from 1970 to a day after `now` (clocks differ, milliseconds do not)."""
    try:
        moment = _moment(value, where)
    except (OverflowError, ValueError):
        raise Malformed(where, _WHEN) from None  # the cause quotes the value
    if not _FIRST_MOMENT <= moment <= now + CLOCK_SLACK:
        raise Malformed(where, "it is before 1970 or more than a day from now (milliseconds?)")
    return moment


def to_note(value: object, where: str) -> str:
    """Free text on one line, cut at 1,000 characters: nobody's opt-out fails for a long reason."""
    text = _text(value, where)
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Malformed(where, "it has a character in it that is none (NUL or half a pair)")
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(line.split())[:LONGEST_NOTE]


def _moment(value: object, where: str) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    text = _text(value, where).upper()
    if _SECONDS_TEXT.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    if not _ISO.fullmatch(text):
        raise Malformed(where, _WHEN)
    return datetime.fromisoformat(text).astimezone(UTC)


def _text(value: object, where: str) -> str:
    if isinstance(value, str):
        return value
    raise Malformed(where, "it must be a text")
