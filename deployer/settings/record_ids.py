"""Salesforce record ids as a person types them."""

from __future__ import annotations

import re
import string

_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_CHECK_LETTERS = string.ascii_uppercase + "012345"
# 1 for a capital, 0 for all else; and the check letter of each five of those, first letter first.
_CAPITALS = {ord(one): str(int(one.isupper())) for one in string.ascii_letters + string.digits}
_OF_FIVE = {f"{number:05b}"[::-1]: letter for number, letter in enumerate(_CHECK_LETTERS)}


def to_18(text: str) -> str | None:
    """The 18-character form of a 15- or 18-character id; None when it is no id.

    The last three letters of an 18-character id encode which of the others are capitals, five
    letters each. Source: Salesforce, "Record ID" (What are the different record id formats?).
    """
    if not _SHAPE.fullmatch(text):
        return None
    short, ending = text[:15], text[15:]
    capitals = short.translate(_CAPITALS)
    expected = _OF_FIVE[capitals[:5]] + _OF_FIVE[capitals[5:10]] + _OF_FIVE[capitals[10:]]
    return short + expected if ending in {"", expected} else None
