"""No empty ledger is begun while an older one of the same org still has something to apply.

A ledger is looked for where this org's ledger always is, where it was last (a small file in that
folder says so), and beside the new one under its name with something added. A file that is merely
gone is no evidence: only what can be read and has open rows stops the new one. A database that was
last named and no longer is stops it too: more likely a variable is missing than the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from deployer.errors import UsageError
from deployer.state import make_private_dir, write_private
from sync.database.places import Place, called_place
from sync.database.sqlite import library
from sync.database.views import reading
from sync.ledger.ledger import Ledger
from sync.ledger.tables import AUDIT, EVENTS, QUARANTINE, RUNS

_MAGIC = b"SQLite format 3\0"
_MARK = "ledger.path"
_USED = (EVENTS, RUNS, AUDIT, QUARANTINE)
# What has moved is open elsewhere.
_OPEN = (
    "SELECT count(*) FROM events WHERE state <> 'settled' "
    "AND NOT EXISTS (SELECT 1 FROM meta WHERE name = 'moved_to')"
)


@dataclass(frozen=True, slots=True)
class Former:
    """An older ledger, and how many of its opt-outs are not applied."""

    file: Path
    open_events: int


def refuse_anew(file: Path, usual: Path) -> None:
    """Refuse to begin a ledger in `file`, which is absent or empty, beside an older open one.

    `usual` is where this org's ledger is unless the settings say otherwise. Errors: UsageError.
    """
    if not _is_used(file):
        _refuse_forking(file, file, usual)


def refuse_empty(ledger: Ledger, place: Place, usual: Path) -> None:
    """As `refuse_anew`, of a ledger that is open at `place`. Errors: UsageError."""
    with reading(ledger.engine) as db:
        used = any(db.execute(select(table).limit(1)).first() for table in _USED)
    if not used:
        _refuse_forking(place, usual.with_name("nothing"), usual)


def _refuse_forking(place: Place, file: Path, usual: Path) -> None:
    mark = usual.parent / _MARK
    last = _read_mark(mark)
    if isinstance(last, str) and last != called_place(place):
        raise UsageError(
            f"there is no ledger here yet, and this org's was last in {last}",
            where=called_place(place),
            hint="set ledger_url under [sync], or OPTOUT_SYNC_LEDGER_URL, to it again; if that "
            f"database is gone for good, remove {mark}",
        )
    found = find_former(file, usual)
    if found is None:
        return
    raise UsageError(
        f"there is no ledger here yet, and an older one has {found.open_events:,} opt-outs that "
        f"are not applied: {found.file}",
        where=called_place(place),
        hint=f"take it over: optout sync restore {found.file} --by NAME; or point ledger under "
        "[sync] back to it; or move it to another folder, if these opt-outs are no longer yours",
    )


def find_former(file: Path, usual: Path) -> Former | None:
    """The older ledger with the most left to apply; None when there is none."""
    counted = (Former(each, count) for each in _places(file, usual) if (count := _count(each)))
    return max(counted, key=lambda former: former.open_events, default=None)


def note_place(place: Place, usual: Path) -> None:
    """Remember where this org's ledger is now, if anything can be written there."""
    mark = usual.parent / _MARK
    said = str(place.absolute()) if isinstance(place, Path) else called_place(place)
    with suppress(OSError):  # a home that is read-only: the ledger itself is elsewhere and works
        if said != str(_read_mark(mark) or usual.absolute()):
            make_private_dir(mark.parent)
            write_private(mark, said.encode())


def _read_mark(mark: Path) -> Path | str | None:
    """Where the ledger was last: a file, or a database as it is called; None when nobody knows."""
    if not mark.is_file():
        return None
    said = mark.read_text(encoding="utf-8")
    return said if "://" in said else Path(said)


def _places(file: Path, usual: Path) -> Iterator[Path]:
    seen = {file.absolute()}
    last = _read_mark(usual.parent / _MARK)
    known = [last] if isinstance(last, Path) else []
    for path in (usual, *known, *_in(usual.parent, "*"), *_in(file.parent, f"{file.name}?*")):
        if path.absolute() not in seen:
            seen.add(path.absolute())
            yield path


def _in(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def _is_used(file: Path) -> bool:
    """Whether anything was ever written into it; one that cannot be read is no new one."""
    if not file.exists() or not file.stat().st_size:
        return False
    try:
        with closing(_open(file)) as db:
            have = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
            tables = [table.name for table in _USED if table.name in have]
            return any(db.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in tables)  # noqa: S608 - our names
    except library().Error:
        return True


def _count(file: Path) -> int:
    """How many opt-outs this file, if it is a ledger, has not applied."""
    with suppress(OSError, library().Error):
        with file.open("rb") as content:
            if content.read(len(_MAGIC)) != _MAGIC:
                return 0
        with closing(_open(file)) as db:
            return int(db.execute(_OPEN).fetchone()[0])
    return 0


def _open(file: Path) -> Any:
    # Not read-only: one whose program was killed may have a journal to take in first.
    return library().connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)
