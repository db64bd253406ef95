"""The export as a store that can be asked: made when the export changed, thrown away when it did.

It is a copy for looking things up and holds nothing that the export does not say.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from deployer.clock import Clock
from deployer.state import make_private_dir
from sync.people.files.filling import fill
from sync.people.files.inputs import InputUnusable, Source, fingerprint, read_export
from sync.people.sql import SqlPeople, open_embedded
from sync.people.sql_trouble import told

_OLD_S = 86_400


def open_index(folder: Path, source: Source, mark: str, clock: Clock, word: str) -> SqlPeople:
    """The people of the export whose fingerprint is `mark`; `word` names the draft.

    Errors: InputUnusable, also when the export changes while it is read.
    """
    make_private_dir(folder)
    ready = folder / f"{mark}.sqlite"
    if not ready.exists():
        draft = folder / f"{mark}.{word}.draft"
        try:
            _fill(draft, source, clock)
            if fingerprint(source) != mark:
                raise InputUnusable("it was changed while it was read", source.path)
            draft.replace(ready)
        finally:
            _remove(draft)
        _remove_old(folder, ready, clock)
    return open_embedded(ready, clock)


def _fill(draft: Path, source: Source, clock: Clock) -> None:
    people = open_embedded(draft, clock)
    try:
        with told(people.engine):
            fill(people, read_export(source))
    finally:
        people.close()


def _remove_old(folder: Path, ready: Path, clock: Clock) -> None:
    # Another process may still be asking the one before.
    now_s = clock.now().timestamp()
    for path in folder.iterdir():
        with suppress(OSError):
            if not path.name.startswith(ready.name) and now_s - path.stat().st_mtime > _OLD_S:
                path.unlink()


def _remove(draft: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)
