"""Metadata files on disk: find them, and replace one as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from deployer.errors import BadInput, UsageError

_SKIPPED_FOLDERS = {"node_modules"}


def shown(path: Path) -> str:
    """The path for a person; a name need not be text, and what is none becomes a question mark."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def find_files(paths: Sequence[Path], wanted: Callable[[str], bool], *, kind: str) -> list[Path]:
    """Every wanted file of these files and folders, each once, sorted within its folder.

    A folder is searched recursively, through links but never twice; hidden folders and
    node_modules are left out. Errors: UsageError for a path that does not exist, a folder that
    holds no such file, or a file whose name is not of this `kind`.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _find_in(path, wanted, kind):
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _find_in(path: Path, wanted: Callable[[str], bool], kind: str) -> list[Path]:
    if path.is_dir():
        files = [file for file in _walk(path) if wanted(file.name)]
        if not files:
            raise UsageError(
                f"this folder holds no {kind}",
                where=shown(path),
                hint=f"name a folder with a {kind}",
            )
        return files
    if not path.exists():
        raise UsageError(
            "this path does not exist", where=shown(path), hint="check the spelling; ls shows names"
        )
    if not wanted(path.name):
        raise UsageError(
            f"this file's name is not that of a {kind}",
            where=shown(path),
            hint="use the names that Salesforce's tools give, as Contact-Contact Layout.layout",
        )
    return [path]


def _walk(folder: Path) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    for here, folders, files in os.walk(folder, followlinks=True, onerror=_refuse_folder):
        status = Path(here).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(_visible(folders))
        yield from (Path(here, name) for name in sorted(files) if Path(here, name).is_file())


def _visible(folders: Iterable[str]) -> list[str]:
    return [name for name in folders if name[0] != "." and name not in _SKIPPED_FOLDERS]


def _refuse_folder(refused: OSError) -> None:
    raise BadInput(
        f"this folder cannot be read: {refused.strerror}",
        where=str(refused.filename),
        hint="check its permissions, then run the same command again",
    ) from refused


def read_file(path: Path) -> bytes:
    """Read the whole file. Errors: BadInput."""
    try:
        return path.read_bytes()
    except OSError as refused:
        raise BadInput(
            f"the file cannot be read: {refused.strerror}",
            where=shown(path),
            hint="check its permissions, then run the same command again",
        ) from refused


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Put `after` in place of `before`: temporary file beside it, fsync, rename; mode kept.

    A link stays a link. Errors: BadInput when the file is no longer what was read, is read-only, or
    cannot be written; it is then untouched.
    """
    real = path.resolve()
    if read_file(real) != before:
        raise BadInput(
            "somebody changed the file meanwhile, so nothing was written",
            where=shown(path),
            hint="run the same command again",
        )
    try:
        _swap(real, after)
    except OSError as refused:
        raise BadInput(
            f"the file could not be written and is untouched: {refused.strerror}",
            where=shown(path),
            hint="make room or check the permissions of file and folder, then run it again",
        ) from refused


def _swap(real: Path, content: bytes) -> None:
    if not os.access(real, os.W_OK):
        raise PermissionError(13, "the file is read-only", str(real))
    status = real.stat()
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name[:80]}.")
    try:
        with os.fdopen(handle, "wb") as draft:
            draft.write(content)
            os.fchmod(draft.fileno(), status.st_mode & 0o7777)
            with suppress(PermissionError):
                os.fchown(draft.fileno(), status.st_uid, status.st_gid)
            draft.flush()
            os.fsync(draft.fileno())
        Path(name).replace(real)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise
