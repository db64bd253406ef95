"""Salesforce record ids as a person types them."""

from __future__ import annotations

import re
import string

_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_CHECK_LETTERS = string.ascii_uppercase + "012345"


def to_18(text: str) -> str | None:
    """The 18-character form of a 15- or 18-character id; None when it is no id.

    The last three letters of an 18-character id encode which of the others are capitals, five
    letters each. Source: Salesforce, "Record ID" (What are the different record id formats?).
    """
    if not _SHAPE.fullmatch(text):
        return None
    short, ending = text[:15], text[15:]
    expected = "".join(_check_letter(short[start : start + 5]) for start in (0, 5, 10))
    return short + expected if ending in {"", expected} else None


def _check_letter(five: str) -> str:
    return _CHECK_LETTERS[sum(1 << i for i, letter in enumerate(five) if letter.isupper())]
