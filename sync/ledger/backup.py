"""A copy of the ledger taken while others write to it, and the way back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from deployer.errors import BadInput, UsageError
from deployer.state import PRIVATE_FILE, sync_dir
from sync.database.sqlite import library
from sync.ledger.ledger import Ledger, note
from sync.ledger.tables import FORMAT


def write_backup(ledger: Ledger, file: Path) -> int:
    """Copy the ledger as of one moment to `file` (0600), whole or not at all; its bytes.

    Writers do not wait for it. Errors: UsageError for the ledger's own file; OSError.
    """
    _refuse_own(ledger, file)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        with _driver(ledger) as live, closing(library().connect(draft)) as copy:
            live.backup(copy)
            # One file that stands alone, whatever journal the ledger keeps.
            copy.execute("PRAGMA journal_mode = DELETE")
        _sync(draft)
        draft.replace(file)
    except OSError as refused:
        refused.filename = str(file)
        raise
    except library().Error as refused:
        raise BadInput(
            f"the copy cannot be made: {refused}",
            where=str(file),
            hint="see that there is room for it; nothing was half-written",
        ) from refused
    finally:
        draft.unlink(missing_ok=True)
    sync_dir(file.absolute().parent)
    return file.stat().st_size


def restore_backup(ledger: Ledger, file: Path, by: str) -> Path:
    """Put the copy in the ledger's place in one transaction, audited; where the old one went.

    Whoever has the ledger open goes on with the restored one. Errors: BadInput when the file is
    no whole ledger of this program; UsageError when it belongs to another org or people store.
    """
    _refuse_own(ledger, file)
    check_backup(ledger, file)
    aside = _aside(ledger)
    write_backup(ledger, aside)
    with closing(_open_copy(file)) as copy, _driver(ledger) as live:
        copy.backup(live)
    with ledger.engine.begin() as db:
        note(db, ledger.now(), by, "restore", f"from {file}; what was there is {aside.name}")
    return aside


def _aside(ledger: Ledger) -> Path:
    """A name beside the ledger that nothing has yet."""
    here = Path(str(ledger.engine.url.database))
    stem = f"{here.name}.before-restore-{ledger.now()[:19].replace(':', '')}"
    names = (here.with_name(f"{stem}-{number}") for number in count(1))
    return next(path for path in names if not path.exists())


def check_backup(ledger: Ledger, file: Path) -> None:
    """Errors: BadInput, UsageError, as `restore_backup`; nothing is changed."""
    error = library().Error
    try:
        with closing(_open_copy(file)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            theirs = dict(copy.execute("SELECT name, value FROM meta").fetchall())
            copy.execute("SELECT count(*) FROM events, targets, quarantine, audit LIMIT 0")
    except error as broken:
        raise _no_ledger(file) from broken
    if not sound or not theirs.get("format", "").isdigit() or int(theirs["format"]) > FORMAT:
        raise _no_ledger(file)
    with _driver(ledger) as live:
        ours = dict(live.execute("SELECT name, value FROM meta").fetchall())
    for name in ("org_id", "people"):
        if ours.get(name) and theirs.get(name) != ours[name]:
            raise UsageError(
                f"this copy belongs to {theirs.get(name) or 'nobody yet'}, the ledger to "
                f"{ours[name]}",
                where=str(file),
                hint="name the right --org, or another copy",
            )


def _no_ledger(file: Path) -> BadInput:
    return BadInput(
        "this is no whole ledger that this program knows",
        where=str(file),
        hint="name a file that optout sync backup wrote; nothing was changed",
    )


def _open_copy(file: Path) -> Any:
    """A copy stands alone; a ledger whose program was killed has the newest rows beside it."""
    alone = not any(file.with_name(f"{file.name}{tail}").exists() for tail in ("-wal", "-journal"))
    how = "mode=ro&immutable=1" if alone else "mode=rw"
    return library().connect(f"{file.absolute().as_uri()}?{how}", uri=True)


def _refuse_own(ledger: Ledger, file: Path) -> None:
    here = Path(str(ledger.engine.url.database))
    if file.exists() and file.samefile(here):
        raise UsageError(
            "this is the ledger itself", where=str(file), hint="name another file for the copy"
        )


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _driver(ledger: Ledger) -> Iterator[Any]:
    """The driver's own connection, outside any transaction: backup needs it so."""
    raw = ledger.engine.raw_connection()
    try:
        yield raw.driver_connection
    finally:
        raw.close()
