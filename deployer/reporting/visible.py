"""Texts of other people's making, as a terminal may be given them."""

from __future__ import annotations

import unicodedata

_INSTEAD = "\N{REPLACEMENT CHARACTER}"


def to_visible(text: str, *, keep: str = "") -> str:
    """The text without what steers a terminal or turns its order round; `keep` passes as it is."""
    if text.isprintable():
        return text
    return "".join(_shown(each, keep) for each in text)


def _shown(character: str, keep: str) -> str:
    blank = unicodedata.category(character) == "Zs"  # of which Python prints the plain one only
    return character if blank or character.isprintable() or character in keep else _INSTEAD
