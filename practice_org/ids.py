"""Salesforce record ids: a three-letter key prefix, a counter in base 62, a case checksum."""

from __future__ import annotations

import string
from functools import lru_cache

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BITS = {ord(letter): "01"[letter in string.ascii_uppercase] for letter in map(chr, range(128))}
_CHECK = string.ascii_uppercase + "012345"


def make_id(prefix: str, number: int) -> str:
    """The 18-character id of the number-th record of this key prefix."""
    digits = ""
    rest = number
    while rest:
        rest, digit = divmod(rest, 62)
        digits = _BASE62[digit] + digits
    return to_18(f"{prefix}5e0000{digits.rjust(6, '0')}")


def to_18(short: str) -> str:
    """Append the checksum that keeps a 15-character id's case; a longer id stays as it is.

    Source: Salesforce, "Record IDs": each five characters give one checksum letter.
    """
    if len(short) != 15:
        return short
    return short + _letter(short[:5]) + _letter(short[5:10]) + _letter(short[10:])


@lru_cache(maxsize=65_536)
def _letter(five: str) -> str:
    return _CHECK[int(five[::-1].translate(_BITS), 2)]
