"""python -m practice_org.faults: the places and codes there are, for a person to read."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from practice_org.faults.catalogue import CODES
from practice_org.faults.places import PLACES


def listing() -> str:
    """Two tables: what --at takes and what --code takes."""
    places = [(name, place.what) for name, place in PLACES.items()]
    codes = [(code.spelled, code.told) for code in CODES.values()]
    return f"Places:\n{_table(places)}\nCodes:\n{_table(codes)}"


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"  {name:<33}  {_brief(what)}\n" for name, what in pairs)


def _brief(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:97]}..."


if __name__ == "__main__":
    sys.stdout.write(listing())
