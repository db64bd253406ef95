"""What a person reads when the ledger itself cannot be read or written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from deployer.errors import BadInput, OrgSaidNo, TryLater
from sync.database.frozen import SAID, WHAT_NOW
from sync.database.places import Place, called_place
from sync.database.telling import said_by

_MEND_FILE = "see that its disk is not full and its file writable"
_MEND_SERVER = "see that the database is up, reachable and not full"


@contextmanager
def ledger_told(place: Place) -> Iterator[None]:
    """Turn the driver's errors into TryLater (full, read-only, away) or what cannot be read.

    That is BadInput for a file, OrgSaidNo for a server, which holds what it holds.
    """
    try:
        yield
    except (OperationalError, InterfaceError, NoneFree) as away:
        mend = _MEND_FILE if isinstance(place, Path) else _MEND_SERVER
        raise TryLater(
            f"the ledger cannot be used now: {said_by(away)}",
            where=called_place(place),
            hint=f"{mend}, then run the same command again; what was not taken must be sent again",
        ) from away
    except DBAPIError as broken:
        raise _unreadable(place, said_by(broken)) from broken


def _unreadable(place: Place, said: str) -> BadInput | OrgSaidNo:
    if SAID in said:
        return OrgSaidNo(said, where=called_place(place), hint=WHAT_NOW)
    if isinstance(place, Path):
        return BadInput(
            f"the ledger cannot be read: {said}",
            where=str(place),
            hint="move the file aside and put the last copy back: optout sync restore FILE --by",
        )
    return OrgSaidNo(
        f"the database refused: {said}",
        where=called_place(place),
        hint="see what this login may do there: docs/operating/postgresql.md",
    )
