"""A copy of the ledger taken while others write to it, and the way back.

A copy is an SQLite file, whatever keeps the ledger: so it can be put back into either kind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, inspect

from deployer.errors import BadInput, UsageError
from deployer.state import PRIVATE_FILE, make_private_dir, sync_dir
from sync.database.copying import copy_tables, empty_tables
from sync.database.sqlite import library
from sync.database.views import reading
from sync.ledger.ledger import Ledger, note, open_ledger, read_meta
from sync.ledger.tables import FORMAT, METADATA


def write_backup(ledger: Ledger, file: Path) -> int:
    """Copy the ledger as of one moment to `file` (0600), whole or not at all; its bytes.

    Writers do not wait for it. Errors: UsageError for the ledger's own file; OSError.
    """
    _refuse_own(ledger, file)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        if _is_file(ledger):
            with _driver(ledger) as live, closing(library().connect(draft)) as copy:
                live.backup(copy)
        else:
            _write_rows(ledger, draft)
        with closing(library().connect(draft)) as copy:
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


def _write_rows(ledger: Ledger, draft: Path) -> None:
    """Every row as of one moment, since one transaction reads them all."""
    copy = open_ledger(draft, ledger.clock)
    try:
        with reading(ledger.engine) as source, copy.engine.begin() as target:
            empty_tables(target, METADATA.sorted_tables)
            copy_tables(source, target, METADATA.sorted_tables)
    finally:
        copy.close()


def restore_backup(ledger: Ledger, file: Path, by: str, beside: Path) -> Path:
    """Put the copy in the ledger's place in one transaction, audited; where the old one went.

    That is a file in the folder `beside`. Whoever has the ledger open goes on with the restored
    one. Errors: BadInput when the file is no whole ledger of this program; UsageError when it
    belongs to another org or people store.
    """
    _refuse_own(ledger, file)
    check_backup(ledger, file)
    aside = _aside(ledger, make_private_dir(beside))
    write_backup(ledger, aside)
    audited = f"from {file}; what was there is {aside.name}"
    if _is_file(ledger):
        with closing(_open_copy(file)) as copy, _driver(ledger) as live:
            copy.backup(live)
        with ledger.engine.begin() as db:
            METADATA.create_all(db)  # an older copy may lack tables that came later
            note(db, ledger.now(), by, "restore", audited)
    else:
        with _rows_of(file) as source, ledger.engine.begin() as target:
            _replace_rows(source, target)
            note(target, ledger.now(), by, "restore", audited)
    return aside


def _replace_rows(source: Connection, target: Connection) -> None:
    """Tables that an older copy lacks are empty then."""
    there = set(inspect(source).get_table_names())
    empty_tables(target, METADATA.sorted_tables)
    copy_tables(source, target, [each for each in METADATA.sorted_tables if each.name in there])


@contextmanager
def _rows_of(file: Path) -> Iterator[Connection]:
    engine = create_engine("sqlite://", module=library(), creator=lambda: _open_copy(file))
    try:
        with engine.connect() as source:
            yield source
    finally:
        engine.dispose()


def _aside(ledger: Ledger, folder: Path) -> Path:
    """A name in this folder that nothing has yet."""
    name = Path(str(ledger.engine.url.database)).name if _is_file(ledger) else "ledger"
    stem = f"{name}.before-restore-{ledger.now()[:19].replace(':', '')}"
    names = (folder / f"{stem}-{number}" for number in count(1))
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
    if theirs.get("moved_to"):
        raise UsageError(
            f"this ledger has moved to {theirs['moved_to']}, where it has gone on since",
            where=str(file),
            hint="name a copy of the one there: optout sync backup makes it",
        )
    if not sound or not theirs.get("format", "").isdigit() or int(theirs["format"]) > FORMAT:
        raise _no_ledger(file)
    with reading(ledger.engine) as db:
        ours = {name: read_meta(db, name) for name in ("org_id", "people")}
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
    here = Path(str(ledger.engine.url.database)) if _is_file(ledger) else None
    if here is not None and file.exists() and file.samefile(here):
        raise UsageError(
            "this is the ledger itself", where=str(file), hint="name another file for the copy"
        )


def _is_file(ledger: Ledger) -> bool:
    return ledger.engine.dialect.name == "sqlite"


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
