"""What a person reads when the ledger itself cannot be read or written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError

from deployer.errors import BadInput, TryLater


@contextmanager
def ledger_told(file: Path) -> Iterator[None]:
    """Turn the driver's errors into TryLater (full, read-only, away) or BadInput (no ledger)."""
    try:
        yield
    except OperationalError as away:
        raise TryLater(
            f"the ledger cannot be used now: {away.orig}",
            where=str(file),
            hint="see that its disk is not full and its file writable, then run the same command "
            "again; what was not taken must be sent again",
        ) from away
    except DBAPIError as broken:
        raise BadInput(
            f"the ledger cannot be read: {broken.orig}",
            where=str(file),
            hint="move the file aside and put the last copy back: optout sync restore FILE --by",
        ) from broken
