"""What is done about an error without asking anybody: one table, from code to reaction."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from deployer.errors import LoginRefused, OptoutError
from deployer.errors import Reaction as CallerMay
from sync.reaction_table import ROWS, UNKNOWN, Level, Pace, Reaction, Row

__all__ = ["Level", "Pace", "Reaction", "Row", "reaction_to", "reaction_to_error"]

# A row of a bulk job is a row; it went without the headers that a call can carry.
_HOLDS = {
    Level.CALL: {Level.CALL, None},
    Level.ROW: {Level.ROW, None},
    Level.BULK_ROW: {Level.BULK_ROW, Level.ROW, None},
}


def _by_code(table: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        found[row.code.lower()].append(row)
    return dict(found)


_ROWS = _by_code(ROWS)


def reaction_to(code: str, message: str, level: Level) -> Row:
    """The table's row for what the org said; an unknown code is a QUARANTINE that keeps it.

    Codes are compared in any case: the bulk APIs spell theirs in two ways.
    """
    for row in _ROWS.get(code.lower(), ()):
        if row.level in _HOLDS[level] and re.search(row.pattern, message, re.IGNORECASE):
            return row
    return replace(UNKNOWN, code=code)


def reaction_to_error(error: OptoutError) -> Row:
    """The row for a call that failed, by the org's code, else by this program's own.

    What must be looked up and a refused login are just that, whatever code came with them.
    """
    must_look = error.reaction is CallerMay.VERIFY
    if not error.org_code or must_look or isinstance(error, LoginRefused):
        return reaction_to(error.code, error.message, Level.CALL)
    return reaction_to(error.org_code, error.message, Level.CALL)
